"""The classifier is one of scikit-learn's in all that takes texts."""

import pickle
import subprocess
import sys

import numpy as np
import pandas
import polars
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks

import rolecall
from rolecall import RolecallClassifier

COLUMNS = ["title", "description", "company"]


@pytest.fixture(scope="module")
def postings(sample):
    return sample.select(COLUMNS).to_pandas()


@pytest.fixture(scope="module")
def roles(sample):
    return sample["role"].to_numpy(zero_copy_only=False)


@pytest.fixture(scope="module")
def fitted(postings, roles):
    return RolecallClassifier().fit(postings, roles)


def test_it_learns_and_classifies_as_the_package_does(sample, postings, roles, fitted):
    model = rolecall.train(sample.drop_columns(["id", "location"]))
    assert fitted.model_.to_bytes() == model.to_bytes()
    assert fitted.classes_.tolist() == sorted(set(roles))
    for how in [{}, {"view": "duties"}, {"closed": True}, {"prior": 0.2}, {"prior": {"product_owner": 0.3}}]:
        estimator = clone(fitted).set_params(**how).fit(postings, roles)
        verdicts = model.classify(sample, **how).to_pandas()
        assert estimator.predict(postings).tolist() == verdicts["predicted_role"].tolist(), how
        found = pandas.DataFrame(estimator.predict_proba(postings), columns=estimator.classes_)
        assert np.allclose(found.sum(axis=1), 1)
        for label in estimator.classes_:
            expected = verdicts[f"p_{label}"].astype(float).fillna(0)
            assert np.allclose(found[label], expected, atol=1e-5), (how, label)


def test_parts_make_the_model_of_all_rows_in_any_order(postings, roles, fitted):
    expected = fitted.model_.to_bytes()
    parts = [slice(0, 20), slice(20, 60), slice(60, None)]
    for order in (parts, parts[::-1]):
        estimator = RolecallClassifier()
        for part in order:
            estimator.partial_fit(postings[part], roles[part], classes=fitted.classes_)
        assert estimator.model_.to_bytes() == expected
        assert estimator.classes_.tolist() == fitted.classes_.tolist()
    few = RolecallClassifier().partial_fit(postings[:1], roles[:1])
    with pytest.raises(ValueError, match="organisations"):
        few.predict(postings)
    assert few.fit(postings, roles).model_.to_bytes() == expected, "fit begins anew"


def test_texts_and_tables_of_every_kind_are_taken(sample, postings, roles):
    texts = postings["description"].tolist()
    expected = RolecallClassifier().fit(texts, roles).predict_proba(texts)
    for x in [np.array(texts, dtype=object), postings["description"], polars.Series(texts), tuple(texts)]:
        assert np.array_equal(RolecallClassifier().fit(x, roles).predict_proba(x), expected)
    expected = RolecallClassifier().fit(postings, roles).predict_proba(postings)
    for x in [sample.select(COLUMNS), polars.from_arrow(sample), postings.to_dict("records")]:
        assert np.array_equal(RolecallClassifier().fit(x, roles).predict_proba(x), expected)
    renamed = postings.rename(columns={"description": "notes", "title": "second_role", "company": "firm"})
    by_name = RolecallClassifier(description=["notes"], title="second_role", company="firm").fit(renamed, roles)
    assert np.array_equal(by_name.predict_proba(renamed), expected)
    classified = rolecall.Model.default().classify(postings).to_pandas()
    assert np.array_equal(RolecallClassifier().fit(classified, roles).predict_proba(classified), expected)


def test_labels_keep_their_spelling_and_their_type(postings, roles, fitted):
    numbers = {label: number for number, label in enumerate(fitted.classes_)}
    y = np.array([numbers[label] for label in roles])
    estimator = RolecallClassifier(map={number: label for label, number in numbers.items()}).fit(postings, y)
    assert estimator.classes_.tolist() == [0, 1, 2, 3] and estimator.predict(postings).dtype == y.dtype
    assert estimator.model_.to_bytes() == fitted.model_.to_bytes()
    assert estimator.score(postings, y) == fitted.score(postings, roles) > 0.9
    spelt = np.where(roles == "product_owner", "PO", roles)
    assert "PO" in RolecallClassifier().fit(postings, spelt).predict(postings)
    for wrong, words in [("PM", "map={'PM': ROLE}"), ("PO", "'PO' and 'product_owner' are both product_owner")]:
        with pytest.raises(ValueError, match=words):
            RolecallClassifier().fit(postings, [wrong, *roles[1:]])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        RolecallClassifier().fit(postings, roles[1:])


