"""Tables of figures: written as Markdown, and compared with those that stand in a Markdown file."""

import re
from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of figures. The first cell of the heading is the name by which a table is found again."""

    name: str
    columns: list
    rows: dict = field(default_factory=dict)
    bold: str = ""
    caption: str = ""

    def add(self, row, cells):
        self.rows[row] = cells

    def markdown(self):
        lines = [[self.name, *self.columns], ["---"] + ["--:"] * len(self.columns)]
        for name, cells in self.rows.items():
            written = [name, *(shown(cells.get(column)) for column in self.columns)]
            lines.append([f"**{cell}**" if cell else "" for cell in written] if name == self.bold else written)
        caption = f"{self.caption}\n\n" if self.caption else ""
        return caption + "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def shown(value):
    if value is None:
        return ""
    return re.sub(r"^0\.", ".", f"{value:.3f}") if isinstance(value, float) else str(value)


def differences(tables, markdown, path):
    """What the tables of a Markdown file say otherwise, one line a figure."""
    by_name = {table.name: table for table in tables}
    found = [(number, rows) for number, rows in tables_in(markdown) if rows[0][0] in by_name]
    if not found:
        return [f"{path}: none of the tables stands there"]
    return [
        f"{path}:{number + offset}: {difference}"
        for number, (heading, _, *rows) in found
        for offset, row in enumerate(rows, start=2)
        for difference in row_differences(by_name[heading[0]], heading[1:], row)
    ]


def tables_in(markdown):
    """The tables, each with the number of its first line; cells without bold type."""
    tables, previous = [], 0
    for number, line in enumerate(markdown.splitlines(), start=1):
        if not re.fullmatch(r"\s*\|.*\|\s*", line):
            continue
        cells = [cell.strip().strip("*`") for cell in line.strip().strip("|").split("|")]
        if tables and previous == number - 1:
            tables[-1][1].append(cells)
        else:
            tables.append((number, [cells]))
        previous = number
    return [(number, rows) for number, rows in tables if len(rows) > 1]


def row_differences(table, columns, row):
    name, *written = row
    if name not in table.rows:
        yield f"{table.name}: no row “{name}” was measured"
        return
    for column, cell in zip(columns, written):
        measured = table.rows[name].get(column)
        if column not in table.columns:
            yield f"{table.name}: no column “{column}” was measured"
        elif not same(cell, measured):
            yield f"{table.name}: {name}: {column}: {cell or 'nothing'}, measured {shown(measured) or 'nothing'}"


def same(written, measured):
    """Whether a figure is the measured one, to the digits it is written with."""
    decimals = re.fullmatch(r"\d*\.(\d+)", written)
    if decimals is None or not isinstance(measured, float):
        return written == shown(measured)
    return float(written) == float(f"{measured:.{len(decimals[1])}f}")
