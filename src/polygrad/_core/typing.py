"""Types of arguments, for annotations: of the public functions here, and of the stubs that `tools/stubs.py` writes."""

from __future__ import annotations

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, Protocol, SupportsIndex, TypeAlias

import numpy as np

from .._devices import Device
from .._dtypes import DType
from ..backends.base import Backend
from .tensor import Tensor


class Array(Protocol):
    """An array of any library that follows the Array API standard."""

    def __array_namespace__(self, *, api_version: Any = None) -> Any:
        """The library's namespace."""


#: A number of Python's or NumPy's; a type checker takes an int for a float, and a float for a complex.
Number: TypeAlias = complex | np.number | np.bool
#: A real number.
Real: TypeAlias = float | np.number | np.bool
#: The other operand of an operation on a tensor: numbers do not change its data type, arrays are constants.
Operand: TypeAlias = Tensor | Number | Array
DTypeLike: TypeAlias = DType | type[complex]
DeviceLike: TypeAlias = Device | str | int
#: A backend, or its name.
BackendLike: TypeAlias = Backend | str
Dims: TypeAlias = int | Sequence[int]
IndexItem: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | Array | list[Any] | None
#: What may stand between the brackets of a tensor.
Index: TypeAlias = IndexItem | tuple[IndexItem, ...]
