"""Labelled postings: their rows, and their text as the peers see it."""

import csv
import gzip
import re
import sys

ROLES = ["product_manager", "product_owner", "technical_project_manager"]
OTHER = "other"

TAG = re.compile(r"<[^>]{0,500}>")

# What the title-blind view hides from the peers: names of the roles, and their initials.
ROLE_NAME = re.compile(
    r"""
    (?<![a-z])
    (?: product [\s_-]+ (?: owner(?:ship)?s? | lead(?:er)?s? | manage(?:rs?|ment)? )
      | (?: (?:technical|it|software|engineering) [\s_-]+ )?
        (?:project|program|programme) [\s_-]+ manage(?:rs?|ment)?
      | head \s+ of \s+ product
      | (?:po|pm|tpm) s? (?![a-z])
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read(path, labels):
    """The rows whose `role` is one of `labels`."""
    csv.field_size_limit(1 << 30)
    open_text = gzip.open if path.endswith(".gz") else open
    try:
        with open_text(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"id", "description", "role", "fold"} - set(reader.fieldnames or [])
            if missing:
                sys.exit(f"{path}: no column {', '.join(sorted(missing))}")
            rows = [row for row in reader if row["role"] in labels]
    except OSError as error:
        sys.exit(f"run: {error}")
    if not rows:
        sys.exit(f"{path}: no row with a role")
    if len({row["id"] for row in rows}) < len(rows):
        sys.exit(f"{path}: an id stands for two rows")
    return rows


def texts(rows, title_blind):
    plain = [TAG.sub(" ", row["description"]) for row in rows]
    return [ROLE_NAME.sub(" ", text) for text in plain] if title_blind else plain
