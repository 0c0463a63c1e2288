"""Long lists of a timeline entry may live in a csv file: ``csv: decline.csv`` stands for its columns.

The first line names the columns with their units, ``times [day],gains [1]``; below stand bare numbers.
"""

from __future__ import annotations

import re

from itsim.scenario.folder import Place, named
from itsim.scenario.nodes import Findings, Listing, Mark, Node, Scalar, Table, join
from itsim.scenario.text import read_text

MAX_CELLS = 100_000

_HEADER = re.compile(r"([A-Za-z_][\w.]*)\s*\[\s*([^\[\]]+?)\s*\]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def with_columns(node: Node, by: Place | None, path: str, findings: Findings) -> Node:
    """The node with every ``csv: file.csv`` below it replaced by the columns of that file."""
    if isinstance(node, Listing):
        items = (with_columns(item, by, join(path, i), findings) for i, item in enumerate(node.items))
        return Listing(node.mark, tuple(items))
    if not isinstance(node, Table):
        return node
    table = Table(node.mark, tuple((k, with_columns(v, by, join(path, k.text), findings)) for k, v in node))
    name = table.get("csv")
    if name is None:
        return table
    place = named(name, ".csv", by, join(path, "csv"), findings)
    rest, before = table.without("csv"), len(findings.problems)
    joined = rest if place is None else _joined(rest, read_columns(place, findings), path, findings)
    if place is None or len(findings.problems) > before:
        findings.hold(table.mark)
    return joined


def _joined(
    table: Table, columns: tuple[tuple[Scalar, Listing], ...], path: str, findings: Findings
) -> Table:
    for key, column in columns:
        if key.text in table:
            findings.add(
                key.mark,
                join(path, key.text),
                key.text,
                "is given in the csv file and beside it too",
                "remove one of the two",
            )
            continue
        table = table.set(key, column)
    return table


def read_columns(place: Place, findings: Findings) -> tuple[tuple[Scalar, Listing], ...]:
    """The columns of a csv file by name, every value with its unit; empty after noting why there are none."""
    text = read_text(place.path, place.shown, findings)
    if text is None:
        return ()
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) < 2:
        findings.add(
            Mark(place.shown, 1, 1),
            "",
            None,
            "the file needs a line of column names and lines of numbers",
            "begin with a line such as `times [day],gains [1]`",
        )
        return ()
    heads = [_head(cell, mark, findings) for cell, mark in _cells(place.shown, *lines[0])]
    columns: list[list[Node]] = [[] for _ in heads]
    if len(heads) * len(lines) > MAX_CELLS:
        findings.add(
            Mark(place.shown, 1, 1),
            "",
            None,
            f"the file holds more than {MAX_CELLS} cells",
            "keep fewer lines",
        )
        return ()
    for line in lines[1:]:
        _add_row(columns, heads, _cells(place.shown, *line), findings)
    pairs = {
        h[0].text: (h[0], Listing(h[0].mark, tuple(c))) for h, c in zip(heads, columns, strict=True) if h
    }
    return tuple(pairs.values())


def _cells(file: str, number: int, line: str) -> list[tuple[str, Mark]]:
    cells, column = [], 1
    for cell in line.split(","):
        cells.append((cell.strip(), Mark(file, number, column + len(cell) - len(cell.lstrip()))))
        column += len(cell) + 1
    return cells


def _head(cell: str, mark: Mark, findings: Findings) -> tuple[Scalar, str] | None:
    match = _HEADER.fullmatch(cell)
    if match:
        return Scalar(mark, match.group(1), match.group(1)), match.group(2)
    hint = "write the name and its unit in brackets, such as `times [day]`; a plain number has the unit [1]"
    if ";" in cell:
        rule, hint = "separates its columns by semicolons", "save the file with commas between the columns"
    elif cell and "[" not in cell:
        rule = "names a column without its unit"
    else:
        rule = "is not the name of a column with its unit" if cell else "a column has no name"
    findings.add(mark, cell, cell or None, rule, hint)
    return None


def _add_row(columns: list[list[Node]], heads: list[tuple[Scalar, str] | None], row: list[tuple[str, Mark]],
             findings: Findings) -> None:  # fmt: skip
    if len(row) != len(heads):
        findings.add(
            Mark(row[0][1].file, row[0][1].line, 1),
            "",
            None,
            f"this line has {len(row)} cells, but the first line names {len(heads)} columns",
            "write one number for each column, decimals with a point",
        )
        return
    for column, head, (cell, mark) in zip(columns, heads, row, strict=True):
        if head is None:
            continue
        if not _NUMBER.fullmatch(cell):
            findings.add_unusable(
                mark,
                head[0].text,
                cell or None,
                "is not a bare number" if cell else "a number is missing",
                "write a number alone, such as 2.5; the unit stands in the first line",
            )
        column.append(_quantity(cell, head[1], mark))


def _quantity(cell: str, unit: str, mark: Mark) -> Scalar:
    if unit != "1":
        return Scalar(mark, f"{cell} {unit}", f"{cell} {unit}")
    return Scalar(mark, cell, float(cell) if _NUMBER.fullmatch(cell) else cell)
