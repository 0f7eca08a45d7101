"""What people pass as tables, as something that Arrow reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["as_arrow"]


class ArrowStream(Protocol):
    """A table: `pandas.DataFrame`, `polars.DataFrame`, `pyarrow.Table`, a DuckDB relation and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """A batch: `pyarrow.RecordBatch` and others."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


if TYPE_CHECKING:
    Path = str | PathLike[str]
    Tabular = (
        ArrowStream
        | ArrowArray
        | pandas.Series[Any]
        | polars.LazyFrame
        | polars.Series
        | Sequence[Mapping[str, Any]]
        | Sequence[str | float | None]
        | Mapping[str, Sequence[Any]]
    )

_TAKEN = "a pandas or Polars data frame, a pyarrow table, a DuckDB relation, a list of dicts or of texts"


def as_arrow(table: Any) -> Any:
    """An object with `__arrow_c_stream__` or `__arrow_c_array__` and the rows of a table: of a data frame, a
    series, a list of dicts or texts, a dict of columns. Raises `TypeError` with what to pass instead."""
    library = type(table).__module__.partition(".")[0]
    if library == "polars":
        return _of_polars(table)
    if library == "pandas":
        return _of_pandas(table)
    if library == "numpy" and hasattr(table, "tolist"):
        table = table.tolist()
    if isinstance(table, (list, tuple)):
        return _of_list(table)
    if isinstance(table, Mapping):
        return _pyarrow("a dict").table({str(name): _column(name, list(cells)) for name, cells in table.items()})
    if isinstance(table, (str, bytes)) or hasattr(table, "__fspath__"):
        raise TypeError(f"{table!r} is no table: read the file first, as with pandas.read_csv; or pass {_TAKEN}")
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return table
    raise TypeError(f"{_kind(table)} is no table: pass {_TAKEN}")


def _kind(value: object) -> str:
    return f"a {type(value).__module__}.{type(value).__qualname__}" if value is not None else "None"


def _of_polars(table: Any) -> Any:
    import polars

    if isinstance(table, polars.LazyFrame):
        table = table.collect()
    if isinstance(table, polars.Series):
        table = table.to_frame(table.name or "description")
    if not isinstance(table, polars.DataFrame):
        raise TypeError(f"{_kind(table)} is no table: collect it, or pass {_TAKEN}")
    for name, dtype in table.schema.items():
        if dtype == polars.Object:
            raise TypeError(f"column {name!r} holds Python objects, which Arrow cannot: leave it out, as with drop({name!r})")
    kinds = {name: _exported(dtype) for name, dtype in table.schema.items()}
    return table.cast({name: kind for name, kind in kinds.items() if kind != table.schema[name]})


def _exported(kind: polars.DataType) -> polars.DataType:
    """What Arrow readers take in place of a type of Polars: text for columns without any value and for
    integers of 128 bits."""
    import polars

    if kind in (polars.Null, polars.Int128, polars.UInt128):
        return polars.String()
    if isinstance(kind, polars.List):
        return polars.List(_exported(_data_type(kind.inner)))
    if isinstance(kind, polars.Array):
        return polars.Array(_exported(_data_type(kind.inner)), kind.size)
    if isinstance(kind, polars.Struct):
        return polars.Struct([polars.Field(f.name, _exported(_data_type(f.dtype))) for f in kind.fields])
    return kind


def _data_type(kind: Any) -> polars.DataType:
    """A type as an instance, which Polars also names by its class."""
    instance: polars.DataType = kind() if isinstance(kind, type) else kind
    return instance


def _of_pandas(table: Any) -> Any:
    import pandas

    if isinstance(table, pandas.Series):
        table = table.to_frame("description" if table.name is None else table.name)
    if not isinstance(table, pandas.DataFrame):
        raise TypeError(f"{_kind(table)} is no table: pass {_TAKEN}")
    arrow = _pyarrow("a pandas data frame")
    try:
        return arrow.Table.from_pandas(table)
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, arrow.ArrowNotImplementedError) as error:
        told = "; ".join(map(str, error.args))
        raise TypeError(
            f"{told}: columns hold values of one kind; make it one, as with frame[column].astype('string'), or leave it out"
        ) from error


def _of_list(rows: list[Any] | tuple[Any, ...]) -> Any:
    """Rows that are dicts, or texts of postings."""
    arrow = _pyarrow("a list")
    if all(isinstance(row, str) or _missing(row) for row in rows):
        return arrow.table({"description": arrow.array([None if _missing(row) else row for row in rows], arrow.string())})
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"row {index} is {_kind(row)}: each row is a dict, or each a text")
    names = list(dict.fromkeys(name for row in rows for name in row))
    return arrow.table({str(name): _column(name, [row.get(name) for row in rows]) for name in names})


def _column(name: object, cells: list[Any]) -> Any:
    """A column of Arrow; texts beside NaN, as pandas has them, are texts and no value."""
    arrow = _pyarrow("a list")
    try:
        return arrow.array([None if _missing(cell) else cell for cell in cells])
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, arrow.ArrowNotImplementedError) as error:
        raise TypeError(f"column {str(name)!r}: {error}: a column holds values of one kind") from error


def _missing(cell: object) -> bool:
    """Whether a cell stands for no value: None, NaN, pandas.NA, NaT."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return True
    return type(cell).__name__ in ("NAType", "NaTType")


def _pyarrow(what: str) -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise TypeError(f"{what} is read with pyarrow, which is not installed: pip install pyarrow") from error
    return pyarrow
