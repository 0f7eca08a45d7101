"""Labelled postings: their rows, and their title and text as the peers see them."""

import csv
import gzip
import re
import sys

ROLES = ["product_owner", "product_manager", "technical_project_manager"]
OTHER = "other"
COLUMNS = {"id", "title", "description", "role", "titled", "fold"}

TAG = re.compile(r"<[^>]{0,500}>")

# What the view `duties` hides from the peers: names of the roles, and their initials.
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


def read(path):
    """The rows whose `role` is a role or `other`."""
    csv.field_size_limit(1 << 30)
    open_text = gzip.open if path.endswith(".gz") else open
    try:
        with open_text(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = COLUMNS - set(reader.fieldnames or [])
            if missing:
                sys.exit(f"{path}: no column {', '.join(sorted(missing))}")
            rows = [row for row in reader if row["role"] in [*ROLES, OTHER]]
    except OSError as error:
        sys.exit(f"run: {error}")
    if not any(row["role"] in ROLES for row in rows):
        sys.exit(f"{path}: no row with a role")
    if len({row["id"] for row in rows}) < len(rows):
        sys.exit(f"{path}: an id stands for two rows")
    return rows


def texts(rows, view):
    """The text of each row, without the names of the roles in the view `duties`."""
    plain = [TAG.sub(" ", row["description"]) for row in rows]
    return [ROLE_NAME.sub(" ", text) for text in plain] if view == "duties" else plain


def titles(rows, view):
    """The title of each row, empty where the view leaves it out."""
    return [row["title"] if view == "whole" else "" for row in rows]
