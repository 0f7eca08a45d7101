"""Writes metrics.json: figures of random predictions as scikit-learn computes them.

    pip install scikit-learn==1.9.1 && python metrics.py
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics

CLASSES = ["a", "b", "c", "d"]
DECIMALS = 12


def case(rng, rows, weights, sharpness, twentieths=False):
    """Rows of probabilities with true classes drawn by `weights`."""
    truths = rng.choice(len(CLASSES), size=rows, p=weights)
    scores = rng.normal(size=(rows, len(CLASSES)))
    scores[np.arange(rows), truths] += sharpness
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    if twentieths:
        # Many rows are equal then. None is 0: how far down a logarithm goes is a convention.
        p = (rng.multinomial(16, p) + 1) / 20
    else:
        p = np.round(p, DECIMALS)
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    return p, truths


def figures(p, truths):
    labels = range(len(CLASSES))
    predicted = p.argmax(axis=1)
    # Of a class without rows, recall and F1 are undefined, and the mean of F1 leaves it out.
    present = np.unique(truths)
    by_class = metrics.precision_recall_fscore_support(
        truths, predicted, labels=labels, zero_division=0
    )
    in_scope = truths < len(CLASSES) - 1
    return {
        "macro_f1": metrics.f1_score(
            truths, predicted, labels=present, average="macro", zero_division=0
        ),
        "accuracy": metrics.accuracy_score(truths, predicted),
        "log_loss": metrics.log_loss(truths, p, labels=labels),
        "brier": float(((p - np.eye(len(CLASSES))[truths]) ** 2).sum(axis=1).mean()),
        "precision": by_class[0].tolist(),
        "recall": [value if i in present else None for i, value in enumerate(by_class[1].tolist())],
        "f1": [value if i in present else None for i, value in enumerate(by_class[2].tolist())],
        "rows": by_class[3].tolist(),
        "confusion": metrics.confusion_matrix(truths, predicted, labels=labels).tolist(),
        "average_precision": metrics.average_precision_score(in_scope, 1 - p[:, -1]),
    }


def main():
    rng = np.random.default_rng(20)
    cases = {
        "four classes": case(rng, 200, [0.3, 0.3, 0.2, 0.2], 1.5),
        "one class never true": case(rng, 60, [0.5, 0.3, 0.0, 0.2], 1.0),
        "equal scores": case(rng, 80, [0.25, 0.25, 0.25, 0.25], 1.0, twentieths=True),
    }
    out = {"made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": []}
    for name, (p, truths) in cases.items():
        out["cases"].append(
            {
                "name": name,
                "probabilities": p.tolist(),
                "truths": truths.tolist(),
                "figures": figures(p, truths),
            }
        )
    path = pathlib.Path(__file__).with_name("metrics.json")
    lines = json.dumps(out, separators=(",", ":")).replace('{"name"', '\n{"name"')
    path.write_text(lines + "\n")


main()
