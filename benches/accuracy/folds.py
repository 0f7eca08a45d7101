"""The probabilities a peer gives each row, fitted on the other folds."""

import numpy as np
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import make_pipeline

import postings


def predict(make_model, grid, rows, classes, title_blind):
    texts = np.array(postings.texts(rows, title_blind), dtype=object)
    labels, folds = (np.array([row[column] for row in rows]) for column in ("role", "fold"))
    probabilities = np.zeros((len(rows), len(classes)))
    for fold in np.unique(folds):
        held_out = folds == fold
        model = make_model()
        if grid:
            model = tuned(model, grid, folds[~held_out])
        model.fit(texts[~held_out], labels[~held_out])
        # A class may be absent from the training folds.
        columns = [classes.index(c) for c in model.classes_]
        probabilities[np.ix_(held_out, columns)] = model.predict_proba(texts[held_out])
    return probabilities


def tuned(model, grid, training_folds):
    """The model with the settings that do best when each training fold is held out in turn."""
    *preparation, classifier = (step for _, step in model.steps)
    fold_numbers = np.unique(training_folds, return_inverse=True)[1]
    search = GridSearchCV(classifier, grid, scoring="f1_macro", cv=PredefinedSplit(fold_numbers))
    return make_pipeline(*preparation, search)
