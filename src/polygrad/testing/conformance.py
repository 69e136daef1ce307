"""What the author of a plugin runs: every primitive on their backend, held against the built-in one."""

from __future__ import annotations

from typing import Any

from ..backends.registry import get_backend
from .operations import ROWS
from .table import check_agreement


def check_backend(backend: Any, *, gradients: bool = True) -> list[str]:
    """Run every row of the table of primitives on ``backend``, a name or a Backend, and compare with NumPy.

    Values, gradients and, where a row has them, gradients of gradients are compared in double precision, complex numbers
    included if the backend has them; with ``gradients`` False, values only.  Returns the names of the rows that passed.
    Raises AssertionError with all rows that did not, and as `get_backend` for a backend that cannot be used.

    Example::

        polygrad.testing.check_backend("strict")
    """
    chosen = get_backend(backend)
    passed, failures = [], []
    for row in ROWS:
        for precision in row.kinds:
            if precision == "complex128" and "complex" not in chosen.capabilities:
                continue
            try:
                check_agreement(row, precision, chosen.name, orders=2 if gradients else 0)
            except Exception as error:  # all rows are heard before the verdict
                failures.append(f"{row.name}, {precision}: {type(error).__name__}: {str(error).splitlines()[0]}")
        passed.append(row.name)
    failed = {line.partition(",")[0] for line in failures}
    if failures:
        raise AssertionError(f"{len(failed)} of {len(ROWS)} rows differ on {chosen.name!r}:\n" + "\n".join(failures))
    return passed
