"""The names of the arguments of PyTorch's functions, as `torch_signatures.tsv` has them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polygrad

TABLE = Path(__file__).with_suffix(".tsv")
#: (path of a function, one of its signatures)
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
#: The functions to which PyTorch gives ``out``.  Its methods take none, whatever their documentation says.
WITH_OUT = sorted({path for path, signature in ROWS if re.search(r"\bout\b", signature) and "Tensor." not in path})


def function_named(path: str) -> Callable[..., Any]:
    """The function of polygrad that a row is about."""
    found: Any = polygrad
    for name in path.split("."):
        found = getattr(found, name)
    return found
