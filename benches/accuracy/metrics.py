"""The figures, computed alike for every program.

Each takes the index of the true class of every row and the probabilities of the classes.
"""

import numpy as np

BINS = 10
SMALLEST = 1e-15


def normalised(probabilities):
    """Rows that sum to 1; a row of zeros stays one."""
    sums = probabilities.sum(axis=1, keepdims=True)
    return probabilities / np.where(sums > 0, sums, 1)


def macro_f1(truths, probabilities):
    predicted = probabilities.argmax(axis=1)
    return np.mean([f1(truths == k, predicted == k) for k in range(probabilities.shape[1])])


def f1(true, given):
    total = true.sum() + given.sum()
    return 2 * (true & given).sum() / total if total else 0.0


def log_loss(truths, probabilities):
    of_truth = probabilities[np.arange(len(truths)), truths]
    return -np.log(np.maximum(of_truth, SMALLEST)).mean()


def calibration_error(truths, probabilities):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truths
    bin_of_row = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return np.abs(np.bincount(bin_of_row, weights=confidence - right)).sum() / len(truths)


FIGURES = {"macro-F1": macro_f1, "log-loss": log_loss, "calibration error": calibration_error}
HIGHER_IS_BETTER = {"macro-F1"}


def figures(truths, probabilities):
    p = normalised(probabilities)
    return {name: float(figure(truths, p)) for name, figure in FIGURES.items()}
