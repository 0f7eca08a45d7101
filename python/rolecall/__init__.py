"""Tells what a job posting is really for: Product Owner, Product Manager or Technical Project Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._rolecall import Counts, Model, Table, WorseModelError, __version__, audit, read_labels, train

if TYPE_CHECKING:
    from .sklearn import RolecallClassifier as RolecallClassifier

__all__ = ["Counts", "Model", "Table", "WorseModelError", "__version__", "audit", "read_labels", "train"]


def __getattr__(name: str) -> object:
    """`RolecallClassifier`, for which scikit-learn is imported when it is asked for."""
    if name == "RolecallClassifier":
        from .sklearn import RolecallClassifier

        return RolecallClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
