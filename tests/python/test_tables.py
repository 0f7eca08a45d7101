"""What the package makes of tables is what the program makes of files."""

import json
import pickle
import shutil
import signal
import subprocess
import sys
import threading

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet
import pytest

import rolecall
from conftest import LEXICON, SAMPLE

DUTIES = "You own the product backlog, write user stories and accept the work of the Scrum team."


@pytest.fixture(scope="module")
def model():
    return rolecall.Model.default()


def test_verdicts_are_those_of_the_program(model, sample, rolecall_program, tmp_path):
    for options, how in [
        ([], {}),
        (["--closed", "--view", "duties"], {"closed": True, "view": "duties"}),
        (["--no-evidence", "--precision", "0.8"], {"evidence": False, "precision": 0.8}),
        (["--view", "text"], {"view": "text"}),
        (["--prior", "0.4"], {"prior": 0.4}),
    ]:
        rolecall_program("classify", SAMPLE, "-o", "out.parquet", *options)
        expected = pa.parquet.read_table(tmp_path / "out.parquet")
        assert model.classify(sample, **how).to_pyarrow().equals(expected), options


def test_tables_of_every_library_are_read(model, sample):
    expected = model.classify(sample).to_pyarrow().column("p_product_owner").to_pylist()
    half = sample.num_rows // 2
    dictionaries = sample.set_column(1, "title", sample.column("title").dictionary_encode())
    large = sample.cast(pa.schema([(name, pa.large_string()) for name in sample.column_names]))
    tables = [
        sample.to_pandas(),
        polars.DataFrame(sample),
        duckdb.sql("select * from sample"),
        pa.concat_tables([sample.slice(0, half), sample.slice(half)]),
        sample.to_reader(),
        dictionaries,
        large,
    ]
    for table in tables:
        verdicts = model.classify(table)
        assert isinstance(verdicts.to_pandas(), pandas.DataFrame)
        assert verdicts.to_polars()["p_product_owner"].to_list() == expected, type(table)
        assert duckdb.sql("select count(*) from verdicts").fetchall() == [(sample.num_rows,)]
    [batch] = sample.combine_chunks().to_batches()
    assert len(model.classify(batch, threads=1)) == sample.num_rows


def test_text_is_not_copied(model, sample):
    table = model.classify(sample).to_pyarrow()
    texts = [t.column("description").chunk(0).buffers()[2].address for t in (sample, table)]
    assert texts[0] == texts[1]


def test_several_columns_and_names_of_them(model):
    table = pa.table({"a": ["We bake."], "b": [DUTIES], "c": ["Product Owner"]})
    row = model.classify(table, description=["a", "b"], title="c").to_pyarrow().to_pylist()[0]
    joined = pa.table({"text": ["We bake.\n\n" + DUTIES], "title": ["Product Owner"]})
    expected = model.classify(joined).to_pyarrow().to_pylist()[0]
    assert row["title_role"] == "product_owner"
    assert row["p_product_owner"] == expected["p_product_owner"]
    empty = model.classify(table.slice(0, 0), description="a").to_pyarrow()
    assert empty.num_rows == 0 and "predicted_role" in empty.column_names
    missing = model.classify(pa.table({"text": pa.array([None], pa.string())})).to_pyarrow()
    assert missing.to_pylist()[0]["decision"] == "no_evidence"


def test_columns_of_your_own_keep_their_names(model):
    table = pa.table({"text": [DUTIES], "notes": ["mine"], "requirements": [["a list"]]})
    once = model.classify(table).to_pyarrow()
    assert once["notes"].to_pylist() == ["mine"] and "rolecall_notes" in once.column_names
    assert model.classify(once, replace=True).to_pyarrow().equals(once)


def test_mistakes_are_named(model, sample, tmp_path):
    with pytest.raises(ValueError, match='the columns are "x"'):
        model.classify(pa.table({"x": ["a"]}))
    with pytest.raises(TypeError, match='column "text" has no texts'):
        model.classify(pa.table({"text": [{"a": 1}]}))
    with pytest.raises(ValueError, match="already.*replace=True"):
        model.classify(model.classify(sample))
    with pytest.raises(ValueError, match="precision"):
        model.classify(sample, precision=2.0)
    with pytest.raises(FileNotFoundError):
        rolecall.Model.load(tmp_path / "none.rolecall")
    with pytest.raises(ValueError, match="not a rolecall model"):
        rolecall.Model.load(SAMPLE)
    with pytest.raises(ValueError, match="organisations"):
        rolecall.train(sample.slice(0, 3))
    with pytest.raises(ValueError, match="no column with the label"):
        rolecall.train(sample.drop_columns("role"))
    with pytest.raises(ValueError):
        rolecall.Counts.from_bytes(b"none")


def test_an_explanation_is_that_of_the_program(model, rolecall_program):
    expected = json.loads(rolecall_program("explain", "--json", input=DUTIES.encode()))
    assert model.explain(DUTIES) == expected


def test_models_are_those_of_the_program(sample, rolecall_program, tmp_path):
    rolecall_program("train", SAMPLE, "-o", "model", "--data-name", "sample", "--date", "2026-11-30")
    expected = (tmp_path / "model").read_bytes()
    model = rolecall.train(sample, data_name="sample", date="2026-11-30")
    assert model.to_bytes() == expected
    model.save(tmp_path / "saved")
    assert rolecall.Model.load(tmp_path / "saved").to_bytes() == expected
    assert pickle.loads(pickle.dumps(model)).header == model.header
    rolecall_program("model", "export", "model", "--compact", "-o", "compact")
    assert model.compact().to_bytes() == (tmp_path / "compact").read_bytes()


