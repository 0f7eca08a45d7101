"""Runs rolecall."""

import csv
import os
import subprocess

ROLECALL = os.environ["ROLECALL"]


def rolecall(*arguments):
    run = subprocess.run([ROLECALL, *map(str, arguments), "--quiet"], stdout=subprocess.DEVNULL)
    if run.returncode != 0:
        raise SystemExit(f"run: rolecall {arguments[0]} ended with status {run.returncode}")


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def markdown(lines):
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
