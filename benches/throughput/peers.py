"""Other classifiers, as programs: peers.py fit|classify NAME MODEL FILE [OUTPUT]."""

import csv
import pickle
import re
import sys

csv.field_size_limit(1 << 30)
# Keeps c++, ci/cd and node.js whole.
WORD = r"\b[a-z][a-z+#./-]*[a-z+#]|\b[a-z]\b"


def main():
    job, name, model, file, *output = sys.argv[1:]
    peer = {"scikit-learn": ScikitLearn, "fastText": FastText}[name]
    with open(file, encoding="utf-8", newline="") as rows:
        reader = csv.DictReader(rows)
        if job == "fit":
            peer.fit(list(reader), model)
        else:
            write(list(reader), reader.fieldnames, peer.classify, model, output[0])


def write(rows, names, classify, model, output):
    labels, shares = classify([row["description"] for row in rows], model)
    with open(output, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*names, "predicted_role", "confidence"])
        writer.writeheader()
        for row, label, share in zip(rows, labels, shares):
            writer.writerow(row | {"predicted_role": label, "confidence": f"{share:.6f}"})


class ScikitLearn:
    """Counts of words and pairs of words, and multinomial naive Bayes."""

    @staticmethod
    def fit(rows, model):
        from sklearn.feature_extraction.text import CountVectorizer
        from sklearn.naive_bayes import MultinomialNB
        from sklearn.pipeline import make_pipeline

        counts = CountVectorizer(token_pattern=WORD, ngram_range=(1, 2), min_df=2, binary=True)
        fitted = make_pipeline(counts, MultinomialNB(alpha=0.5))
        fitted.fit([row["description"] for row in rows], [row["role"] for row in rows])
        with open(model, "wb") as file:
            pickle.dump(fitted, file)

    @staticmethod
    def classify(texts, model):
        with open(model, "rb") as file:
            fitted = pickle.load(file)
        shares = fitted.predict_proba(texts)
        return fitted.classes_[shares.argmax(axis=1)], shares.max(axis=1)


class FastText:
    """Words and pairs of words."""

    @staticmethod
    def line(text):
        return " ".join(re.findall(WORD, text.lower()))

    @classmethod
    def fit(cls, rows, model):
        import fasttext

        lines = model + ".txt"
        with open(lines, "w", encoding="utf-8") as file:
            for row in rows:
                file.write(f"__label__{row['role']} {cls.line(row['description'])}\n")
        fitted = fasttext.train_supervised(lines, epoch=5, wordNgrams=2, dim=50, minCount=2,
                                           bucket=200_000, verbose=0)
        fitted.save_model(model)

    @classmethod
    def classify(cls, texts, model):
        import fasttext

        labels, shares = fasttext.load_model(model).predict([cls.line(text) for text in texts])
        return [found[0].removeprefix("__label__") for found in labels], [s[0] for s in shares]


if __name__ == "__main__":
    main()