def test_without_other_jobs_there_are_only_roles(postings, roles):
    known = roles != "other"
    estimator = RolecallClassifier().fit(postings[known], roles[known])
    assert "other" not in estimator.classes_
    assert np.allclose(estimator.predict_proba(postings).sum(axis=1), 1)


def test_it_is_cloned_pickled_and_its_parameters_are_kept(postings, roles, fitted):
    how = {"view": "duties", "closed": True, "prior": 0.3, "map": {"PM": "product_manager"}, "threads": 1}
    estimator = RolecallClassifier(**how)
    assert {name: clone(estimator).get_params()[name] for name in how} == how
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(postings), fitted.predict_proba(postings))
    more = again.partial_fit(postings[:5], roles[:5])
    assert more.model_.to_bytes() != fitted.model_.to_bytes() or len(more.counts_) > len(fitted.counts_)
    with pytest.raises(NotFittedError):
        RolecallClassifier().predict(postings)


def test_it_is_searched_validated_and_piped_by_company(postings, roles):
    folds = GroupKFold(3)
    search = GridSearchCV(RolecallClassifier(), {"view": ["whole", "duties"]}, cv=folds, scoring="neg_log_loss", n_jobs=2)
    search.fit(postings, roles, groups=postings["company"])
    assert search.best_params_["view"] in ("whole", "duties") and search.best_score_ > -0.7
    names = np.unique(roles)
    numbered = RolecallClassifier(map=dict(enumerate(names.tolist())))
    how = {"groups": postings["company"], "cv": folds, "method": "predict_proba"}
    probabilities = cross_val_predict(numbered, postings, roles, **how)
    assert (names[probabilities.argmax(axis=1)] == roles).mean() > 0.7
    shortened = make_pipeline(FunctionTransformer(lambda table: table[COLUMNS]), RolecallClassifier())
    scores = cross_val_score(shortened, postings, roles, groups=postings["company"], cv=folds, scoring="f1_macro")
    assert scores.mean() > 0.6
    shortened.fit(postings, roles)
    assert get_scorer("roc_auc_ovr")(shortened, postings, roles) > 0.9


def test_what_scikit_learn_asks_with_numbers_holds_with_texts(postings, roles):
    """Fitting gives itself back, again the same, and changes neither parameters nor, later, attributes; rows are
    classified alike in any order and in parts; y is there, in one dimension and without NaN."""
    estimator = RolecallClassifier(view="text")
    before = estimator.get_params()
    assert estimator.fit(postings, roles) is estimator and estimator.get_params() == before
    first, attributes = estimator.predict_proba(postings), set(vars(estimator))
    assert np.array_equal(estimator.fit(postings, roles).predict_proba(postings), first)
    assert np.array_equal(estimator.predict_proba(postings[::-1])[::-1], first)
    parts = [estimator.predict_proba(postings[at : at + 7]) for at in range(0, len(postings), 7)]
    assert np.array_equal(np.concatenate(parts), first) and set(vars(estimator)) == attributes
    assert len(estimator.predict(postings[:0])) == 0
    for y in (None, np.column_stack([roles, roles]), [float("nan"), *roles[1:]]):
        with pytest.raises(ValueError):
            estimator.fit(postings, y)


# Checks of scikit-learn that say nothing of what X is. Its others fit arrays of numbers, with labels such as 0, 1 and -1, or weights
# of samples and classes, which this classifier has not: it has texts for X and roles for y, as its `input_tags` say, and so
# `check_estimator` itself runs the first of these only.
OF_ANY_INPUT = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimators_unfitted,
    estimator_checks.check_estimator_sparse_tag,
    estimator_checks.check_mixin_order,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]


@pytest.mark.parametrize("check", OF_ANY_INPUT, ids=lambda check: check.__name__)
def test_checks_of_scikit_learn_for_any_input_pass(check):
    check("RolecallClassifier", RolecallClassifier())


def test_scikit_learn_is_not_imported_before_it_is_asked_for():
    program = "import sys, rolecall; assert 'sklearn' not in sys.modules; rolecall.RolecallClassifier"
    subprocess.run([sys.executable, "-c", program], check=True)
    with pytest.raises(AttributeError, match="no attribute 'Classifier'"):
        rolecall.Classifier
