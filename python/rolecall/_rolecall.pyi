from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Self, final

import pandas
import polars
import pyarrow

from ._tables import Path, Tabular

__version__: str

__all__ = [
    "audit",
    "Counts",
    "Sums",
    "AuditPart",
    "JoinedAudit",
    "train",
    "read_labels",
    "Model",
    "WorseModelError",
    "Table",
    "__version__",
]

@final
class Table:
    """A table of Arrow: `pyarrow.table(t)`, `polars.DataFrame(t)`, `duckdb.sql("from t")` and whatever else knows
    `__arrow_c_stream__` take it without copying. `len` is its number of rows."""
    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
    @property
    def summary(self) -> dict[str, Any] | None:
        """What it amounts to, if there is something to say besides the rows."""
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __getitem__(self, name: str, /) -> pyarrow.ChunkedArray[Any]:
        """A column by its name; needs pyarrow. Raises KeyError."""
    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Its rows, one after the other; needs pyarrow."""
    @staticmethod
    def from_arrow(table: Tabular, summary: dict[str, Any] | None = None) -> Table:
        """From a table of Arrow, and what `summary` says of it."""
    def to_pyarrow(self) -> pyarrow.Table:
        """As a `pyarrow.Table`."""
    def to_pandas(self) -> pandas.DataFrame:
        """As a `pandas.DataFrame`; needs pyarrow."""
    def to_polars(self) -> polars.DataFrame:
        """As a `polars.DataFrame`."""

@final
class Model:
    """A model, with the lexicon it was trained with."""
    @staticmethod
    def default() -> Model:
        """The model inside the package. It scores, and can be added to; it has no record of the rows it has learned, so
        that none can be taken out."""
    @staticmethod
    def load(path: Path, lexicon: Path | None = None) -> Model:
        """Reads a model file. It holds the lexicon it was trained with, if that is not the one inside the package.

        lexicon: the folder of that lexicon: if it is given, it must be the same.

        Raises OSError if the file cannot be read, and ValueError if it is no model, one of another version or
        damaged, or belongs to another lexicon."""
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Model:
        """From the bytes of a model file; see `load`. Raises ValueError."""
    def to_bytes(self) -> bytes:
        """The bytes of its file: the same model gives the same bytes."""
    def save(self, path: Path) -> None:
        """Writes its file: whole, or not at all. Raises OSError."""
    def compact(self) -> Model:
        """The model without what retraining needs: to give away. It scores the same."""
    @property
    def header(self) -> dict[str, Any]:
        """What it was trained on, how good it is, and all else in it but its features: `postings` by class, `roles`,
        `provenance`, `held_out` (figures on rows it was not fitted to), `history` (its retrains)."""
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
        """Classifies n postings: the rows of a table, in their order, with the columns of their verdicts behind their own.

        Added are `predicted_role` (the id of a role, or "other"), `confidence` (0 to 1), `decision` ("accept", "review",
        "out_of_scope", "no_evidence"), `p_` and the id of each role and `p_other` (0 to 1, together 1), `second_role`, `other_job`,
        `title_role`, `title_level`, `experience_years`, `language`, `notes` and `evidence` (a list of the phrases that decided,
        strongest first). If the table has a column of such a name, the added one is called `rolecall_notes` or the like.

        table: a data frame of pandas or Polars, a table of PyArrow, a relation of DuckDB, a list of dicts, or texts.
        title, description: names of columns; `description` may be several, whose texts are joined. Found if not named.
        closed: give every posting one of the roles, and `p_other` no value.
        view: what is read: "whole" (title and text), "text", or "duties" (the text with the roles' names masked).
        precision: the share of accepted postings that should be right, between 0 and 1.
        prior: how common the roles are in the table: all together (0 to 1), by role as {"product_owner": 0.2}, or "market".
        evidence: whether to give the column `evidence`; without it is a little faster.
        replace: write over the columns of an earlier run.
        threads: number of threads, from 1 on; None for all cores.

        Raises TypeError for what is no table or no text, and ValueError for columns that are not found and for
        arguments out of range."""
    def explain(
        self,
        text: str | float | None,
        title: str | float | None = None,
        *,
        closed: bool = False,
        view: Literal["whole", "text", "duties"] = "whole",
    ) -> dict[str, Any]:
        """Why one posting is judged as it is: a dict, as `rolecall explain --json` writes it, with `label`, `confidence`
        (0 to 1), `decision`, `notes`, and in `questions` what each feature adds to the scores (in nats).

        text, title: a str; None and NaN are no text.
        closed, view: as in `classify`.

        Raises TypeError for what is no text, and ValueError for a view that there is not."""
    def audit(
        self,
        table: Tabular,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        id: str | None = None,
        map: Mapping[str, str] | None = None,
        strict: bool = False,
        threads: int | None = None,
    ) -> Table:
        """The postings of a table whose title or label does not match the duties, by this model without the counts of
        each posting's organisation; see `rolecall.audit`, which needs no model."""
    def suggest(
        self,
        table: Tabular,
        n: int = 50,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        id: str | None = None,
        closed: bool = False,
        view: Literal["whole", "text", "duties"] = "whole",
        map: Mapping[str, str] | None = None,
        threads: int | None = None,
    ) -> Table:
        """The rows of a table to label next: those whose labels would teach the model most, the most useful first.

        Chosen are rows that the model is unsure of, that differ from one another and from what it has learned, and one
        in three at random. Rows with a label are not suggested, and count as known.

        table: as in `classify`, of rows with and without labels.
        n: how many rows, at most.
        title, description, company, label, id: names of columns, which are found if not named.
        closed, view: as in `classify`; map: as in `rolecall.train`.
        threads: number of threads, from 1 on; None for all cores.

        Returns a table of at most n rows with all their columns, `why` behind them and, if the table has no label column, an
        empty `role`; `summary` has the numbers `rows_read`, `labelled` and `suggested`. Raises as `classify`."""
    def retrain(
        self,
        add: Tabular | None = None,
        remove: Tabular | None = None,
        *,
        check: Tabular | None = None,
        merge: Sequence[Model] | None = None,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        map: Mapping[str, str] | None = None,
        strict: bool = False,
        label_from_title: bool = False,
        count_twice: bool = False,
        relabel: bool = False,
        allow_worse: bool = False,
        data_name: str | None = None,
        date: str | None = None,
        threads: int | None = None,
    ) -> Model:
        """A model with the rows of a table added or taken out, or with other models merged into it. The counts are exact:
        adding and removing the same rows gives the same model, byte for byte.

        add, remove: tables of labelled postings, with columns and labels as for `rolecall.train`. What is removed must
        have the title, company, text and label it was added with.
        check: a table of labelled postings to compare the old and the new model on; otherwise they are compared on the
        added rows, each without its organisation.
        merge: models that have learned other rows with the same lexicon.
        relabel: a row that the model knows under another label gets the new one.
        count_twice: count rows that are the same, and those under two labels, too.
        allow_worse: give the new model though it is worse than the old one by more than chance.
        data_name, date: names of the data and its date, for `header`.

        Rows under two labels, or under another than the model knows, are not learned, and a UserWarning names them.
        Raises WorseModelError if the new model is worse, and ValueError if rows to remove were never added, if a model
        to merge is compact, has learned the same rows or has another lexicon, and as `rolecall.train`."""

@final
class Counts:
    """What was counted of n labelled postings: hashes of features and, of those in small letters, their words; never
    postings. Add counts of parts of the data in any order, with `+` or `sum`, then train: the model is the same, byte for
    byte, as that of all the data at once. `len` is n."""
    @staticmethod
    def of(
        table: Tabular,
        *,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        map: Mapping[str, str] | None = None,
        strict: bool = False,
        label_from_title: bool = False,
        lexicon: Path | None = None,
        threads: int | None = None,
    ) -> Counts:
        """Counts the labelled postings of a table; arguments and errors are those of `rolecall.train`. Postings of one
        organisation may be in several parts."""
    @staticmethod
    def organisations(
        table: Tabular, *, description: str | Sequence[str] | None = None, company: str | None = None
    ) -> list[int]:
        """A number for the organisation of each of n postings: the same for the same organisation, or for the same text
        where none is named. Gives a list of n."""
    def differing(self) -> tuple[int, int]:
        """How many labels are another than the role that the title states, and how many titles state a role."""
    @staticmethod
    def labels_repeat_titles(differing: int, all: int) -> bool:
        """Whether labels are taken for those of the titles: if fewer than one in fifty of at least a hundred differs.

        differing, all: the sums of what `differing` gives for all parts of the data."""
    def without_titles(self) -> Counts:
        """These without the titles, for labels that repeat them."""
    def sums(self, *, count_twice: bool = False) -> Sums:
        """These added up by feature. Those of an organisation must all be there."""
    @staticmethod
    def sum(counts: Iterable[Counts]) -> Counts:
        """All of some counts: less work than one `+` after the other. Raises ValueError if there are none, or if
        they were counted with different lexicons."""
    def __add__(self, other: Counts, /) -> Counts: ...
    def __radd__(self, zero: Literal[0], /) -> Counts:
        """For `sum([...])`, which begins with 0."""
    def __len__(self) -> int: ...
    def train(
        self,
        *,
        count_twice: bool = False,
        data_name: str | None = None,
        date: str | None = None,
        threads: int | None = None,
    ) -> Model:
        """Trains a model on what was counted; arguments and errors are those of `rolecall.train`."""
    def to_bytes(self) -> bytes:
        """As bytes, about two kilobytes for each posting."""
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Counts:
        """From the bytes that `to_bytes` gives. Raises ValueError if they are none, of another version or lexicon,
        or damaged."""

@final
class Sums:
    """What was counted of labelled postings, added up by feature: those of an organisation in one place."""
    @staticmethod
    def sum(sums: Iterable[Sums]) -> Sums:
        """All of some sums. Raises ValueError if there are none, or if they were counted with different lexicons."""
    def sampled(self) -> tuple[int, dict[int, int]]:
        """The largest hash of a text in the sample, and the group of each organisation whose postings are to be
        scored. Raises ValueError if there are too few organisations."""
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
        """A model of these and of the scores of the sample."""
    def to_bytes(self) -> bytes:
        """As bytes."""
    @staticmethod
    def from_bytes(bytes: bytes, lexicon: Path | None = None) -> Sums:
        """From the bytes that `to_bytes` gives. Raises ValueError."""

@final
class AuditPart:
    """The postings of one machine, to be audited by a model together with those of others. `JoinedAudit` has the steps."""
    def __new__(
        cls,
        model: Model,
        table: Tabular,
        *,
        labelled: bool | None = None,
        title: str | None = None,
        description: str | Sequence[str] | None = None,
        company: str | None = None,
        label: str | None = None,
        id: str | None = None,
        map: Mapping[str, str] | None = None,
        strict: bool = False,
        threads: int | None = None,
    ) -> Self:
        """Of a table; the arguments are those of `Model.audit`. `labelled` is whether a label column states the roles, as
        the first rows of all have shown."""
    @property
    def labelled(self) -> bool:
        """Whether a label column states the roles; otherwise the titles do."""
    @staticmethod
    def no_findings() -> Table:
        """A table of findings without any."""
    def numbers(self) -> bytes:
        """The numbers of the rows."""
    def scores(self, left_out: bytes) -> bytes:
        """The scores of the rows, without what `JoinedAudit.left_out` gives. Raises ValueError if that is of other rows."""
    def findings(self, suspicions: bytes) -> Table:
        """The findings on the rows, by what `JoinedAudit.suspicions` gives. Raises ValueError if that is of other rows."""

@final
class JoinedAudit:
    """The steps of an audit on the machine that joins the numbers of all others."""
    def __new__(cls, model: Model, numbers: Sequence[bytes]) -> Self:
        """Of what `AuditPart.numbers` gave for each part, in their order. Raises ValueError if no row states a role."""
    def left_out(self) -> list[bytes]:
        """For each part, what it leaves out of the counts of the model. Raises ValueError if the model is a compact one of
        just these rows."""
    def suspicions(self, scores: Sequence[bytes]) -> tuple[list[bytes], dict[str, Any]]:
        """For each part, which rows are suspect, by what `AuditPart.scores` gave; and the summary, without the numbers of
        findings. Raises ValueError if the scores are not those of the rows."""

class WorseModelError(ValueError):
    """The retrained model is worse than the one before by more than chance, on rows of organisations that neither was judged by."""

def read_labels(
    labels: Sequence[str | float | None],
    *,
    map: Mapping[str, str] | None = None,
    lexicon: Path | None = None,
) -> list[str | None]:
    """Reads labels as people write them: "PO", "product-owner", "IT Project Manager", "none".

    labels: n texts; None and NaN are no label. map: spellings, and the role or "other" that each stands for,
    whatever they would be read as. lexicon: folder of a lexicon, instead of the one inside the package.

    Returns a list of n: the id of a role ("product_owner"), "other", or None for what is not understood or
    may be several roles, such as "PM".

    Raises ValueError if a spelling is mapped to no role, and TypeError for labels that are no texts."""
def train(
    table: Tabular,
    *,
    title: str | None = None,
    description: str | Sequence[str] | None = None,
    company: str | None = None,
    label: str | None = None,
    map: Mapping[str, str] | None = None,
    strict: bool = False,
    label_from_title: bool = False,
    count_twice: bool = False,
    data_name: str | None = None,
    date: str | None = None,
    lexicon: Path | None = None,
    threads: int | None = None,
) -> Model:
    """A model of the labelled postings of a table: at least several organisations for each role.

    table: n rows, as for `Model.classify`, with a label in each; rows without one are left out, and
    `header["provenance"]` says how many.
    title, description, company, label: names of columns, which are found if not named.
    map: spellings of labels and what they stand for, as {"PM": "product_manager"}. Others are read as
    `read_labels` reads them.
    strict: refuse labels that are not understood, instead of leaving out their rows.
    label_from_title: take the role that each title states for its label.
    count_twice: count rows that are the same, and those under two labels, too.
    data_name, date: name of the data and its date, for `header`.
    lexicon: folder of the lexicon, instead of the one inside the package.
    threads: number of threads, from 1 on; None for all cores.

    Rows under two labels are not learned, and a UserWarning says how many. Raises TypeError for what is no table, and
    ValueError for columns that are not found, labels that are refused, and if a role has too few organisations."""

def audit(
    table: Tabular,
    *,
    title: str | None = None,
    description: str | Sequence[str] | None = None,
    company: str | None = None,
    label: str | None = None,
    id: str | None = None,
    map: Mapping[str, str] | None = None,
    strict: bool = False,
    alone: bool = False,
    lexicon: Path | None = None,
    threads: int | None = None,
) -> Table:
    """The postings of a table whose title or label does not match the duties: by the table itself if it has enough of
    each role, otherwise by the model inside the package as well.

    table: n rows, as for `Model.classify`. What a row is said to be is its label, if there is a label column that holds
    roles, and otherwise the role that its title states.
    title, description, company, label, id: names of columns, which are found if not named.
    map, strict: as in `rolecall.train`.
    alone: by the table itself, even if it has few of a role.
    lexicon: folder of the lexicon, instead of the one inside the package.
    threads: number of threads, from 1 on; None for all cores.

    Returns a table of the findings, most suspect first, with `row` (from 1), `id`, `title`, `stated_role`,
    `suggested_role`, `suspicion` (0 to 1), `issue`, the evidence for and against, and the `further_issues` of the row; its `summary` is a dict. Raises TypeError for what
    is no table, and ValueError for columns that are not found and if no row states a role."""
