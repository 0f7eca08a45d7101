"""What people pass is taken, or refused in words that say what to do."""

import io
import json
import pickle

import numpy
import pandas
import polars
import pyarrow as pa
import pytest

import rolecall

OWNER = "You own the product backlog, write user stories and accept the work of the Scrum team."
NURSE = "You care for patients on the ward, give medication and watch vital signs in shifts."
ROWS = [
    {"title": "Product Owner", "description": OWNER},
    {"title": None, "description": NURSE},
]


@pytest.fixture(scope="module")
def model():
    return rolecall.Model.default()


@pytest.fixture(scope="module")
def expected(model):
    return model.classify(pa.Table.from_pylist(ROWS))["p_product_owner"].to_pylist()


def test_columns_of_polars_that_arrow_does_not_know_are_passed_on_as_text(model, expected):
    frame = polars.DataFrame(ROWS)
    lines = "".join(json.dumps(row | {"salary": None}) + "\n" for row in ROWS).encode()
    columns = {
        "none": polars.lit(None),
        "integers": polars.lit(2**100, dtype=polars.Int128),
        "naturals": polars.lit(2**100, dtype=polars.UInt128),
        "lists": polars.lit([], dtype=polars.List(polars.Null)),
        "structs": polars.struct(a=polars.lit(None), b=polars.lit(1)),
    }
    strange = frame.with_columns(**columns)
    for table in [strange, strange.lazy(), polars.read_ndjson(io.BytesIO(lines))]:
        assert model.classify(table)["p_product_owner"].to_pylist() == expected
    passed = model.classify(strange).to_polars()
    assert passed["integers"].to_list() == [str(2**100)] * 2
    assert passed["none"].to_list() == [None, None] and passed["lists"].to_list() == [[], []]
    assert passed["structs"].to_list() == [{"a": None, "b": 1}] * 2


def test_rows_and_columns_without_a_library_are_tables(model, expected):
    titles, texts = [row["title"] for row in ROWS], [row["description"] for row in ROWS]
    with_nan = pandas.DataFrame(ROWS).assign(title=pandas.Series(["Product Owner", float("nan")], dtype=object))
    for table in [ROWS, with_nan.to_dict("records"), {"title": titles, "description": texts}]:
        assert model.classify(table)["p_product_owner"].to_pylist() == expected
    none = model.classify([{"title": float("nan"), "description": None}, {"description": OWNER}])
    assert none["decision"].to_pylist()[0] == "no_evidence"


def test_a_list_or_series_of_texts_is_a_column_of_descriptions(model):
    texts = [OWNER, None, NURSE]
    expected = model.classify(pa.table({"description": texts}))["p_other"].to_pylist()
    frame = pandas.DataFrame({"description": texts})
    for column in [
        texts,
        tuple(texts),
        numpy.array(texts, dtype=object),
        frame.description,
        pandas.Series(texts),
        polars.Series("description", texts),
        polars.Series(texts),
    ]:
        assert model.classify(column)["p_other"].to_pylist() == expected, type(column)
    named = pandas.Series(texts, name="what")
    assert model.classify(named, description="what")["p_other"].to_pylist() == expected


def test_titles_of_pandas_in_any_type_are_read(model, expected):
    frame = pandas.DataFrame(ROWS)
    for titles in [
        frame.title.astype(object),
        frame.title.astype("string"),
        frame.title.astype("category"),
        frame.title.replace({None: pandas.NA}),
    ]:
        table = model.classify(frame.assign(title=titles))
        assert table["p_product_owner"].to_pylist() == expected, titles.dtype
    for nothing in (None, float("nan"), pandas.NA, ""):
        assert model.explain(OWNER, nothing) == model.explain(OWNER)
        empty = frame.assign(title=nothing)
        assert model.classify(empty)["predicted_role"].to_pylist() == ["product_owner", "other"]


def test_what_is_no_table_is_refused_with_what_to_pass(model):
    frame = pandas.DataFrame(ROWS)
    objects = polars.DataFrame(ROWS).with_columns(polars.Series("x", [object()] * 2, dtype=polars.Object))
    for table, words in [
        (None, "None is no table: pass a pandas"),
        ("postings.csv", "read the file first, as with pandas.read_csv"),
        (1, "a builtins.int is no table: pass"),
        ([ROWS[0], 1], "row 1 is a builtins.int: each row is a dict"),
        ([{"description": OWNER, "n": 1}, {"description": NURSE, "n": "b"}], "column 'n': .* values of one kind"),
        (frame.assign(n=[1, "b"]), "column n .*astype"),
        (frame.assign(n=[object(), object()]), "column n .*leave it out"),
        (objects, "column 'x' holds Python objects.*leave it out"),
    ]:
        with pytest.raises(TypeError, match=words):
            model.classify(table)
    for text in (1, 2.5, b"text"):
        with pytest.raises(TypeError, match="is no text: give a str, or None"):
            model.explain(OWNER, text)
    with pytest.raises(ValueError, match="threads=0"):
        model.classify(ROWS, threads=0)


def test_a_result_is_indexed_iterated_and_pickled(model, sample):
    table = model.classify(ROWS)
    assert [row["predicted_role"] for row in table] == table["predicted_role"].to_pylist()
    with pytest.raises(KeyError, match='no column "role"; the columns are "title"'):
        table["role"]
    findings = rolecall.audit(sample)
    for result in (table, findings):
        again = pickle.loads(pickle.dumps(result))
        assert again.to_pyarrow().equals(result.to_pyarrow()) and again.summary == result.summary


def test_counts_are_added_up_by_sum(sample):
    parts = [rolecall.Counts.of(sample.slice(at, 50)) for at in range(0, sample.num_rows, 50)]
    assert sum(parts).train().to_bytes() == rolecall.train(sample).to_bytes()
    with pytest.raises(TypeError):
        1 + parts[0]


def test_the_version_is_that_of_the_program(rolecall_program):
    assert rolecall_program("--version").decode().split()[:2] == ["rolecall", rolecall.__version__]


def test_pickles_of_another_version_are_refused_with_both_versions(sample):
    counts = rolecall.Counts.of(sample)
    for thing in (counts, counts.sums(), rolecall.train(sample)):
        make, (sealed, lexicon) = thing.__reduce__()
        plain = pa.input_stream(pa.BufferReader(sealed), compression="zstd").read()
        first, rest = plain.split(b"\n", 1)
        kind, version = first.split()
        other = pa.Codec("zstd").compress(kind + b" %d\n" % (int(version) + 1) + rest, asbytes=True)
        words = f"format {int(version) + 1}.*{rolecall.__version__},? reads format {int(version)}"
        with pytest.raises(ValueError, match=words):
            pickle.loads(pickle.dumps(Doctored(make, (other, lexicon))))


class Doctored:
    """Pickles to what another version would have written."""

    def __init__(self, make, arguments):
        self.reduced = make, arguments

    def __reduce__(self):
        return self.reduced
