"""The methods of Tensor: the same functions, attached by name.

A primitive's dispatcher is generated on first use, so its method starts as a stub that puts the dispatcher in its own
place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.engine import tensor_backward
from .._core.primitive import OPERATIONS, PRIMITIVES
from .._core.tensor import Tensor
from . import conversion, creation, indexing, pointwise, reductions, shaping

#: PyTorch's names of primitives, where they differ from the standard's.
TORCH_NAMES = {
    "mul": "multiply", "multiply": "multiply", "subtract": "subtract", "divide": "divide", "true_divide": "divide",
    "neg": "negative", "negative": "negative", "positive": "positive", "abs": "abs", "absolute": "abs", "exp": "exp",
    "expm1": "expm1", "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "sqrt": "sqrt", "square": "square",
    "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "asin": "asin",
    "acos": "acos", "atan": "atan", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "arcsin": "asin",
    "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "atan2": "atan2",
    "arctan2": "atan2", "hypot": "hypot", "logaddexp": "logaddexp", "copysign": "copysign", "sigmoid": "sigmoid",
    "relu": "relu", "erf": "erf", "floor": "floor", "ceil": "ceil", "trunc": "trunc", "fix": "trunc",
    "sign": "sign", "sgn": "sign", "reciprocal": "reciprocal", "maximum": "maximum", "minimum": "minimum", "remainder": "remainder",
    "floor_divide": "floor_divide", "eq": "equal", "ne": "not_equal", "not_equal": "not_equal", "lt": "less",
    "less": "less", "le": "less_equal", "less_equal": "less_equal", "gt": "greater", "greater": "greater",
    "ge": "greater_equal", "greater_equal": "greater_equal", "logical_and": "logical_and", "logical_or": "logical_or",
    "logical_xor": "logical_xor", "logical_not": "logical_not", "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor", "bitwise_not": "bitwise_invert", "bitwise_left_shift": "bitwise_left_shift",
    "bitwise_right_shift": "bitwise_right_shift", "isfinite": "isfinite", "isinf": "isinf", "isnan": "isnan",
    "signbit": "signbit", "conj": "conj", "nextafter": "nextafter", "matmul": "matmul",
}  # fmt: skip

_OPERATORS = {
    "__add__": "add", "__sub__": "subtract", "__mul__": "multiply", "__truediv__": "divide", "__floordiv__": "floor_divide",
    "__mod__": "remainder", "__matmul__": "matmul", "__and__": "bitwise_and", "__or__": "bitwise_or",
    "__xor__": "bitwise_xor", "__lshift__": "bitwise_left_shift", "__rshift__": "bitwise_right_shift", "__eq__": "equal",
    "__ne__": "not_equal", "__lt__": "less", "__le__": "less_equal", "__gt__": "greater", "__ge__": "greater_equal",
    "__neg__": "negative", "__pos__": "positive", "__abs__": "abs", "__invert__": "bitwise_invert",
}  # fmt: skip

#: Functions that are methods too, by the module that has them.
_METHODS: dict[Any, str] = {
    pointwise: "round pow add sub div where clamp rsqrt lerp addcmul addcdiv fmod nan_to_num isclose allclose equal angle",
    reductions: "sum prod mean var std max min amax amin argmax argmin all any logsumexp cumsum norm count_nonzero",
    shaping: """reshape view permute transpose t movedim unsqueeze squeeze flatten unflatten broadcast_to expand expand_as
        flip roll narrow split chunk unbind repeat repeat_interleave tril triu index_select gather scatter scatter_add
        masked_fill masked_select clone nonzero""",
    conversion: "to numpy item tolist type_as",
}

_IN_PLACE = """mul div add sub pow neg exp log sqrt sin cos tanh sigmoid relu abs floor ceil round trunc clamp reciprocal
    rsqrt square erf masked_fill scatter scatter_add remainder floor_divide addcmul addcdiv lerp tril triu""".split()


def _primitive_method(name: str, primitive: str) -> Callable:
    def stub(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        operation = PRIMITIVES[primitive].op
        setattr(Tensor, name, operation)
        return operation(self, *args, **kwargs)

    stub.__name__ = name
    return stub


def _reflected(primitive: str) -> Callable:
    def method(self: Tensor, other: Any) -> Any:
        return getattr(OPERATIONS, primitive)(other, self)

    return method


def _in_place(function: Callable, name: str) -> Callable:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        operation = getattr(OPERATIONS, TORCH_NAMES[name]) if name in TORCH_NAMES else function
        if kwargs:
            return self._in_place(lambda x, *operands: operation(x, *operands, **kwargs), *args)
        return self._in_place(operation, *args)

    method.__name__ = name + "_"
    method.__doc__ = f"`{name}` in place."
    return method


def _in_place_operator(primitive: str) -> Callable:
    def method(self: Tensor, other: Any) -> Tensor:
        return self._in_place(getattr(OPERATIONS, primitive), other)

    return method


def copy_(self: Tensor, source: Tensor, non_blocking: bool = False) -> Tensor:
    """Take over the values of ``source``, broadcast and cast to this tensor; differentiable with respect to ``source``."""
    if not isinstance(source, Tensor):
        raise TypeError(f"copy_() takes a Tensor, not {type(source).__name__}")
    self._check_in_place()
    value = conversion.moved(source, self.backend, None if self.backend.level else self.device, self.dtype)
    return self._assign(shaping.broadcast_to(value, self.shape))


def fill_(self: Tensor, value: Any) -> Tensor:
    """Fill this tensor with one number."""
    self._check_in_place()
    if isinstance(value, Tensor):
        return copy_(self, value)
    return self._assign(creation.full_like(self.detach(), value))


def zero_(self: Tensor) -> Tensor:
    """Fill this tensor with zeros."""
    return fill_(self, 0)


def detach_(self: Tensor) -> Tensor:
    """Take this tensor out of the graph: it becomes a leaf that requires no grad."""
    self._bind_edge(None)
    return self


def _iterate(self: Tensor) -> Any:
    if not self.ndim:
        raise TypeError("iteration over a 0-d tensor")
    return iter(shaping.unbind(self, 0))


def _contains(self: Tensor, value: Any) -> bool:
    return bool(reductions.any(self == value))


def _matrix_transpose(self: Tensor) -> Tensor:
    """The transpose of the last two dimensions.  A view."""
    if self.ndim < 2:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {self.ndim}-D tensor.")
    return OPERATIONS.matrix_transpose(self)


def attach() -> None:
    """Give Tensor its methods."""
    put = lambda name, value: setattr(Tensor, name, value)  # noqa: E731
    for name, primitive in {**TORCH_NAMES, **_OPERATORS}.items():
        put(name, _primitive_method(name, primitive))
    for module, names in _METHODS.items():
        for name in names.split():
            put(name, getattr(module, name))
    for operator in ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "and", "or", "xor", "lshift", "rshift"):
        primitive = _OPERATORS[f"__{operator}__"]
        put(f"__r{operator}__", _reflected(primitive))
        put(f"__i{operator}__", _in_place_operator(primitive))
    put("__pow__", pointwise.pow)
    put("__rpow__", pointwise.rpow)
    put("__ipow__", lambda self, other: self._in_place(pointwise.pow, other))
    for name in _IN_PLACE:
        function = next((getattr(m, name) for m in _METHODS if hasattr(m, name)), None)
        put(name + "_", _in_place(function, name))
    for method in (copy_, fill_, zero_, detach_):
        put(method.__name__, method)
    put("backward", tensor_backward)
    put("clip", pointwise.clamp)
    put("clip_", Tensor.clamp_)
    put("absolute_", Tensor.abs_)
    put("mT", property(_matrix_transpose))
    put("T", property(shaping.numpy_transpose))
    put("mH", property(lambda self: OPERATIONS.conj(_matrix_transpose(self)), doc="The conjugate transpose."))
    put("H", property(lambda self: OPERATIONS.conj(shaping.t(self)), doc="The conjugate transpose of a matrix."))
    put("real", property(pointwise.real))
    put("imag", property(pointwise.imag))
    put("__getitem__", indexing.getitem)
    put("__setitem__", indexing.setitem)
    put("__hash__", object.__hash__)
    put("__iter__", _iterate)
    put("__contains__", _contains)
    put("__len__", conversion.length)
    put("__bool__", conversion.to_bool)
    put("__float__", lambda self: float(conversion.item(self)))
    put("__int__", lambda self: int(conversion.item(self)))
    put("__complex__", lambda self: complex(conversion.item(self)))
    put("__index__", conversion.to_index)
    put("__array__", conversion.array_protocol)
    put("__repr__", conversion.text)
    put("__format__", lambda self, spec: format(conversion.item(self), spec) if spec and not self.ndim else conversion.text(self))
    put("__deepcopy__", conversion.deepcopy)
    put("__copy__", lambda self: self.detach().requires_grad_(self.requires_grad) if self.is_leaf else self)
    put("__reduce_ex__", conversion.reduce_ex)
    put("dim", lambda self: self.ndim)
    put("ndimension", Tensor.dim)
    put("numel", lambda self: self.shape.numel())
    put("nelement", Tensor.numel)
    put("element_size", lambda self: self.dtype.itemsize)
    put("contiguous", lambda self, *args, **kwargs: self)
    put("is_contiguous", lambda self, *args, **kwargs: True)
    put("is_floating_point", lambda self: self.dtype.is_floating_point)
    put("is_complex", lambda self: self.dtype.is_complex)
    put("view_as", lambda self, other: shaping.reshape(self, other.shape))
    put("reshape_as", lambda self, other: shaping.reshape(self, other.shape))
    for name, dtype in (*_dtypes.ALIASES.items(), ("bool", _dtypes.bool), ("bfloat16", _dtypes.bfloat16)):
        if name not in ("cfloat", "cdouble"):
            put(name, conversion.caster(dtype))
    for name in ("zeros", "ones", "full", "empty", "tensor"):
        put(f"new_{name}", _new_like(getattr(creation, name)))


def _new_like(function: Callable) -> Callable:
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        kwargs.setdefault("dtype", self.dtype)
        kwargs.setdefault("backend", self.backend)
        kwargs.setdefault("device", self.device)
        return function(*args, **kwargs)

    return method
