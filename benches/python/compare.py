"""Times the Python package, Polars, DuckDB and Spark beside the command line on the same postings, and prints Markdown."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pyspark
from pyspark.sql import SparkSession

import rolecall
from rolecall import spark

COLUMNS = ["title", "company", "description", "role"]
CORES = os.cpu_count()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path, help="CSV with title, company, description and role; may be gzipped")
    parser.add_argument("--rolecall", required=True)
    parser.add_argument("--copies", type=int, default=6, help="how often the rows stand in the file")
    parser.add_argument("--runs", type=int, default=3, help="the fastest of so many counts")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        Bench(args, Path(folder)).table()


class Bench:
    def __init__(self, args, folder):
        self.args = args
        self.file, self.out = folder / "rows.parquet", folder / "out.parquet"
        limits = pa.csv.ParseOptions(newlines_in_values=True)
        block = pa.csv.ReadOptions(block_size=1 << 26)
        once = pa.csv.read_csv(args.labelled, block, limits).select(COLUMNS)
        rows = pa.concat_tables([once] * args.copies)
        self.count, self.once = rows.num_rows, once.num_rows
        # Small groups, so that a task of Spark or a thread of Polars has one of its own.
        pa.parquet.write_table(rows, self.file, row_group_size=4096)
        self.labelled = folder / "labelled.parquet"
        pa.parquet.write_table(once, self.labelled, row_group_size=1024)
        self.model = rolecall.Model.default()

    def table(self):
        jobs = {
            "`rolecall classify rows.parquet -o out.parquet`": self.program,
            "Python: `Model.classify`": self.python,
            "Polars: `map_batches`, streaming": self.polars,
            "DuckDB: an Arrow function, the role alone": self.duckdb,
        }
        best = {name: self.fastest(job) for name, job in jobs.items()}
        trained = {"`rolecall train`": self.fastest(self.program_train)}
        # One core each; a Spark as large as the machine comes last.
        for executors in range(1, CORES + 1):
            plural = "s" if executors > 1 else ""
            session = cluster(executors)
            best[f"Spark: {executors} executor{plural} of one core"] = self.fastest(self.spark, session)
            trained[f"Spark: {executors} executor{plural}"] = self.fastest(self.spark_train, session)
            session.stop()
        own = best["`rolecall classify rows.parquet -o out.parquet`"]
        print(f"{self.count} rows from Parquet to Parquet, {CORES} cores\n")
        print("| classify | seconds | rows a second | times the command line |\n|---|--:|--:|--:|")
        for name, seconds in best.items():
            print(f"| {name} | {seconds:.2f} | {self.count / seconds:,.0f} | {seconds / own:.1f} |")
        print(f"\n| train, {self.once} rows | seconds | times the command line |\n|---|--:|--:|")
        for name, seconds in trained.items():
            print(f"| {name} | {seconds:.2f} | {seconds / trained['`rolecall train`']:.1f} |")

    def fastest(self, job, *arguments):
        def once():
            shutil.rmtree(self.out, ignore_errors=True)
            self.out.unlink(missing_ok=True)
            start = time.perf_counter()
            job(*arguments)
            return time.perf_counter() - start

        return min(once() for _ in range(self.args.runs))

    def program(self):
        subprocess.run([self.args.rolecall, "classify", self.file, "-o", self.out, "-q"], check=True)

    def program_train(self):
        subprocess.run([self.args.rolecall, "train", self.labelled, "-o", self.out, "-q"], check=True, stdout=subprocess.DEVNULL)

    def python(self):
        table = self.model.classify(pa.parquet.read_table(self.file))
        pa.parquet.write_table(table.to_pyarrow(), self.out)

    def polars(self):
        rows = polars.scan_parquet(self.file)
        schema = self.model.classify(rows.head(0).collect()).to_polars().schema
        verdicts = rows.map_batches(
            lambda some: self.model.classify(some).to_polars(), schema=schema, streamable=True
        )
        verdicts.sink_parquet(self.out)

    def duckdb(self):
        def role(title, text):
            table = pa.table({"title": title, "text": text})
            return self.model.classify(table, evidence=False).to_pyarrow().column("predicted_role")

        database = duckdb.connect()
        database.create_function("role", role, ["VARCHAR", "VARCHAR"], "VARCHAR", type="arrow")
        rows = f"select *, role(title, description) as predicted_role from '{self.file}'"
        database.sql(f"copy ({rows}) to '{self.out}'")

    def spark(self, session):
        spark.classify(session.read.parquet(str(self.file))).write.parquet(str(self.out))

    def spark_train(self, session):
        spark.train(session.read.parquet(str(self.labelled)).repartition(8)).save(self.out)


def cluster(executors):
    """A Spark of so many executors with one core each."""
    os.environ |= {
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_HOSTNAME": "localhost",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": tempfile.gettempdir(),
        "PYSPARK_PYTHON": sys.executable,
    }
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,2048]")
    settings = {
        "spark.sql.files.maxPartitionBytes": "8m",
        "spark.executor.memory": "2g",
        "spark.ui.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


if __name__ == "__main__":
    main()
