"""How good a retrained model is on rows that neither part of its training saw."""

import csv
import gzip
import hashlib
import math
import sys
import tempfile
from pathlib import Path

from program import markdown, rolecall, write

ROLES = ["product_owner", "product_manager", "technical_project_manager"]
OTHER = "other"
NEW = 5  # One of so many rows, or organisations, is added later.
MODELS = ["before", "retrained", "retrained from compact", "from scratch"]
VIEWS = {"whole": [], "duties": ["--view", "duties"]}


def main():
    rows = read(sys.argv[1])
    splits = {"at random": "id", "by organisation": "company"}
    lines = [["added rows", "model", *(f"{v}: {f}" for v in VIEWS for f in ["macro-F1", "log-loss"])]]
    lines.append(["---", "---"] + ["--:"] * 4)
    for split, column in splits.items():
        predicted = predict(rows, column)
        for model in MODELS:
            figures = [f"{x:.3f}" for view in VIEWS for x in judge(rows, predicted[model, view])]
            lines.append([split, model, *figures])
    print(markdown(lines), end="")


def read(path):
    csv.field_size_limit(1 << 30)
    open_text = gzip.open if path.endswith(".gz") else open
    with open_text(path, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["role"] in [*ROLES, OTHER]]


def is_new(row, column):
    name = row[column] or row["id"]
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % NEW == 0


def predict(rows, column):
    """The probabilities of each row by id, for each model and view."""
    predicted = {(model, view): {} for model in MODELS for view in VIEWS}
    for fold in sorted({row["fold"] for row in rows}):
        print(f"{column}, fold {fold}", file=sys.stderr)
        training = [row for row in rows if row["fold"] != fold]
        with tempfile.TemporaryDirectory() as folder:
            file = lambda name: Path(folder) / name
            write(file("all.csv"), training)
            write(file("old.csv"), [row for row in training if not is_new(row, column)])
            write(file("new.csv"), [row for row in training if is_new(row, column)])
            write(file("test.csv"), [row for row in rows if row["fold"] == fold])
            add = ["--add", file("new.csv"), "--allow-worse"]
            rolecall("train", file("old.csv"), "-o", file("before"))
            rolecall("train", file("all.csv"), "-o", file("from scratch"))
            rolecall("retrain", file("before"), *add, "-o", file("retrained"))
            rolecall("model", "export", "--compact", file("before"), "-o", file("compact"))
            rolecall("retrain", file("compact"), *add, "-o", file("retrained from compact"))
            for model, view in predicted:
                options = ["--model", file(model), "--predictions", file("p.csv"), *VIEWS[view]]
                rolecall("evaluate", file("test.csv"), *options)
                with open(file("p.csv"), encoding="utf-8", newline="") as found:
                    for row in csv.DictReader(found):
                        p = [float(row[f"p_{role}"]) for role in ROLES]
                        predicted[model, view][row["id"]] = [x / sum(p) for x in p]
    return predicted


def judge(rows, predicted):
    """Macro-F1 and log-loss of the rows of the roles."""
    of_roles = [(ROLES.index(r["role"]), predicted[r["id"]]) for r in rows if r["role"] in ROLES]
    loss = -sum(math.log(max(p[truth], 1e-15)) for truth, p in of_roles) / len(of_roles)
    decided = [(truth, p.index(max(p))) for truth, p in of_roles]
    f1 = []
    for role in range(len(ROLES)):
        right = sum(truth == role == given for truth, given in decided)
        shown = sum(truth == role for truth, _ in decided) + sum(g == role for _, g in decided)
        f1.append(2 * right / shown if shown else 0)
    return sum(f1) / len(f1), loss


main()
