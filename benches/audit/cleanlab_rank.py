"""Ranks the rows of a file with cleanlab, by logistic regression fitted on the other folds."""

import re
import sys

import numpy as np
from cleanlab.rank import get_label_quality_scores
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import postings

WEIGHTS = {"plain": None, "balanced": "balanced"}
METHODS = ["self_confidence", "normalized_margin"]

TAG = re.compile(r"<[^>]{0,500}>")
ROLE_NAME = re.compile(
    r"""
    (?<![a-z])
    (?: product [\s_-]+ (?: owner(?:ship)?s? | manage(?:rs?|ment)? | lead(?:er)?s? )
      | (?: (?:technical|it|software|engineering) [\s_-]+ )?
        (?:project|program|programme) [\s_-]+ manage(?:rs?|ment)?
      | head \s+ of \s+ product
      | (?:po|pm|tpm) s? (?![a-z])
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Keeps c++, ci/cd and node.js whole.
WORD = r"\b[a-z][a-z+#./-]*[a-z+#]|\b[a-z]\b"


def main():
    noisy, output = sys.argv[1:]
    classes = [*postings.ROLES, postings.OTHER]
    rows = postings.read(noisy, classes)
    # Without other jobs there are three classes.
    labels = np.array([classes.index(row["role"]) for row in rows])
    found = [{"id": row["id"]} for row in rows]
    for weight, probabilities in out_of_fold(rows, labels).items():
        for method in METHODS:
            quality = get_label_quality_scores(labels, probabilities, method=method)
            for line, score in zip(found, quality):
                line[f"{weight} {method}"] = 1 - score
    postings.write(output, found[0].keys(), found)


def out_of_fold(rows, labels):
    """The probabilities of the roles in each row, with each weighting."""
    texts = np.array([masked(row["description"]) for row in rows], dtype=object)
    folds = np.array([row["fold"] for row in rows])
    probabilities = {weight: np.zeros((len(rows), labels.max() + 1)) for weight in WEIGHTS}
    for fold in np.unique(folds):
        held_out = folds == fold
        tfidf = TfidfVectorizer(token_pattern=WORD, sublinear_tf=True, min_df=2, ngram_range=(1, 2))
        training = tfidf.fit_transform(texts[~held_out])
        judged = tfidf.transform(texts[held_out])
        for weight, class_weight in WEIGHTS.items():
            model = LogisticRegression(C=10, class_weight=class_weight, max_iter=400)
            model.fit(training, labels[~held_out])
            # A role may be absent from the training folds.
            cells = np.ix_(held_out, model.classes_)
            probabilities[weight][cells] = model.predict_proba(judged)
    return probabilities


def masked(text):
    return ROLE_NAME.sub(" ", TAG.sub(" ", text))


if __name__ == "__main__":
    main()
