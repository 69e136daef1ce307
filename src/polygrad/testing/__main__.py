"""The command line: ``python -m polygrad.testing matrix``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..backends.registry import BackendError, get_backend
from .matrix import COLUMNS, results, rows
from .matrix_page import exponent, page


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 1 if a cell is wrong, 2 if a backend is not there."""
    parser = argparse.ArgumentParser("python -m polygrad.testing", description="Measures of polygrad's gradients.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    matrix = commands.add_parser(
        "matrix", help="every differentiable function, on each backend, in each way; exit status 1 if a cell is wrong"
    )
    matrix.add_argument("--backend", nargs="+", default=["numpy"], metavar="NAME", help="by default numpy")
    matrix.add_argument("--rows", metavar="WORD", help="only functions with WORD in their names")
    matrix.add_argument("--column", nargs="+", default=list(COLUMNS), choices=list(COLUMNS), metavar="COLUMN")
    matrix.add_argument("--json", metavar="FILE", help="write every cell; - is the standard output")
    matrix.add_argument("--page", metavar="FILE", help="write a page of Markdown")
    options = parser.parse_args(arguments)
    try:
        for name in options.backend:
            get_backend(name)
    except BackendError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    chosen = [row for row in rows() if options.rows is None or options.rows in row.name]
    quiet = options.json == "-"
    cells = []
    for cell in results(options.backend, chosen, options.column):
        cells.append(cell)
        if not quiet:
            _print(cell, len(options.column))
    if options.json is not None:
        text = json.dumps({"cells": cells}, indent=1)
        print(text) if quiet else Path(options.json).write_text(text + "\n", encoding="utf-8")
    if options.page is not None:
        Path(options.page).write_text(page(cells), encoding="utf-8")
    wrong = sum(not cell["right"] for cell in cells)
    print(f"{len(cells)} cells, {wrong} wrong", file=sys.stderr)
    return 1 if wrong else 0


def _print(cell: dict[str, Any], columns: int) -> None:
    """Print a cell on the line of its function: the power of ten of its error, or a point where it does not apply."""
    if cell["column"] == next(iter(COLUMNS)) or columns == 1:
        print(f"\n{cell['function']}, {cell['backend']}:", end="", flush=True)
    error = cell["error"]
    text = "." if error is None else "failed" if error == "failed" else exponent(error)
    print(f"  {cell['column']} {text}{'' if cell['right'] else '!'}", end="", flush=True)
    if not cell["right"] and cell["reason"]:
        print(f" ({cell['reason']})", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
