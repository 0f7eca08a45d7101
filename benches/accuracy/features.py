"""What the peers read: words and pairs of words, lines of words, and sentence embeddings.

Words and pairs are counted once over all rows. A fold then keeps those found in at least two of its training rows, and
takes document frequencies from these rows alone: the same as counting anew in each fold.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

import postings

# Keeps c++, ci/cd and node.js whole.
WORD = r"\b[a-z][a-z+#./-]*[a-z+#]|\b[a-z]\b"
PAIRS = (1, 2)
MIN_DOCUMENTS = 2


class View:
    """The titles and texts of rows as one view shows them."""

    def __init__(self, rows, name, embedder):
        self.rows = rows
        self.name = name
        self.texts = postings.texts(rows, name)
        self.titles = postings.titles(rows, name)
        self.embedder = embedder

    def has_titles(self):
        return any(self.titles)

    def parts(self):
        return [self.titles, self.texts] if self.has_titles() else [self.texts]

    def counts(self):
        """Words and pairs of the title, and beside them those of the text."""
        return hstack([counts(part) for part in self.parts()], format="csr")

    def lines(self):
        """One line a row: the words of the title, marked as such, and those of the text."""
        lines = [
            " ".join([f"title={word}" for word in words(title)] + words(text))
            for title, text in zip(self.titles, self.texts)
        ]
        return np.array(lines, dtype=object)

    def vectors(self):
        """The embeddings of title and text side by side."""
        return np.hstack([self.embedder.embed(part) for part in self.parts()])


@dataclass
class Plain:
    """Rows that are read as they are."""

    rows: np.ndarray

    def split(self, training, test):
        return self.rows[training], self.rows[test]


@dataclass
class Presence:
    """Whether a word or pair is there."""

    counts: csr_matrix

    def split(self, training, test):
        present = (frequent(self.counts, training) > 0).astype(np.float32)
        return present[training], present[test]


@dataclass
class Tfidf:
    """Logarithms of counts, times inverse document frequency, of length 1."""

    counts: csr_matrix

    def split(self, training, test):
        kept = frequent(self.counts, training)
        weights = TfidfTransformer(sublinear_tf=True)
        return weights.fit_transform(kept[training]), weights.transform(kept[test])


def frequent(matrix, training):
    """The columns that stand in enough of the training rows."""
    rows = np.bincount(matrix[training].indices, minlength=matrix.shape[1])
    return matrix[:, rows >= MIN_DOCUMENTS]


def counts(texts):
    return vectorizer().fit_transform(texts)


def words(text):
    return vectorizer().build_tokenizer()(text.lower())


def vectorizer():
    return CountVectorizer(token_pattern=WORD, ngram_range=PAIRS, dtype=np.float32)
