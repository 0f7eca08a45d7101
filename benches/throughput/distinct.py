"""Writes the rows of a CSV several times, each time otherwise: sentences are left out and moved, so that no two rows are equal."""

import argparse
import csv
import gzip
import random
import re
from pathlib import Path

csv.field_size_limit(1 << 30)
SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
LEFT_OUT = 0.12
MOVED = 0.1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="CSV with a column description; may be gzipped")
    parser.add_argument("output", type=Path)
    parser.add_argument("--copies", type=int, default=6)
    args = parser.parse_args()
    opened = gzip.open if args.source.suffix == ".gz" else open
    with opened(args.source, "rt", encoding="utf-8", newline="") as file:
        write_distinct(file, args.output, args.copies)


def write_distinct(file, output, copies):
    """Writes each row of a CSV file so many times."""
    rows = csv.DictReader(file)
    names, rows = rows.fieldnames, list(rows)
    with open(output, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        for copy in range(copies):
            for number, row in enumerate(rows):
                description = varied(row["description"], random.Random(f"{copy} {number}"))
                writer.writerow({**row, "description": f"{description}\nReference {copy}-{number}"})


def varied(text, rng):
    """A text without some of its sentences, and with some in another place."""
    sentences = SENTENCES.split(text)
    kept = [sentence for sentence in sentences if rng.random() > LEFT_OUT] or sentences
    for _ in range(max(1, int(len(kept) * MOVED))):
        sentence = kept.pop(rng.randrange(len(kept)))
        kept.insert(rng.randrange(len(kept) + 1), sentence)
    return "\n".join(kept)


if __name__ == "__main__":
    main()
