"""Runs every program in every setting and writes the tables."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import features
import folds
import lexicon
import metrics
import postings
import rolecall
import tables
from cache import Cache
from embeddings import Embedder
from settings import FOUR, SETTINGS, VIEWS

ROLECALL = "rolecall"


@dataclass
class Found:
    """What the programs say in one view, by their names."""

    rolecall: rolecall.Predictions
    # The four outcomes of every row, from peers fitted on all rows.
    peers: dict
    # The roles of the rows that have one, from peers fitted on these rows alone.
    peers_of_roles: dict


def main():
    args = arguments()
    rows = postings.read(args.labelled)
    found = {view: predictions(args, rows, view) for view in VIEWS}
    compared = [compare(setting, rows, found[setting.view]) for setting in SETTINGS]
    measured = compared + [
        decisions(rows, found["whole"].rolecall),
        lexicon.by_edition(args.rolecall, args.labelled, rows),
        lexicon.by_rows(args.rolecall, args.labelled),
    ]
    report = "\n".join(table.markdown() for table in measured)
    print(report, end="")
    if args.output:
        Path(args.output).write_text(report, encoding="utf-8")
    complaints = [line for table in compared for line in behind(table)]
    if args.check:
        markdown = Path(args.check).read_text(encoding="utf-8")
        complaints += tables.differences(measured, markdown, args.check)
    for line in complaints:
        print(f"run: {line}", file=sys.stderr)
    sys.exit(1 if complaints else 0)


def arguments():
    parser = argparse.ArgumentParser(prog="run")
    parser.add_argument("labelled", metavar="LABELLED.csv[.gz]")
    parser.add_argument("-o", metavar="FILE", dest="output", help="write the tables to a file too")
    parser.add_argument("--check", metavar="FILE.md", help="list its figures that are not the measured ones")
    parser.add_argument("--rolecall", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def predictions(args, rows, view):
    cache = Cache(args.work, args.labelled)
    embedder = Embedder(Path(args.work) / "embeddings.npz")
    peers = folds.predict(features.View(rows, view, embedder), FOUR, cache)
    of_roles = {}
    if any(setting.view == view and setting.classes == postings.ROLES for setting in SETTINGS):
        rows_of_roles = [row for row in rows if row["role"] in postings.ROLES]
        of_roles = folds.predict(features.View(rows_of_roles, view, embedder), postings.ROLES, cache)
    return Found(rolecall.predict(args.rolecall, args.labelled, rows, view), peers, of_roles)


def compare(setting, rows, found):
    """The table of a setting, the best macro-F1 first."""
    programs = {ROLECALL: found.rolecall.probabilities} | found.peers
    probabilities = {name: setting.select(rows, p) for name, p in programs.items()}
    if setting.classes == postings.ROLES:
        probabilities |= {f"{name}, rows of the roles alone": p for name, p in found.peers_of_roles.items()}
    truths = setting.truths(rows)
    figures = {name: metrics.figures(truths, p) for name, p in probabilities.items()}
    table = tables.Table(setting.name, list(metrics.FIGURES), bold=ROLECALL, caption=setting.caption(rows))
    for name in sorted(figures, key=lambda name: -figures[name]["macro-F1"]):
        table.add(name, figures[name])
    return table


def behind(table):
    """Where rolecall is not ahead of a peer, one line a figure."""
    own = table.rows[ROLECALL]
    for name, figures in table.rows.items():
        for figure, value in figures.items():
            ahead = own[figure] > value if figure in metrics.HIGHER_IS_BETTER else own[figure] < value
            if name != ROLECALL and not ahead:
                yield f"{table.name}: {figure}: {name} {value:.3f}, rolecall {own[figure]:.3f}"


def decisions(rows, found):
    """How many rows rolecall accepts and puts out of scope, and how many of them rightly."""
    truths = np.array([row["role"] for row in rows])
    like_a_role = np.array([row["titled"] != postings.OTHER for row in rows])
    is_role, right = truths != postings.OTHER, found.roles == truths
    accepted, outside = found.decisions == "accept", found.decisions == "out_of_scope"
    columns = {
        "rows": np.ones(len(rows), dtype=bool),
        "accepted": accepted,
        "accepted, right": accepted & right,
        "of a role": is_role,
        "of a role, accepted": is_role & accepted,
        "out of scope": outside,
        "out of scope, right": outside & right,
    }
    table = tables.Table("decisions, whole", list(columns))
    for name, chosen in {"titles like a role": like_a_role, "all rows": columns["rows"]}.items():
        table.add(name, {column: int((chosen & counted).sum()) for column, counted in columns.items()})
    return table


if __name__ == "__main__":
    main()
