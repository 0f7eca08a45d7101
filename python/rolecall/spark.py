"""rolecall on Spark: rows are read where they are."""

from __future__ import annotations

from itertools import chain
from typing import Any, Iterable, Iterator

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import BinaryType, StructField, StructType

from . import Counts, Model, Table
from . import audit as _audit

__all__ = ["audit", "classify", "count", "train"]


def classify(frame: DataFrame, model: Model | None = None, **how: Any) -> DataFrame:
    """The rows of a data frame with the columns of their verdicts; see `Model.classify`."""
    model = model or Model.default()
    how.setdefault("threads", 1)
    # What is added, and what is wrong with the columns, shows without a row.
    empty = to_arrow_schema(frame.schema).empty_table()
    schema = from_arrow_schema(model.classify(empty, **how).to_pyarrow().schema)

    def judged(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from model.classify(batch, **how).to_pyarrow().to_batches()

    return frame.mapInArrow(judged, schema)


def count(frame: DataFrame, **how: Any) -> Counts:
    """What is counted of the labelled postings of a data frame; see `Counts.of`."""
    how.setdefault("threads", 1)

    def counted(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = [Counts.of(batch, **how) for batch in batches]
        if parts:
            counts = pa.array([Counts.sum(parts).to_bytes()], pa.binary())
            yield pa.RecordBatch.from_arrays([counts], ["counts"])

    lexicon = how.get("lexicon")
    empty = Counts.of(to_arrow_schema(frame.schema).empty_table(), **how)
    schema = StructType([StructField("counts", BinaryType())])
    parts = frame.mapInArrow(counted, schema).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        parts.count()  # All partitions at once; the driver then takes one after the other.
        read = (Counts.from_bytes(bytes(part.counts), lexicon) for part in parts.toLocalIterator())
        return Counts.sum(chain([empty], read))
    finally:
        parts.unpersist()


def train(
    frame: DataFrame,
    *,
    count_twice: bool = False,
    data_name: str | None = None,
    date: str | None = None,
    **how: Any,
) -> Model:
    """A model of the labelled postings of a data frame; see `rolecall.train`. Counted where the rows
    are, fitted on the driver: the same, byte for byte, whatever the partitions."""
    counts = count(frame, **how)
    return counts.train(count_twice=count_twice, data_name=data_name, date=date)


def audit(frame: DataFrame, **how: Any) -> Table:
    """What is the matter with the postings of a data frame; see `rolecall.audit`. Every posting is
    compared with every other, on the driver."""
    return _audit(pa.Table.from_batches(frame._collect_as_arrow(), to_arrow_schema(frame.schema)), **how)
