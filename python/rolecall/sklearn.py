"""rolecall as a classifier of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from . import Counts, Model, read_labels
from ._tables import as_arrow

__all__ = ["RolecallClassifier"]

# The column that labels are put into.
_LABEL = "_rolecall_label"


class RolecallClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classifies job postings as a Product Owner's, a Product Manager's, a Technical Project Manager's or another's.

    X is what `Model.classify` takes: n texts of postings (a list, a series, an array), or a table of n rows with a
    column for the text and perhaps for title and company. y holds n labels in any spelling that `read_labels`
    understands, by `map` or by itself: each role has one spelling, which is what `predict` gives.

    Training needs postings of each role from several companies: to score a posting it leaves out those of its
    company, and near copies of its text. So split by company (`GroupKFold`) when you evaluate.

    Parameters
    ----------
    title, description, company : names of columns of X, which are found if they are not named; `description` may
        be several.
    view : "whole" reads title and text, "text" the text, "duties" the text without the roles' names.
    closed : give every posting one of the roles, and the class of other jobs the probability 0. If y has no
        posting of another job, this is so anyway.
    prior : how common the roles are where the model is used, 0 to 1: of all together, a dict by role, or
        "market"; None is as in training.
    map : what labels stand for, as {"PM": "product_manager"}. `cross_val_predict(method="predict_proba")` numbers the
        labels in their order: give {0: "other", 1: "product_manager", ...} there.
    lexicon : folder of a lexicon instead of the one inside the package.
    count_twice : count rows that are the same, and those under two labels, too.
    threads : number of threads, None for all cores.

    Attributes
    ----------
    classes_ : the labels of y, sorted.
    counts_ : what was counted of the postings, a `Counts`.
    model_ : the `Model`, trained when it is asked for.
    """

    def __init__(
        self,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        view: Literal["whole", "text", "duties"] = "whole",
        closed: bool = False,
        prior: float | dict[str, float] | str | None = None,
        map: Mapping[Any, str] | None = None,
        lexicon: str | PathLike[str] | None = None,
        count_twice: bool = False,
        threads: int | None = None,
    ) -> None:
        self.title = title
        self.description = description
        self.company = company
        self.view = view
        self.closed = closed
        self.prior = prior
        self.map = map
        self.lexicon = lexicon
        self.count_twice = count_twice
        self.threads = threads

    def fit(self, X: Any, y: Any) -> RolecallClassifier:
        """Learns n postings with their labels. Raises `ValueError` for labels that are not understood, and if a
        role has too few companies to learn from."""
        counts, self.classes_ = self._counted(X, y, None)
        self.counts_, self._model = counts, None
        self._model = self.model_
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> RolecallClassifier:
        """Learns n more postings. After all parts the model is the same, byte for byte, as `fit` makes of all
        rows at once. `classes` may name labels that come later, and need not. The model is trained when it is
        next used."""
        counts, self.classes_ = self._counted(X, y, classes)
        self.counts_ = self.counts_ + counts if hasattr(self, "counts_") else counts
        self._model = None
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class, n x classes, in the order of `classes_`; each row adds up to 1."""
        outcomes = self._outcomes(self._fitted_classes())
        verdicts = self.model_.classify(
            self._without_verdicts(pa.table(as_arrow(X))),
            title=self.title,
            description=self.description,
            closed=self.closed or "other" not in outcomes,
            view=self.view,
            prior=self.prior,
            evidence=False,
            threads=self.threads,
        ).to_pyarrow()
        columns = [verdicts[f"p_{outcome}"].to_numpy() for outcome in outcomes]
        found = np.nan_to_num(np.column_stack(columns).astype(np.float64))
        probabilities: npt.NDArray[np.float64] = found / found.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each of n postings."""
        probabilities = self.predict_proba(X)
        labels: npt.NDArray[Any] = self._fitted_classes()[probabilities.argmax(axis=1)]
        return labels

    @property
    def model_(self) -> Model:
        """The trained model. Raises `ValueError` if a role has too few companies to learn from."""
        check_is_fitted(self)
        if self._model is None:
            self._model = self.counts_.train(count_twice=self.count_twice, threads=self.threads)
        return self._model

    def _fitted_classes(self) -> npt.NDArray[Any]:
        check_is_fitted(self)
        return self.classes_

    def _counted(self, X: Any, y: Any, classes: Any) -> tuple[Counts, npt.NDArray[Any]]:
        """What is counted of postings, and the classes with those of before and those that are named."""
        table, y = pa.table(as_arrow(X)), column_or_1d(y)
        check_consistent_length(table, y)
        known = [np.asarray(more) for more in (getattr(self, "classes_", None), classes) if more is not None]
        found = np.unique(np.concatenate([*known, y]))
        self._outcomes(found)
        if _LABEL in table.column_names:
            table = table.drop_columns([_LABEL])
        labels = pa.array([str(label) for label in y], pa.string())
        counts = Counts.of(
            table.append_column(_LABEL, labels),
            title=self.title,
            description=self.description,
            company=self.company,
            label=_LABEL,
            map=self._spellings(),
            strict=True,
            lexicon=self.lexicon,
            threads=self.threads,
        )
        return counts, found

    def _spellings(self) -> dict[str, str]:
        return {str(spelling): role for spelling, role in (self.map or {}).items()}

    def _outcomes(self, classes: npt.NDArray[Any]) -> list[str]:
        """The role, or "other", of each class."""
        outcomes: dict[str, Any] = {}
        labels = classes.tolist()
        ids = read_labels([str(label) for label in labels], map=self._spellings(), lexicon=self.lexicon)
        for label, outcome in zip(labels, ids):
            if outcome is None:
                raise ValueError(
                    f"y: {label!r} is neither a role nor `other`: say what it stands for with map={{{label!r}: ROLE}}"
                )
            if outcome in outcomes:
                raise ValueError(f"y: {outcomes[outcome]!r} and {label!r} are both {outcome}: write them alike")
            outcomes[outcome] = label
        return list(outcomes)

    def _without_verdicts(self, table: pa.Table) -> pa.Table:
        """A table without columns of the names that verdicts get, of which none is read unless it is named."""
        empty = pa.table({"description": pa.array([], pa.string())})
        added = set(self.model_.classify(empty).column_names[1:])
        named = [self.title, *([self.description] if isinstance(self.description, str) else self.description or [])]
        return table.drop_columns([name for name in table.column_names if name in added and name not in named])

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "counts_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        tags.no_validation = True
        return tags
