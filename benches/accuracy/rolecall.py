"""What rolecall says of each row, by models fitted on the other folds."""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from settings import FOUR


class Predictions:
    """Probabilities, and decisions where the program writes them, in the order of the rows."""

    def __init__(self, rows, found):
        missing = sum(row["id"] not in found for row in rows)
        if missing:
            sys.exit(f"rolecall gave no prediction for {missing} of {len(rows)} rows")
        found = [found[row["id"]] for row in rows]
        self.probabilities = np.array([[float(row[f"p_{c}"]) for c in FOUR] for row in found])
        self.decisions = np.array([row.get("decision", "") for row in found])
        self.roles = np.array([row.get("predicted_role", "") for row in found])


def predict(program, labelled, rows, view, *options):
    """Predictions of the rows; by folds unless `options` give a model."""
    with tempfile.TemporaryDirectory() as folder:
        predictions = Path(folder) / "predictions.csv"
        how = options or ["--folds", "fold"]
        run(program, "evaluate", labelled, *how, "--view", view, "--predictions", predictions, "-q")
        with open(predictions, encoding="utf-8", newline="") as file:
            return Predictions(rows, {row["id"]: row for row in csv.DictReader(file)})


def learning_curve(program, labelled, view):
    """Macro-F1 and log-loss of which role, by the number of labelled rows."""
    report = run(program, "evaluate", labelled, "--folds", "fold", "--view", view, "--curve", "--json", "-q")
    return json.loads(report)["learning_curve"]


def train_lexicon_only(program, model):
    run(program, "train", "--lexicon-only", "-o", model, "-q")


def run(program, *arguments):
    ended = subprocess.run([program, *map(str, arguments)], stdout=subprocess.PIPE)
    if ended.returncode != 0:
        sys.exit(f"run: rolecall {arguments[0]} ended with status {ended.returncode}")
    return ended.stdout
