"""The matrix of gradients as a page of the documentation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from .matrix import COLUMNS, TOLERANCES

_HEAD = """\
# The matrix of gradients

<!-- Written by: python -m polygrad.testing matrix --page docs/gradient-matrix.md -->

Every differentiable function of polygrad, and every way to differentiate it, as they were measured on {backends}: {right} of
{total} cells are right, {wrong} are wrong, and {without} do not apply.

## What a cell means

A cell has one number for each backend, in the order {backends}. `-12` says that the error was at most 1e-12, and `0`
that there was none. An error is the largest difference, relative to the larger of 1 and the reference. **Bold** is a cell
that is wrong: its error is above the column's bound. `·` was not measured. A letter says why a cell does not apply:

{letters}

| column | what is compared | bound |
|---|---|---|
{columns}

## How the numbers are made

The reference for derivatives is made of values alone, so a wrong rule has no part in it: with the function on NumPy in double
precision, along a random direction, the central differences (f(x + hu) - f(x - hu)) / 2h and, for second
derivatives, (f(x + hu) - 2 f(x) + f(x - hu)) / h², each extrapolated from h, h/2 and h/4 (L. F. Richardson, 1911) and taken
from that one of four h whose last two estimates agree best. A gradient is compared by its product with the direction, a
tangent element by element. The operands are random numbers away from the points where a function has no derivative; [Singular
points](singular-points.md) has those. Batches and compiled functions are compared with the function itself, which only
the first columns check. `float32` is single precision; of ill-conditioned functions its error is divided by the factor that
the table of operations states for them.

Where a row has no operands of a column's kind, they are derived from its first case; where the
function refuses these with an error, the cell says so. The page takes a few minutes:

```
python -m polygrad.testing matrix --backend numpy jax strict --page docs/gradient-matrix.md
python -m polygrad.testing matrix --rows exp              # rows with this in their names, as text
python -m polygrad.testing matrix --json matrix.json      # every cell, with its error, bound and reason
```
"""

_SECTIONS = {
    "polygrad": "`polygrad`", "linalg": "`polygrad.linalg`", "fft": "`polygrad.fft`", "special": "`polygrad.special`",
    "nn.functional": "`polygrad.nn.functional`", "expressions": "Expressions",
    "primitives": "Primitives that other functions consist of",
}  # fmt: skip


def exponent(error: float) -> str:
    """The power of ten that ``error`` is at most."""
    return "0" if error == 0 else str(math.ceil(math.log10(error)))


def page(cells: Iterable[dict[str, Any]]) -> str:
    """The page that shows ``cells``, as `matrix.results` gives them."""
    found = list(cells)
    backends = list(dict.fromkeys(cell["backend"] for cell in found))
    reasons = Counter(cell["reason"] for cell in found if cell["error"] is None)
    letters = {reason: chr(ord("a") + number) for number, (reason, _) in enumerate(reasons.most_common())}
    table: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for cell in found:
        table.setdefault(cell["function"], {}).setdefault(cell["column"], []).append(cell)
    sections: dict[str, list[str]] = {name: [] for name in _SECTIONS}
    for columns in table.values():
        first = next(iter(columns.values()))[0]
        shown = [_cell(columns.get(column, []), backends, letters) for column in COLUMNS]
        names = ", ".join(f"`{name.removeprefix(f'{_section(first)}.')}`" for name in first["names"])
        sections[_section(first)].append(f"| {names.replace('|', chr(92) + '|')} | {' | '.join(shown)} |")
    head = _HEAD.format(
        backends=_listed(backends), total=len(found), without=reasons.total(),
        wrong=sum(not cell["right"] for cell in found),
        right=sum(cell["right"] for cell in found) - reasons.total(),
        letters="\n".join(f"- {letter}: {reason}" for reason, letter in letters.items()),
        columns="\n".join(f"| {name} | {what} | {TOLERANCES[name]:g} |" for name, what in COLUMNS.items()),
    )  # fmt: skip
    title = f"| function | {' | '.join(COLUMNS)} |\n|---|{'---|' * len(COLUMNS)}"
    parts = [
        f"\n## {_SECTIONS[name]}\n\n{title}\n" + "\n".join(lines) + "\n" for name, lines in sections.items() if lines
    ]
    return head + "".join(parts)


def _cell(cells: list[dict[str, Any]], backends: list[str], letters: dict[str, str]) -> str:
    """The texts of a cell, one for each backend; one alone where it applies on none; a point where it was not measured."""
    texts = dict.fromkeys(backends, "·")
    for cell in cells:
        if cell["error"] is None:
            texts[cell["backend"]] = letters[cell["reason"]]
        else:
            text = "failed" if cell["error"] == "failed" else exponent(cell["error"])
            texts[cell["backend"]] = text if cell["right"] else f"**{text}**"
    applies = any(cell["error"] is not None for cell in cells)
    return " ".join(texts.values()) if applies or not cells else letters[cells[0]["reason"]]


def _section(cell: dict[str, Any]) -> str:
    for name in ("nn.functional", "linalg", "fft", "special", "polygrad"):
        if cell["names"][0].startswith(f"{name}."):
            return name
    return "primitives" if cell["primitive"] else "expressions"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
