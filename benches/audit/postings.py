"""Labelled postings, and numbers drawn from their names."""

import csv
import gzip
import hashlib
import re
import sys

ROLES = ["product_owner", "product_manager", "technical_project_manager"]
OTHER = "other"
COLUMNS = ["id", "title", "company", "description", "role", "fold"]
FOLDS = 5

csv.field_size_limit(1 << 30)


def read(path, roles=ROLES):
    """The rows of some roles, each with a fold."""
    open_text = gzip.open if path.endswith(".gz") else open
    try:
        with open_text(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(COLUMNS) - {"fold"} - set(reader.fieldnames or [])
            if missing:
                sys.exit(f"{path}: no column {', '.join(sorted(missing))}")
            rows = [row for row in reader if row["role"] in roles]
    except OSError as error:
        sys.exit(f"run: {error}")
    if not rows:
        sys.exit(f"{path}: no row with a role")
    if len({row["id"] for row in rows}) < len(rows):
        sys.exit(f"{path}: an id stands for two rows")
    if "fold" not in rows[0]:
        for row in rows:
            row["fold"] = str(int(chance("fold", organisation(row)) * FOLDS))
    return rows


def write(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def organisation(row):
    return re.sub(r"[^a-z0-9]+", "", row["company"].lower()) or row["id"]


def chance(*names):
    """A number from 0 to 1 that is always the same for the same names."""
    return int(hashlib.sha256("|".join(names).encode()).hexdigest()[:12], 16) / 16**12
