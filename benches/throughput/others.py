"""The other classifiers of benches/accuracy, as programs: others.py fit|classify|audit NAME MODEL FILE [OUTPUT]."""

import csv
import pickle
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "accuracy"))
import peers

csv.field_size_limit(1 << 30)
NAMED = {"scikit-learn": peers.multinomial_nb, "fastText": peers.FastText, "cleanlab": peers.logistic_regression}


def main():
    job, name, model, file, *output = sys.argv[1:]
    with open(file, encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        rows, names = list(reader), reader.fieldnames
    texts = [row["description"] for row in rows]
    if job == "fit":
        save(NAMED[name]().fit(texts, [row["role"] for row in rows]), model)
    elif job == "classify":
        fitted = load(model)
        shares = fitted.predict_proba(texts)
        found = zip(fitted.classes_[shares.argmax(axis=1)], shares.max(axis=1))
        write(rows, [*names, "predicted_role", "confidence"], found, output[0])
    else:
        write(rows, [*names, "quality"], ([each] for each in qualities(NAMED[name](), texts, rows)), output[0])


def qualities(classifier, texts, rows):
    """How well the label of each row fits its text, by a classifier that has not seen its fold."""
    import numpy as np
    from cleanlab.rank import get_label_quality_scores
    from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

    labels, places = np.unique([row["role"] for row in rows], return_inverse=True)
    shares = cross_val_predict(classifier, texts, places, groups=[row["fold"] for row in rows],
                               cv=LeaveOneGroupOut(), method="predict_proba")
    return get_label_quality_scores(places, shares)


def save(fitted, model):
    if isinstance(fitted, peers.FastText):
        fitted.model_.save_model(model + ".bin")
        fitted.model_ = None
    with open(model, "wb") as file:
        pickle.dump(fitted, file)


def load(model):
    with open(model, "rb") as file:
        fitted = pickle.load(file)
    if isinstance(fitted, peers.FastText):
        import fasttext

        fitted.model_ = fasttext.load_model(model + ".bin")
    return fitted


def write(rows, names, found, output):
    with open(output, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([*row.values(), *cells] for row, cells in zip(rows, found))


if __name__ == "__main__":
    main()
