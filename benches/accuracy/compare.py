"""Runs every program in both views and writes the tables."""

import argparse
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import folds
import metrics
import peers
import postings
import rolecall

VIEWS = ["full", "title-blind"]


def main():
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("labelled", metavar="LABELLED.csv[.gz]")
    parser.add_argument("--tune", action="store_true", help="choose the peers' settings by folds")
    parser.add_argument("--scope", action="store_true", help="also: is it one of the roles at all")
    parser.add_argument("-o", metavar="FILE", dest="output", help="write the tables to a file too")
    parser.add_argument("--rolecall", required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()

    grids = peers.GRIDS if args.tune else {}
    report = compare("Which role", args, postings.ROLES, peers.ROLES, grids, metrics.WHICH_ROLE)
    if args.scope:
        classes = sorted([*postings.ROLES, postings.OTHER])
        report += "\n" + compare("Which role, or none", args, classes, peers.SCOPE, {}, metrics.SCOPE)
    print(report, end="")
    if args.output:
        Path(args.output).write_text(report, encoding="utf-8")


def compare(title, args, classes, models, grids, wanted):
    rows = postings.read(args.labelled, classes)
    programs = {
        name: partial(folds.predict, make_model, grids.get(name))
        for name, make_model in models.items()
    }
    programs["rolecall"] = partial(rolecall.predict, args.rolecall)
    lines = [line(name, predict, rows, classes, wanted) for name, predict in programs.items()]
    columns = [f"{view}: {figure}" for view in VIEWS for figure in wanted]
    header = ["program", *columns, "seconds"]
    rule = ["---"] + ["--:"] * (len(header) - 1)
    return f"{title}: {counts(rows)}\n\n" + markdown([header, rule, *lines])


def line(name, predict, rows, classes, wanted):
    truths = [row["role"] for row in rows]
    cells, seconds = [], []
    for view in VIEWS:
        start = time.perf_counter()
        try:
            probabilities = predict(rows, classes, title_blind=view == "title-blind")
        except ImportError as error:
            print(f"{name}: skipped: {error}", file=sys.stderr)
            return [name, f"skipped: {error}"] + [""] * (len(wanted) * len(VIEWS))
        seconds.append(time.perf_counter() - start)
        print(f"{name}, {view}, {len(rows)} rows: {seconds[-1]:.1f} s", file=sys.stderr)
        cells += [f"{figure(truths, probabilities, classes):.3f}" for figure in wanted.values()]
    return [name, *cells, f"{sum(seconds):.1f}"]


def counts(rows):
    of = Counter(row["role"] for row in rows)
    parts = ", ".join(f"{of[label]} {label}" for label in sorted(of))
    return f"{len(rows)} rows ({parts}), {len({row['fold'] for row in rows})} folds"


def markdown(lines):
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    main()
