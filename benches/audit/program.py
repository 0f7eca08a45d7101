"""Runs programs, and tells what they cost."""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROLECALL = os.environ["ROLECALL"]
CLEANLAB = Path(__file__).with_name("cleanlab_rank.py")


class Run(NamedTuple):
    seconds: float
    megabytes: float
    said: str


def rolecall(*arguments):
    return run(ROLECALL, *arguments)


def cleanlab(*arguments):
    return run(sys.executable, CLEANLAB, *arguments)


def run(*command):
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if process.returncode != 0:
        sys.exit(f"run: {Path(command[0]).name} ended with status {process.returncode}\n{text}")
    # Kilobytes, but bytes on macOS.
    megabytes = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return Run(seconds, megabytes, text)


def suspicions(path, column, rows):
    """The suspicion of each row, by its id."""
    with open(path, encoding="utf-8", newline="") as file:
        found = {row["id"]: float(row[column]) for row in csv.DictReader(file)}
    missing = sum(row["id"] not in found for row in rows)
    if missing:
        sys.exit(f"run: {path} has no suspicion for {missing} of {len(rows)} rows")
    return {row["id"]: found[row["id"]] for row in rows}