def test_counts_add_up_in_any_order(sample):
    parts = [rolecall.Counts.of(sample.slice(at, 50)) for at in range(0, sample.num_rows, 50)]
    parts = [pickle.loads(pickle.dumps(part)) for part in parts]
    total = parts[-1]
    for part in parts[:-1]:
        total = total + part
    assert len(total) == sum(map(len, parts))
    assert rolecall.Counts.sum(parts).train().to_bytes() == total.train().to_bytes()
    assert total.train().to_bytes() == rolecall.train(sample).to_bytes()


def test_what_was_added_can_be_taken_out(sample):
    half = sample.num_rows // 2
    first = rolecall.train(sample.slice(0, half))
    both = first.retrain(add=sample.slice(half))
    counted = both.header["postings"]
    assert sum(counted) > sum(first.header["postings"])
    assert counted == rolecall.train(sample).header["postings"]
    assert both.retrain(remove=sample.slice(half)).to_bytes() == first.to_bytes()
    with pytest.raises(ValueError, match="never added"):
        first.retrain(remove=sample.slice(half))


def test_counts_of_another_lexicon_are_refused(sample, tmp_path):
    shutil.copytree(LEXICON, tmp_path / "other")
    roles = tmp_path / "other" / "roles.csv"
    head, first, second, *rest = roles.read_text().splitlines()
    roles.write_text("\n".join([head, second, first, *rest]) + "\n")
    other = rolecall.train(sample, lexicon=tmp_path / "other")
    with pytest.raises(ValueError, match="another lexicon"):
        rolecall.train(sample).retrain(merge=[other])
    counts = [rolecall.Counts.of(sample), rolecall.Counts.of(sample, lexicon=tmp_path / "other")]
    with pytest.raises(ValueError, match="different lexicons"):
        type(counts[0].sums()).sum([c.sums() for c in counts])


def test_a_model_holds_a_lexicon_of_its_own(sample, tmp_path):
    own = tmp_path / "own"
    shutil.copytree(LEXICON, own)
    with (own / "skills.csv").open("a") as skills:
        skills.write("zyxwvut,Zyxwvut,product_owner,5,postings,Own,zyxwvut\n")
    model = rolecall.train(sample, lexicon=own)
    model.save(tmp_path / "own.rolecall")
    verdicts = model.classify(sample).to_pyarrow()
    for read in [
        rolecall.Model.load(tmp_path / "own.rolecall"),
        rolecall.Model.load(tmp_path / "own.rolecall", lexicon=own),
        pickle.loads(pickle.dumps(model)),
        model.compact(),
    ]:
        assert read.classify(sample).to_pyarrow().equals(verdicts)
    shutil.rmtree(own)
    loaded = rolecall.Model.load(tmp_path / "own.rolecall")
    assert loaded.classify(sample).to_pyarrow().equals(verdicts)
    with pytest.raises(ValueError, match="another lexicon"):
        rolecall.Model.load(tmp_path / "own.rolecall", lexicon=LEXICON)


def test_rows_under_two_labels_are_named_and_not_learned(sample):
    first = rolecall.train(sample)
    labels = ["other" if label != "other" else "product_owner" for label in sample["role"].to_pylist()]
    at = sample.column_names.index("role")
    changed = sample.set_column(at, "role", pa.array(labels)).slice(0, 2)
    other = changed["role"].to_pylist()[0]
    with pytest.warns(UserWarning, match=f"2 rows under two labels.*row 0 is {other}, and .* in the model"):
        same = first.retrain(add=changed)
    assert same.header["postings"] == first.header["postings"]
    relabelled = first.retrain(add=changed, relabel=True)
    assert sum(relabelled.header["postings"]) == sum(first.header["postings"])
    with pytest.warns(UserWarning, match="4 rows under two labels"):
        less = rolecall.train(pa.concat_tables([sample, changed]))
    assert sum(less.header["postings"]) == sum(first.header["postings"]) - 2


def test_findings_are_those_of_the_program(model, sample, rolecall_program, tmp_path):
    rolecall_program("audit", SAMPLE, "-o", "findings.parquet")
    findings = rolecall.audit(sample)
    assert findings.to_pyarrow().equals(pa.parquet.read_table(tmp_path / "findings.parquet"))
    assert findings.summary["rows"] > 0
    own = rolecall.train(sample)
    own.save(tmp_path / "own")
    rolecall_program("audit", SAMPLE, "--model", "own", "-o", "own.parquet")
    assert own.audit(sample).to_pyarrow().equals(pa.parquet.read_table(tmp_path / "own.parquet"))


def test_other_threads_go_on(model, sample):
    many = pa.concat_tables([sample] * 20)
    went_on = threading.Event()
    done = threading.Event()

    def other():
        while not done.is_set():
            went_on.set()
            done.wait(0.001)

    thread = threading.Thread(target=other)
    model.classify(sample)
    thread.start()
    went_on.clear()
    try:
        model.classify(many)
        assert went_on.is_set()
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("work", ["rolecall.Model.default().classify(many)", "rolecall.train(many, count_twice=True)"])
def test_control_c_ends_it(work, tmp_path):
    program = f"""
import pyarrow as pa, pyarrow.csv, rolecall
lines = pa.csv.ParseOptions(newlines_in_values=True)
sample = pa.csv.read_csv({str(SAMPLE)!r}, parse_options=lines)
many = pa.concat_tables([sample] * 2000)
print("ready", flush=True)
{work}
print("done", flush=True)
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            ran.wait(1)
        ran.send_signal(signal.SIGINT)
        out, err = ran.communicate(timeout=20)
    assert "KeyboardInterrupt" in err and out == ""
