"""Labels are read, models are retrained and rows are suggested as the program does."""

import pyarrow as pa
import pyarrow.parquet
import pytest

import rolecall

SPELLINGS = {"product_owner": "Owner!", "product_manager": "PM", "technical_project_manager": "TPM", "other": "none"}
MAP = {"owner": "product_owner", "PM": "Product Manager"}


def with_labels(table, labels):
    return table.set_column(table.column_names.index("role"), "role", pa.array(labels))


@pytest.fixture(scope="module")
def spelt(sample):
    return with_labels(sample, [SPELLINGS[label] for label in sample["role"].to_pylist()])


def test_a_map_of_spellings_gives_the_model_and_the_findings_of_plain_labels(sample, spelt):
    expected = rolecall.train(sample)
    assert rolecall.train(spelt, map=MAP, strict=True).to_bytes() == expected.to_bytes()
    assert rolecall.Counts.of(spelt, map=MAP, strict=True).train().to_bytes() == expected.to_bytes()
    findings = rolecall.audit(sample).to_pyarrow()
    assert rolecall.audit(spelt, map=MAP, strict=True).to_pyarrow().equals(findings)
    by_model = expected.audit(sample).to_pyarrow()
    assert expected.audit(spelt, map=MAP, strict=True).to_pyarrow().equals(by_model)
    removed = expected.retrain(remove=spelt.slice(0, 2), map=MAP, strict=True)
    assert removed.to_bytes() == expected.retrain(remove=sample.slice(0, 2)).to_bytes()


def test_labels_that_are_not_understood_are_refused_if_strict(sample, spelt):
    model = rolecall.train(sample)
    first = spelt["role"].to_pylist().index("PM")
    works = [
        lambda **how: rolecall.train(spelt, **how),
        lambda **how: rolecall.Counts.of(spelt, **how),
        lambda **how: rolecall.audit(spelt, label="role", **how),
        lambda **how: model.audit(spelt, **how),
        lambda **how: model.retrain(add=spelt, **how),
    ]
    for work in works:
        with pytest.raises(ValueError, match=rf'"PM" may be more than one role.*first is row {first}\).*rows from 0.*map='):
            work(map={"owner": "product_owner"}, strict=True)
        with pytest.raises(ValueError, match='"boss" is no role; the roles are "product_owner"'):
            work(map={"PM": "boss"})
    with pytest.raises(ValueError, match="leave out one or the other"):
        rolecall.train(sample, label_from_title=True, strict=True)
    nothing = with_labels(spelt, [None, *["NaN"] * (spelt.num_rows - 1)])
    assert len(rolecall.Counts.of(nothing, strict=True)) == 0, "no label is not a label that is not understood"


def test_labels_are_read_as_people_write_them():
    assert rolecall.read_labels(["PO", "IT Project Manager", "n/a", None, float("nan"), "PM", "chef"]) == [
        "product_owner", "technical_project_manager", "other", None, None, None, None,
    ]
    assert rolecall.read_labels(["PM", "chef"], map={"pm": "other", "chef": "PO"}) == ["other", "product_owner"]


def test_an_audit_of_other_labels_takes_the_titles(sample):
    cities = with_labels(sample, ["Leeds"] * sample.num_rows)
    with pytest.warns(UserWarning, match='column "role" holds no roles.*label='):
        findings = rolecall.audit(cities).to_pyarrow()
    assert findings.equals(rolecall.audit(sample.drop_columns("role")).to_pyarrow())
    with pytest.raises(ValueError, match="no row states a role"):
        rolecall.audit(cities, label="role")


@pytest.mark.parametrize("options, how", [
    ([], {}),
    (["-n", "7", "--view", "duties", "--closed"], {"n": 7, "view": "duties", "closed": True}),
])
def test_suggested_rows_are_those_of_the_program(sample, rolecall_program, tmp_path, options, how):
    half = sample.num_rows // 2
    rolecall.train(sample.slice(0, half)).save(tmp_path / "model")
    model = rolecall.Model.load(tmp_path / "model")
    labels = [label if row % 10 == 0 else None for row, label in enumerate(sample["role"].to_pylist())]
    some = with_labels(sample, labels)
    for table in [some, sample.drop_columns("role"), sample.append_column("why", sample["title"])]:
        pa.parquet.write_table(table, tmp_path / "rows.parquet")
        rolecall_program("suggest", "rows.parquet", "--model", "model", "-o", "out.parquet", *options)
        expected = pa.parquet.read_table(tmp_path / "out.parquet")
        parts = pa.concat_tables([table.slice(at, 9) for at in range(0, table.num_rows, 9)])
        for threads in (None, 1):
            found = model.suggest(parts, threads=threads, **how)
            assert found.to_pyarrow().equals(expected)
            assert found.summary["suggested"] == expected.num_rows
            assert found.summary["rows_read"] == table.num_rows


def test_a_retrain_is_that_of_the_program(sample, rolecall_program, tmp_path):
    half = sample.num_rows // 2
    old, new = sample.slice(0, half), sample.slice(half)
    pa.parquet.write_table(new, tmp_path / "new.parquet")
    model = rolecall.train(old)
    model.save(tmp_path / "old")
    options = ["--add", "new.parquet", "--data-name", "new", "--date", "2026-11-30", "--allow-worse"]
    rolecall_program("retrain", "old", *options, "-o", "added")
    added = model.retrain(add=new, data_name="new", date="2026-11-30", allow_worse=True)
    assert added.to_bytes() == (tmp_path / "added").read_bytes()
    assert added.header["history"][-1]["difference"]["rows"] > 0


def test_a_worse_model_is_refused_as_by_the_program_unless_it_is_wanted(sample, rolecall_program, tmp_path):
    """The rows to add turn the model away from what the rows to check by say, which is what it said before."""
    half = sample.num_rows // 2
    model = rolecall.train(sample.slice(0, half))
    new = sample.slice(half)
    check = new.set_column(2, "company", pa.array([f"Other {row}" for row in range(new.num_rows)]))
    check = check.set_column(1, "title", pa.array(["Wanted"] * new.num_rows))
    check = with_labels(check, model.classify(check)["predicted_role"].to_pylist())
    for name, table in {"new": new, "check": check}.items():
        pa.parquet.write_table(table, tmp_path / f"{name}.parquet")
    model.save(tmp_path / "old")
    refused = ["retrain", "old", "--add", "new.parquet", "--check", "check.parquet", "-o", "worse"]
    rolecall_program(*refused, status=1)
    assert not (tmp_path / "worse").exists()
    with pytest.raises(rolecall.WorseModelError, match="worse.*macro-F1 0.* to 0.*organisations; allow_worse=True"):
        model.retrain(add=new, check=check)
    assert issubclass(rolecall.WorseModelError, ValueError)
    rolecall_program(*refused, "--allow-worse")
    worse = model.retrain(add=new, check=check, allow_worse=True)
    assert worse.to_bytes() == (tmp_path / "worse").read_bytes()
    assert worse.header["history"][0]["difference"]["log_loss"]["interval"][0] > 0
    better = model.retrain(add=new)
    assert better.header["history"][0]["difference"]["log_loss"]["interval"][0] < 0
