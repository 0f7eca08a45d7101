"""The probabilities each peer gives each row, fitted on the other folds."""

import sys
import time

import numpy as np
from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky import get_reusable_executor

import features
import peers


def predict(view, classes, cache):
    """By name of the peer, the probabilities of each row; peers that are not installed or fail are left out."""
    labels, folds = (np.array([row[column] for row in view.rows]) for column in ("role", "fold"))
    held_out = [folds == fold for fold in np.unique(folds)]
    probabilities = {}
    for read, classifiers in peers.PEERS.items():
        if read is peers.read_title and not view.has_titles():
            continue
        try:
            probabilities |= cache.kept(
                f"{view.name}-{len(classes)}-{read.__name__}",
                lambda: predict_all(view, read, classifiers, labels, held_out, classes),
            )
        except (ImportError, RuntimeError) as error:
            print(f"{', '.join(classifiers)}: skipped: {error}", file=sys.stderr)
    return probabilities


def predict_all(view, read, classifiers, labels, held_out, classes):
    """The probabilities that the classifiers give to the rows of all folds, by what `read` takes from them."""
    start = time.perf_counter()
    source = read(view)
    # In processes that had done other work, fastText now and then ended with "Encountered NaN"; in new ones it did not.
    get_reusable_executor().shutdown(wait=True)
    folds = Parallel(n_jobs=min(cpu_count(), len(held_out)))(
        delayed(predict_fold)(source, classifiers, labels, test, classes) for test in held_out
    )
    probabilities = {name: np.zeros((len(labels), len(classes))) for name in classifiers}
    for test, predicted in zip(held_out, folds):
        for name in classifiers:
            probabilities[name][test] = predicted[name]
    seconds = time.perf_counter() - start
    print(f"{view.name}, {len(labels)} rows: {', '.join(classifiers)}: {seconds:.0f} s", file=sys.stderr)
    return probabilities


def predict_fold(source, classifiers, labels, test, classes):
    training_part, test_part = source.split(~test, test)
    probabilities = {}
    for name, make in classifiers.items():
        model = make().fit(training_part, labels[~test])
        probabilities[name] = np.zeros((test.sum(), len(classes)))
        # A class may be absent from the training folds.
        columns = [classes.index(c) for c in model.classes_]
        probabilities[name][:, columns] = model.predict_proba(test_part)
    return probabilities
