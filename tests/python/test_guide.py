"""What stands in the package's README does what it says."""

import os
import re
import subprocess

import pyarrow.parquet

from conftest import ROOT


def test_the_examples_run(session, sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pyarrow.parquet.write_table(sample, "postings.parquet")
    frame = session.read.parquet(str(tmp_path / "postings.parquet"))
    run = [os.environ["ROLECALL"], "features", "postings.parquet", "-o", "features.parquet"]
    subprocess.run(run, check=True)
    names = {"postings": sample, "frame": frame, "labelled": frame}
    guide = (ROOT / "python/README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert len(examples) > 3
    counted = []
    for example in examples:
        exec(example, names)
        if "counts" in names:
            counted.append(names.pop("counts"))
    assert names["classified"].count() == len(names["table"]) == sample.num_rows
    assert len(names["findings"]) > 0 and names["model"].header["postings"]
    products = sum("product" in title.lower() for title in sample["title"].to_pylist())
    sums = [sum(count for _, count in counts) for counts in counted[:-1]]
    assert sums == [products, sample.num_rows]
    assert counted[-1]["len"].sum() == sample.num_rows
    assert names["f1"].mean() > 0.8
