"""The probabilities rolecall gives each row, fitted on the other folds."""

import csv
import io
import subprocess
import sys
import tempfile

import numpy as np

import postings


def predict(program, rows, classes, title_blind):
    options = ["--title-blind"] * title_blind + ["--closed"] * (postings.OTHER not in classes)
    with tempfile.TemporaryDirectory() as folder:
        predictions = f"{folder}/predictions.csv"
        subprocess.run(
            [program, "evaluate", "-", "--folds", "fold", *options, "--predictions", predictions, "-q"],
            input=as_csv(rows),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with open(predictions, encoding="utf-8", newline="") as file:
            found = {row["id"]: row for row in csv.DictReader(file)}
    missing = sum(row["id"] not in found for row in rows)
    if missing:
        sys.exit(f"rolecall gave no prediction for {missing} of {len(rows)} rows")
    return np.array([[float(found[row["id"]][f"p_{c}"]) for c in classes] for row in rows])


def as_csv(rows):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
