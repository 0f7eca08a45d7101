"""rolecall on Spark: rows are read where they are."""

from __future__ import annotations

from itertools import chain
from typing import Any, Callable, Iterable, Iterator

import pyarrow as pa
from pyspark import StorageLevel, TaskContext
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import BinaryType, LongType, StructField, StructType

from . import Counts, Model, Table
from . import audit as _audit
from ._rolecall import AuditPart, JoinedAudit, Sums

__all__ = ["audit", "audit_by_model", "classify", "train"]


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


_KEY = "_rolecall_organisation"
_DIFFERING = pa.schema([("differing", pa.int64()), ("all", pa.int64())])
_BYTES = StructType([StructField("bytes", BinaryType())])


def _record(value: bytes) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([value], pa.binary())], ["bytes"])


def _parts(frame: DataFrame) -> Iterator[bytes]:
    """What each partition made: of all at once, taken one after the other."""
    frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
    try:
        frame.count()
        for part in frame.toLocalIterator():
            yield bytes(part.bytes)
    finally:
        frame.unpersist()


def train(
    frame: DataFrame,
    *,
    count_twice: bool = False,
    data_name: str | None = None,
    date: str | None = None,
    **how: Any,
) -> Model:
    """A model of the labelled postings of a data frame; see `rolecall.train`. The same, byte for byte,
    whatever the partitions.

    The postings of an organisation are counted together, and what is counted is added up by feature; then
    a sample of at most 16,384 is scored where the postings are, each without its organisation and without
    near copies of its text. To the driver go sums and scores, and no posting."""
    threads = how.pop("threads", None)
    how["threads"] = 1
    lexicon = how.get("lexicon")
    table = to_arrow_schema(frame.schema)
    # What is wrong with the columns shows without a row.
    nothing = Counts.of(table.empty_table(), **how)
    partitions = frame.rdd.getNumPartitions()
    columns = {name: how[name] for name in ("description", "company") if name in how}
    schema = StructType([*frame.schema.fields, StructField(_KEY, LongType())])

    def by_organisation(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            own = pa.array(Counts.organisations(batch, **columns), pa.int64())
            yield batch.append_column(_KEY, own)

    def differing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        own = [Counts.of(batch.drop_columns([_KEY]), **how).differing() for batch in batches]
        yield pa.record_batch([pa.array([n for n, _ in own]), pa.array([n for _, n in own])], schema=_DIFFERING)

    def counted(batches: Iterable[pa.RecordBatch]) -> Counts | None:
        parts = [Counts.of(batch.drop_columns([_KEY]), **how) for batch in batches]
        if not parts:
            return None
        counts = Counts.sum(parts)
        return counts.without_titles() if repeated else counts

    def summed(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        counts = counted(batches)
        if counts is not None:
            yield _record(counts.sums(count_twice=count_twice).to_bytes())

    together = frame.mapInArrow(by_organisation, schema).repartition(partitions, _KEY)
    together = together.persist(StorageLevel.DISK_ONLY)
    try:
        # One answer for all of the data, before anything is counted.
        both = together.mapInArrow(differing, from_arrow_schema(_DIFFERING)).collect()
        repeated = Counts.labels_repeat_titles(sum(n for n, _ in both), sum(n for _, n in both))
        read = (Sums.from_bytes(part, lexicon) for part in _parts(together.mapInArrow(summed, _BYTES)))
        sums = Sums.sum(chain([nothing.sums()], read))
        cut, of_organisation = sums.sampled()
        spark = frame.sparkSession.sparkContext
        groups, others = spark.broadcast(of_organisation), spark.broadcast(sums.others().to_bytes())

        def by_group(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                keys: list[int] = batch[_KEY].to_pylist()  # type: ignore[assignment]
                own = pa.array([groups.value.get(key) for key in keys], pa.int64())
                batch = batch.drop_columns([_KEY]).append_column(_KEY, own)
                yield batch.filter(own.is_valid())

        def scored(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            counts = counted(batches)
            if counts is not None:
                by = Sums.from_bytes(others.value, lexicon)
                yield _record(by.scored(counts, cut, count_twice).to_bytes())

        grouped = together.mapInArrow(by_group, schema).repartition(partitions, _KEY)
        scores = (Sums.from_bytes(part, lexicon) for part in _parts(grouped.mapInArrow(scored, _BYTES)))
        return sums.train(scores, data_name=data_name, date=date, threads=threads)
    finally:
        together.unpersist()


def audit(frame: DataFrame, **how: Any) -> Table:
    """What is the matter with the postings of a data frame; see `rolecall.audit`. Every posting is
    compared with every other, on the driver: `audit_by_model` leaves them where they are."""
    batches = frame._collect_as_arrow()  # type: ignore[operator]  # of no public name before Spark 4
    return _audit(pa.Table.from_batches(batches, to_arrow_schema(frame.schema)), **how)


_PART = StructType([StructField("part", LongType()), StructField("bytes", BinaryType())])
# Postings of which the first tell whether a label column holds roles.
_FIRST = 1024


def audit_by_model(frame: DataFrame, model: Model | None = None, **how: Any) -> tuple[DataFrame, dict[str, Any]]:
    """What is the matter with the postings of a data frame, by a model; see `Model.audit`. The same findings with the
    same suspicions as from all rows at once.

    The postings stay where they are, and are read three times: for their numbers, for their scores, and for the findings
    on them. To the driver go numbers of each and the names of organisations.

    Returns the findings, made when they are asked for, and the summary. Rows are numbered from 1 on in the order of
    `frame.collect()`. The frame is kept on the disks of the executors until the findings are unpersisted."""
    model = model or Model.default()
    how.setdefault("threads", 1)
    table = to_arrow_schema(frame.schema)
    kept = frame.persist(StorageLevel.DISK_ONLY)
    first = pa.Table.from_batches(kept.limit(_FIRST)._collect_as_arrow(), table)  # type: ignore[operator]
    labelled = AuditPart(model, first, **how).labelled

    def part(batches: Iterable[pa.RecordBatch]) -> AuditPart:
        rows = pa.Table.from_batches(list(batches), table)
        return AuditPart(model, rows, labelled=labelled, **how)

    def step(made: Callable[[int, AuditPart], bytes]) -> dict[int, bytes]:
        """What is made of each partition, by its number and in that order."""

        def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            number = _partition()
            yield pa.RecordBatch.from_arrays([pa.array([number]), pa.array([made(number, part(batches))])], ["part", "bytes"])

        parts = kept.mapInArrow(work, _PART).collect()
        return {row.part: bytes(row.bytes) for row in sorted(parts, key=lambda row: row.part)}

    spark = frame.sparkSession.sparkContext
    numbers = step(lambda _, rows: rows.numbers())
    steps = JoinedAudit(model, list(numbers.values()))
    left_out = spark.broadcast(dict(zip(numbers, steps.left_out())))
    scores = step(lambda number, rows: rows.scores(left_out.value[number]))
    suspicions, summary = steps.suspicions(list(scores.values()))
    suspect = spark.broadcast(dict(zip(numbers, suspicions)))

    def found(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from _signed(part(batches).findings(suspect.value[_partition()])).to_batches()

    schema = from_arrow_schema(_signed(AuditPart.no_findings()).schema)
    return kept.mapInArrow(found, schema), summary


def _signed(findings: Table) -> pa.Table:
    """Findings with numbers of rows as Spark has them."""
    table = findings.to_pyarrow()
    signed = [field.with_type(pa.int64()) if field.type == pa.uint64() else field for field in table.schema]
    return table.cast(pa.schema(signed))


def _partition() -> int:
    context = TaskContext.get()
    assert context is not None, "a partition is worked on by a task"
    return context.partitionId()
