"""Tells what a job posting is really for: Product Owner, Product Manager or Technical Project Manager."""

from ._rolecall import Counts, Model, Table, __version__, audit, train

__all__ = ["Counts", "Model", "Table", "__version__", "audit", "train"]
