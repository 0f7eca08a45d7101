"""rolecall with the lexicon alone, by edition of the rows, and with more and more labelled rows."""

import tempfile
from pathlib import Path

import numpy as np

import metrics
import rolecall
from postings import ROLES
from settings import FOUR
from tables import Table

VIEWS = ["text", "duties"]


def by_edition(program, labelled, rows):
    """Which role, without a labelled row. The forms of the lexicon were mined from rows of the first edition."""
    table = Table("lexicon alone, which role", ["rows", *columns()])
    editions = np.array([row.get("edition", "") for row in rows])
    of_role = np.array([row["role"] in ROLES for row in rows])
    truths = np.array([FOUR.index(row["role"]) for row in rows])
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "lexicon.rolecall"
        rolecall.train_lexicon_only(program, model)
        found = {v: rolecall.predict(program, labelled, rows, v, "--model", model) for v in VIEWS}
    for edition in sorted(set(editions[of_role])):
        chosen = of_role & (editions == edition)
        cells = {"rows": int(chosen.sum())}
        for view in VIEWS:
            shares = found[view].probabilities[chosen][:, : len(ROLES)]
            for name, value in metrics.figures(truths[chosen], shares).items():
                cells[f"{view}: {name}"] = value
        table.add(f"edition {edition}" if edition else "all", cells)
    return table


def columns():
    return [f"{view}: {figure}" for view in VIEWS for figure in metrics.FIGURES]


def by_rows(program, labelled):
    """Which role, by the number of labelled rows of the roles that were learned from in each fold."""
    names = {"macro_f1": "macro-F1", "log_loss": "log-loss"}
    table = Table("labelled rows, which role", [f"{v}: {n}" for v in VIEWS for n in names.values()])
    curves = [rolecall.learning_curve(program, labelled, view) for view in VIEWS]
    for points in zip(*curves):
        cells = {f"{v}: {n}": p[key] for v, p in zip(VIEWS, points) for key, n in names.items()}
        table.add(str(points[0]["rows"]), cells)
    return table
