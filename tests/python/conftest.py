import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data/sample_postings.csv"


@pytest.fixture(scope="session")
def sample() -> pa.Table:
    header = SAMPLE.open(encoding="utf-8").readline().strip().split(",")
    texts = pa.csv.ConvertOptions(column_types={name: pa.string() for name in header})
    lines = pa.csv.ParseOptions(newlines_in_values=True)
    return pa.csv.read_csv(SAMPLE, parse_options=lines, convert_options=texts)


@pytest.fixture
def rolecall_program(tmp_path):
    """Runs the program in a folder of its own."""

    def run(*arguments, **how):
        program = [os.environ["ROLECALL"], *map(str, arguments), "-q"]
        return subprocess.run(program, cwd=tmp_path, check=True, capture_output=True, **how).stdout

    return run
