"""Compares what three programs read: the same rows, or a reason that can be checked."""

import collections
import csv
import io
import json
import sys

import pyarrow
from pyarrow import csv as arrow


def by_python(text, strict):
    """The records that are not empty, and what is wrong with the next one."""
    records = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), strict=strict):
            if record:
                records.append(record)
    except csv.Error as error:
        return records, str(error)
    return records, None


def by_arrow(raw, header):
    """The rows with as many fields as the header, and the number of the others."""
    others = []

    def skip(row):
        others.append(row)
        return "skip"

    table = arrow.read_csv(
        io.BytesIO(raw),
        parse_options=arrow.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=arrow.ConvertOptions(
            column_types={name: pyarrow.string() for name in header}, strings_can_be_null=False
        ),
    )
    columns = [column.to_pylist() for column in table.columns]
    return [list(row) for row in zip(*columns)], len(others)


def filled(records, header):
    """The records with empty fields at the end of short ones, and whether most of the first ones are short. A record that ends before the text is none."""
    plain = ["".join(filter(str.isalnum, name)) for name in header]
    shortest = 1 + (header if "c0" in header else plain).index("c0")
    first = records[:20]
    short = sum(shortest <= len(record) < len(header) for record in first)
    ends = range(shortest, len(header))
    full = [record + [""] * (len(header) - len(record)) if len(record) in ends else record for record in records]
    return full, 2 * short > len(first)


def reason(raw, found, records, broken):
    """How our rows differ from those of Python's csv module, or None if nothing explains it."""
    if "error" in found:
        known = {"not closed": bool(broken) and not records}
        known["no column \"c0\""] = bool(records) and "c0" not in records[0]
        known["not text"] = raw.count(b"\0") > 2
        return next((why for why, holds in known.items() if why in found["error"] and holds), None)
    header = found["header"]
    if not records:
        return None if header or found["rows"] else "it is empty"
    if header != records[0]:
        return None
    rows = [row for _, _, row in found["rows"]]
    full, mostly_short = filled(records[1:], header)
    if not broken:
        fit, others = fitting(full if mostly_short else records[1:], len(header))
        if rows != fit or len(found["rejected"]) != others:
            return None
        if mostly_short:
            return "rows that end early are filled where most do"
        return "rows with another number of fields are set aside" if others else "the same"
    # Up to the first quote that is wrong, both read the same. Most of the first rows may be short, of which some are behind it.
    for read in (records[1:], full):
        fit, others = fitting(read, len(header))
        if rows[: len(fit)] == fit and len(found["rejected"]) >= others:
            return "a quote is wrong: its line is set aside, or read as it stands"
    return None


def fitting(records, fields):
    """The records with so many fields, and the number of the others."""
    fit = [record for record in records if len(record) == fields]
    return fit, len(records) - len(fit)


def main():
    reasons, failed = collections.Counter(), 0
    messy = sys.argv[1]
    for line, read in zip(open(messy), open(messy + ".read"), strict=True):
        raw, found = bytes(json.loads(line)), json.loads(read)
        text = raw.decode("utf-8-sig")
        records, broken = by_python(text, strict=True)
        why = reason(raw, found, records, broken)
        reasons["csv", why] += 1
        if why is None and (failed := failed + 1) <= 5:
            print("csv", repr(text), found, records, broken, sep="\n  ")
        if "error" in found or broken:
            reasons["pyarrow", why] += 1
            continue
        try:
            rows, others = by_arrow(raw, found["header"])
        except pyarrow.ArrowInvalid as error:
            reasons["pyarrow", f"it stops: {str(error)[:40]}"] += 1
            continue
        same = rows == [row for _, _, row in found["rows"]] and others == len(found["rejected"])
        # pyarrow sets short rows aside, wherever they are.
        same = same or why == "rows that end early are filled where most do"
        reasons["pyarrow", why if same else None] += 1
        if not same and (failed := failed + 1) <= 5:
            print("pyarrow", repr(text), found, rows, others, sep="\n  ")
    for (program, why), files in sorted(reasons.items(), key=str):
        print(f"{program:8} {files:6}  {why or 'NOT EXPLAINED'}")
    sys.exit(failed > 0)


main()
