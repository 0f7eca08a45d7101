from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Protocol

import pandas
import polars
import pyarrow

__version__: str

class ArrowStream(Protocol):
    """A table: `pandas.DataFrame`, `polars.DataFrame`, `pyarrow.Table`, a DuckDB relation and others."""
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class ArrowArray(Protocol):
    """A batch: `pyarrow.RecordBatch` and others."""
    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]: ...

Tabular = (
    ArrowStream
    | ArrowArray
    | pandas.Series[Any]
    | polars.LazyFrame
    | polars.Series
    | Sequence[Mapping[str, Any] | str | float | None]
    | Mapping[str, Sequence[Any]]
)
Path = str | PathLike[str]

class Table:
    """A table of Arrow: whatever knows `__arrow_c_stream__` takes it without copying."""
    @property
    def column_names(self) -> list[str]: ...
    @property
    def summary(self) -> dict[str, Any] | None:
        """Of an audit, what it amounts to."""
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __getitem__(self, name: str) -> pyarrow.ChunkedArray:
        """A column by its name; needs pyarrow. Raises `KeyError`."""
    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Its rows, one after the other; needs pyarrow."""
    @staticmethod
    def from_arrow(table: Tabular, summary: dict[str, Any] | None = None) -> Table:
        """From a table of Arrow, and what `summary` says of it."""
    def to_pyarrow(self) -> pyarrow.Table: ...
    def to_pandas(self) -> pandas.DataFrame:
        """Needs pyarrow."""
    def to_polars(self) -> polars.DataFrame: ...

class Model:
    """A model, with the lexicon it was trained with."""
    @staticmethod
    def default() -> Model:
        """The model inside the package."""
    @staticmethod
    def load(path: Path, lexicon: Path | None = None) -> Model:
        """Reads a model file; `lexicon` is the folder of the lexicon it was trained with, if that is
        not the one inside. Raises `OSError` and `ValueError`."""
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Model: ...
    def to_bytes(self) -> bytes: ...
    def save(self, path: Path) -> None:
        """Writes its file: whole, or not at all."""
    def compact(self) -> Model:
        """The model without what retraining needs: to give away. It scores the same."""
    @property
    def header(self) -> dict[str, Any]:
        """What it was trained on, how good it is, and all else but its features."""
    def classify(
        self,
        table: Tabular,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        closed: bool = False,
        view: Literal["whole", "text", "duties"] = "whole",
        precision: float = 0.9,
        prior: float | dict[str, float] | str | None = None,
        evidence: bool = True,
        replace: bool = False,
        threads: int | None = None,
    ) -> Table:
        """The rows of a table with the columns of their verdicts behind them, under free names: `rolecall_notes`
        if the table has a column `notes`. `replace` writes over those of an earlier run.

        Columns that are not named are found. `closed` gives every posting one of the roles,
        `view` says what is read: title and text, the text, or the text with the names of the roles masked;
        `precision` is the share of accepted postings that should be right; `prior` is how common the roles
        are in the table, all together, by role or `"market"`; and without `evidence` it is a little faster. Raises `ValueError` and `TypeError`."""
    def explain(
        self,
        text: str | float | None,
        title: str | float | None = None,
        *,
        closed: bool = False,
        view: Literal["whole", "text", "duties"] = "whole",
    ) -> dict[str, Any]:
        """Why one posting is judged as it is."""
    def audit(
        self,
        table: Tabular,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        id: str | None = None,
        threads: int | None = None,
    ) -> Table:
        """The postings whose title or label does not match the duties, by this model without the counts
        of each posting's organisation."""
    def retrain(
        self,
        add: Tabular | None = None,
        remove: Tabular | None = None,
        *,
        merge: Sequence[Model] = (),
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        label_from_title: bool = False,
        count_twice: bool = False,
        relabel: bool = False,
        data_name: str | None = None,
        date: str | None = None,
        threads: int | None = None,
    ) -> Model:
        """A model with the postings of a table added or taken out, or other models merged into it.
        Nothing says whether it is better: `rolecall retrain` compares both on rows that neither saw.
        Rows under two labels, or under another than the model knows, are not learned, and a warning names
        them; `relabel` lets the new label replace that of the model, `count_twice` counts all rows."""

