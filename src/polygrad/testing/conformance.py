"""The conformance test for authors of plugins: every primitive on their backend, compared with NumPy."""

from __future__ import annotations

from typing import Any

from ..backends.registry import get_backend
from .operations import ROWS
from .table import check_agreement


def check_backend(backend: Any, *, gradients: bool = True) -> list[str]:
    """Run every primitive on a backend and compare with NumPy: values, gradients and second gradients.

    They are compared in double precision, with complex numbers if the backend has them.

    Args:
        backend: a name, or a `polygrad.backends.Backend`.
        gradients: whether to compare gradients; otherwise values only.

    Returns:
        The names of the rows of the table that passed.

    Raises:
        AssertionError: rows differ; the message lists all of them.
        UnknownBackendError: there is no backend of that name.
        BackendError: the backend cannot be used.

    Example::

        >>> "exp" in polygrad.testing.check_backend("numpy", gradients=False)
        True
    """
    chosen = get_backend(backend)
    passed, failures = [], []
    for row in ROWS:
        for precision in row.kinds:
            if precision == "complex128" and "complex" not in chosen.capabilities:
                continue
            try:
                check_agreement(row, precision, chosen.name, orders=2 if gradients else 0)
            except Exception as error:  # report all rows
                failures.append(f"{row.name}, {precision}: {type(error).__name__}: {str(error).splitlines()[0]}")
        passed.append(row.name)
    failed = {line.partition(",")[0] for line in failures}
    if failures:
        raise AssertionError(f"{len(failed)} of {len(ROWS)} rows differ on {chosen.name!r}:\n" + "\n".join(failures))
    return passed
