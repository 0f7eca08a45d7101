"""The peers: classifiers over plain text, with the interface of scikit-learn."""

import re
import tempfile

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

# Keeps c++, ci/cd and node.js whole.
WORD = r"\b[a-z][a-z+#./-]*[a-z+#]|\b[a-z]\b"
WORDS_AND_PAIRS = {"token_pattern": WORD, "ngram_range": (1, 2), "min_df": 2}


def presence():
    return CountVectorizer(binary=True, **WORDS_AND_PAIRS)


def tfidf():
    return TfidfVectorizer(sublinear_tf=True, **WORDS_AND_PAIRS)


class RoleNames:
    """Learns nothing: the role a text names most often."""

    # A fraction of a mention each, so that a text that names no role goes to the commonest one.
    NAMES = {
        "product_owner": (r"product owner", 0.01),
        "product_manager": (r"product manage(?:r|ment)", 0.1),
        "technical_project_manager": (r"(?:project|program(?:me)?) manag", 0.03),
    }

    def fit(self, texts, labels):
        self.classes_ = np.unique(labels)
        return self

    def predict_proba(self, texts):
        names = [self.NAMES[role] for role in self.classes_]
        mentions = np.array([
            [len(re.findall(name, text, re.IGNORECASE)) + part for name, part in names]
            for text in texts
        ])
        return mentions / mentions.sum(axis=1, keepdims=True)


class FastText:
    SETTINGS = dict(epoch=40, lr=0.5, wordNgrams=2, dim=50, minCount=2, bucket=200_000)

    @staticmethod
    def line(text):
        return " ".join(re.findall(WORD, text.lower()))

    def fit(self, texts, labels):
        import fasttext

        self.classes_ = np.unique(labels)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.writelines(f"__label__{c} {self.line(t)}\n" for t, c in zip(texts, labels))
            file.flush()
            # With more threads, no two runs are alike.
            self.model_ = fasttext.train_supervised(
                file.name, thread=1, seed=1, verbose=0, **self.SETTINGS
            )
        return self

    def predict_proba(self, texts):
        labels, shares = self.model_.predict([self.line(t) for t in texts], k=len(self.classes_))
        found = [dict(zip(*each)) for each in zip(labels, shares)]
        return np.array([[f.get(f"__label__{c}", 0.0) for c in self.classes_] for f in found])


def multinomial_nb():
    return make_pipeline(presence(), MultinomialNB(alpha=0.5, fit_prior=False))


def complement_nb():
    return make_pipeline(presence(), ComplementNB(alpha=0.5))


def logistic_regression():
    classifier = LogisticRegression(C=10, class_weight="balanced", max_iter=400)
    return make_pipeline(tfidf(), classifier)


def linear_svm():
    svm = LinearSVC(C=0.5, class_weight="balanced")
    return make_pipeline(tfidf(), CalibratedClassifierCV(svm, cv=4))


SVM = "linear SVM on TF-IDF, calibrated"
LOGISTIC = "logistic regression on TF-IDF"
MULTINOMIAL = "multinomial naive Bayes"
COMPLEMENT = "complement naive Bayes"

ROLES = {
    "role names counted": RoleNames,
    SVM: linear_svm,
    "fastText": FastText,
    COMPLEMENT: complement_nb,
    LOGISTIC: logistic_regression,
    MULTINOMIAL: multinomial_nb,
}

SCOPE = {SVM: linear_svm, LOGISTIC: logistic_regression, MULTINOMIAL: multinomial_nb}

ALPHA = {"alpha": [0.01, 0.1, 0.5, 1]}
WEIGHTS = ["balanced", None]
GRIDS = {
    SVM: {"estimator__C": [0.1, 1, 10], "estimator__class_weight": WEIGHTS},
    LOGISTIC: {"C": [0.1, 1, 10], "class_weight": WEIGHTS},
    COMPLEMENT: ALPHA,
    MULTINOMIAL: ALPHA,
}
