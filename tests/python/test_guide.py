"""What stands in the package's README does what it says."""

import os
import re
import sqlite3
import subprocess

import duckdb
import pyarrow.parquet

from conftest import ROOT


def readme_examples() -> list[str]:
    guide = (ROOT / "python/README.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)


def test_the_examples_run(session, sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pyarrow.parquet.write_table(sample, "postings.parquet")
    frame = session.read.parquet(str(tmp_path / "postings.parquet"))
    run = [os.environ["ROLECALL"], "features", "postings.parquet", "-o", "features.parquet"]
    subprocess.run(run, check=True)
    columns = sample.column_names
    with sqlite3.connect("postings.sqlite") as file:
        file.execute(f"create table postings ({', '.join(columns)})")
        marks = ", ".join("?" * len(columns))
        rows = zip(*[sample[name].to_pylist() for name in columns])
        file.executemany(f"insert into postings values ({marks})", rows)
    with duckdb.connect("postings.duckdb") as file:
        file.sql("create table postings as select * from sample")
    monkeypatch.setenv("PATH", os.path.dirname(os.environ["ROLECALL"]), prepend=os.pathsep)
    names = {"postings": sample, "frame": frame, "labelled": frame}
    examples = readme_examples()
    assert len(examples) > 3
    counted = []
    for example in examples:
        exec(example, names)
        if "counts" in names:
            counted.append(names.pop("counts"))
    assert names["classified"].count() == len(names["table"]) == sample.num_rows
    assert (names["answer"]["predicted_role"], names["status"]) == ("product_owner", 0)
    assert len(names["findings"]) > 0 and names["model"].header["postings"]
    products = sum("product" in title.lower() for title in sample["title"].to_pylist())
    sums = [sum(count for _, count in counts) for counts in counted[:-1]]
    assert sums == [products, sample.num_rows]
    assert counted[-1]["len"].sum() == sample.num_rows
    assert names["f1"].mean() > 0.8
    assert names["search"].best_score_ > 0.6 and len(names["roles_of_jobs"]) == sample.num_rows
    roles = names["model"].classify(sample)["predicted_role"]
    expected = dict(zip(sample["id"].to_pylist(), roles.to_pylist()))
    with sqlite3.connect("postings.sqlite") as file:
        assert dict(file.execute("select id, role from roles")) == expected
    with duckdb.connect("postings.duckdb") as file:
        assert dict(file.sql("select id, predicted_role from roles").fetchall()) == expected
