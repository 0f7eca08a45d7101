"""The peers: classifiers, what each one reads, and their settings, which are the same for every fold and view."""

import tempfile

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import features


class FastText:
    """Trained on lines of words."""

    SETTINGS = dict(lr=0.5, wordNgrams=2, dim=50, minCount=2, bucket=200_000)

    def __init__(self, epoch=40):
        self.epoch = epoch

    @staticmethod
    def line(text):
        return " ".join(features.words(text))

    def fit(self, texts, labels):
        import fasttext

        self.classes_ = np.unique(labels)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.writelines(f"__label__{c} {self.line(t)}\n" for t, c in zip(texts, labels))
            file.flush()
            # With more threads, no two runs are alike.
            self.model_ = fasttext.train_supervised(
                file.name, thread=1, seed=1, verbose=0, epoch=self.epoch, **self.SETTINGS
            )
        return self

    def predict_proba(self, texts):
        labels, shares = self.model_.predict([self.line(t) for t in texts], k=len(self.classes_))
        found = [dict(zip(*each)) for each in zip(labels, shares)]
        return np.array([[f.get(f"__label__{c}", 0.0) for c in self.classes_] for f in found])


class FastTextOnLines(FastText):
    """The same on lines that are words already."""

    @staticmethod
    def line(text):
        return text


def logistic(class_weight=None):
    return LogisticRegression(C=10, class_weight=class_weight, max_iter=400)


def balanced_logistic():
    return logistic("balanced")


def calibrated_svm():
    svm = LinearSVC(C=0.5, class_weight="balanced", random_state=0)
    return CalibratedClassifierCV(svm, cv=4)


def multinomial():
    return MultinomialNB(alpha=0.5, fit_prior=False)


def complement():
    return ComplementNB(alpha=0.5)


def read_presence(view):
    return features.Presence(view.counts())


def read_tfidf(view):
    return features.Tfidf(view.counts())


def read_title(view):
    return features.Tfidf(features.counts(view.titles))


def read_lines(view):
    import fasttext  # noqa: F401, so that a missing package is noticed before the work

    return features.Plain(view.lines())


def read_vectors(view):
    return features.Plain(view.vectors())


# What is read, and the classifiers on top of it.
PEERS = {
    read_title: {
        "logistic regression on the title alone": logistic,
        "logistic regression on the title alone, balanced": balanced_logistic,
    },
    read_tfidf: {
        "linear SVM on TF-IDF, calibrated": calibrated_svm,
        "logistic regression on TF-IDF": logistic,
        "logistic regression on TF-IDF, balanced": balanced_logistic,
    },
    read_presence: {"multinomial naive Bayes": multinomial, "complement naive Bayes": complement},
    read_lines: {"fastText": FastTextOnLines},
    read_vectors: {
        "logistic regression on sentence embeddings": logistic,
        "logistic regression on sentence embeddings, balanced": balanced_logistic,
    },
}


def multinomial_nb():
    """Naive Bayes over texts, for benches/throughput."""
    return make_pipeline(CountVectorizer(binary=True, **over_texts()), multinomial())


def logistic_regression():
    """Logistic regression over texts, for benches/throughput."""
    return make_pipeline(TfidfVectorizer(sublinear_tf=True, **over_texts()), balanced_logistic())


def over_texts():
    return {"token_pattern": features.WORD, "ngram_range": features.PAIRS, "min_df": features.MIN_DOCUMENTS}