class Counts:
    """What was counted of labelled postings: hashes of features, and the texts of those in small
    letters; never postings. Add counts of parts of the data in any order, then train."""
    @staticmethod
    def of(
        table: Tabular,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        label_from_title: bool = False,
        lexicon: Path | None = None,
        threads: int | None = None,
    ) -> Counts: ...
    @staticmethod
    def organisations(
        table: Tabular, *, description: str | Sequence[str] | None = None, company: str | None = None
    ) -> list[int]:
        """A number for the organisation of each posting: the same for the same organisation, or for the
        same text where none is named."""
    def differing(self) -> tuple[int, int]:
        """How many labels are another than the role that the title states, and how many titles state one."""
    @staticmethod
    def labels_repeat_titles(differing: int, all: int) -> bool:
        """Whether labels are taken for those of the titles, by what `differing` says of all parts."""
    def without_titles(self) -> Counts:
        """These without the titles, for labels that repeat them."""
    def sums(self, *, count_twice: bool = False) -> Sums:
        """These added up by feature. Those of an organisation must all be there."""
    @staticmethod
    def sum(counts: Iterable[Counts]) -> Counts:
        """All of some counts: less work than one `+` after the other."""
    def __add__(self, other: Counts) -> Counts: ...
    def __radd__(self, zero: Literal[0]) -> Counts:
        """For `sum([...])`, which begins with 0."""
    def __len__(self) -> int: ...
    def train(
        self,
        *,
        count_twice: bool = False,
        data_name: str | None = None,
        date: str | None = None,
        threads: int | None = None,
    ) -> Model: ...
    def to_bytes(self) -> bytes:
        """About two kilobytes for each posting."""
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Counts: ...

class Sums:
    """What was counted of labelled postings, added up by feature, to train on postings that are in many
    places; `rolecall.spark.train` does."""
    @staticmethod
    def sum(sums: Iterable[Sums]) -> Sums: ...
    def sampled(self) -> tuple[int, dict[int, int]]:
        """The largest hash of a text in the sample, and the group of each organisation whose postings are
        to be scored. Raises `ValueError` if there are too few organisations."""
    def others(self) -> Sums:
        """What postings are scored by."""
    def scored(self, counts: Counts, cut: int, count_twice: bool) -> Sums:
        """The scores of postings in the sample; these must be the `others`, and whole groups must be there."""
    def train(
        self,
        scored: Iterable[Sums],
        *,
        data_name: str | None = None,
        date: str | None = None,
        threads: int | None = None,
    ) -> Model:
        """A model of the sums and the scores of the sample."""
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Sums: ...

def train(
    table: Tabular,
    *,
    title: str | None = None,
    description: str | Sequence[str] | None = None,
    company: str | None = None,
    label: str | None = None,
    label_from_title: bool = False,
    count_twice: bool = False,
    data_name: str | None = None,
    date: str | None = None,
    lexicon: Path | None = None,
    threads: int | None = None,
) -> Model:
    """A model of the labelled postings of a table. Its labels are the roles and `other`; rows with
    anything else are left out, and `header["provenance"]` says how many. `label_from_title` labels
    postings by the role that their title states. Raises `ValueError`."""

def audit(
    table: Tabular,
    *,
    title: str | None = None,
    description: str | Sequence[str] | None = None,
    company: str | None = None,
    label: str | None = None,
    id: str | None = None,
    alone: bool = False,
    lexicon: Path | None = None,
    threads: int | None = None,
) -> Table:
    """The postings whose title or label does not match the duties: by the table itself if it has enough
    of each role or `alone` is asked for, otherwise by the model inside the package as well."""
