import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyspark
import pytest
from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
LEXICON = ROOT / "data/roles"
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

    def run(*arguments, status=0, **how):
        program = [os.environ["ROLECALL"], *map(str, arguments), "-q"]
        ran = subprocess.run(program, cwd=tmp_path, capture_output=True, **how)
        assert ran.returncode == status, ran.stderr.decode()
        return ran.stdout

    return run


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    os.environ |= {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(tmp_path_factory.mktemp("spark")),
        "PYSPARK_PYTHON": sys.executable,
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("rolecall-tests")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()
