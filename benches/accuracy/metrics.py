"""The figures, computed alike for every program.

Each takes the true labels, the probabilities, and the classes these stand for.
"""

import numpy as np
from sklearn.metrics import average_precision_score, f1_score
from sklearn.metrics import log_loss as sklearn_log_loss

from postings import OTHER

BINS = 10
ACCURACY = 0.95


def normalised(probabilities):
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def decisions(truths, probabilities, classes):
    """The probability of each row's likeliest class, and whether it is the true one."""
    p = normalised(probabilities)
    return p.max(axis=1), np.array(classes)[p.argmax(axis=1)] == truths


def macro_f1(truths, probabilities, classes):
    predicted = np.array(classes)[probabilities.argmax(axis=1)]
    return f1_score(truths, predicted, labels=classes, average="macro", zero_division=0)


def log_loss(truths, probabilities, classes):
    return sklearn_log_loss(truths, normalised(probabilities), labels=classes)


def calibration_error(truths, probabilities, classes):
    confidence, right = decisions(truths, probabilities, classes)
    bin_of_row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return np.abs(np.bincount(bin_of_row, weights=confidence - right)).sum() / len(right)


def coverage(truths, probabilities, classes):
    confidence, right = decisions(truths, probabilities, classes)
    order = np.argsort(-confidence, kind="stable")
    kept = np.arange(1, len(order) + 1)
    accurate = np.cumsum(right[order]) >= ACCURACY * kept
    # Rows of equal confidence are kept or set aside together.
    last_of_equals = np.append(np.diff(confidence[order]) < 0, True)
    return max(kept[accurate & last_of_equals], default=0) / len(order)


def average_precision(truths, probabilities, classes):
    # One minus the probability of `other` would make ties of the rows surest to be outside.
    inside = probabilities[:, [c != OTHER for c in classes]].sum(axis=1)
    return average_precision_score(np.array(truths) != OTHER, inside)


WHICH_ROLE = {
    "macro-F1": macro_f1,
    "log-loss": log_loss,
    "calibration error": calibration_error,
    "coverage at 95 %": coverage,
}
SCOPE = {"average precision": average_precision, "macro-F1": macro_f1}
