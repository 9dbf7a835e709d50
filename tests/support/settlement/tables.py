"""Tables of expected results, written as text."""


def cells(table: str) -> list[tuple[str, str, str]]:
    """Returns (row, column, cell) for each cell. `|` separates cells; the first line has the columns."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    for row in rows:
        assert len(row) == len(head), row
    return [(row[0], column, cell) for row in rows for column, cell in zip(head[1:], row[1:], strict=True)]
