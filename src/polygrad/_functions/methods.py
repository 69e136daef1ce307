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
from . import activations, assembling, composed, conversion, creation, indexing, inplace, kinds, layout, linalg, picking, pointwise
from . import printing, products, random, reductions, shaping, sorting

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
    shaping: """reshape reshape_as view view_as ravel permute transpose swapaxes swapdims t movedim moveaxis unsqueeze squeeze
        flatten unflatten broadcast_to expand expand_as flip fliplr flipud roll narrow select diagonal split chunk
        tensor_split unbind repeat tile tril triu clone contiguous""",
    picking: """repeat_interleave index_select gather take_along_dim take scatter scatter_add index_add index_fill index_copy
        index_put masked_fill masked_select masked_scatter nonzero argwhere""",
    layout: "stride is_contiguous",
    assembling: "cdist diff dsplit hsplit rot90 select_scatter slice_scatter vsplit",
    composed: """adjoint aminmax clamp_max clamp_min deg2rad exp2 float_power fmax fmin frac heaviside isneginf isposinf isreal
        logit nanmean nansum rad2deg xlogy""",
    sorting: """sort argsort msort topk kthvalue median quantile cumprod cummax cummin unique unique_consecutive bincount""",
    products: """mm bmm mv dot vdot inner outer kron addmm addmv addr baddbmm addbmm trace diag diag_embed diagflat
        diagonal_scatter cross""",
    linalg: "cholesky qr cholesky_solve cholesky_inverse det slogdet logdet matrix_power",
    conversion: "to numpy item tolist type_as",
    activations: "hardshrink log_softmax prelu softmax",
    random: "bernoulli multinomial bernoulli_ exponential_ normal_ random_ uniform_",
}

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
        put(f"__i{operator}__", inplace.operator(primitive))
    put("__pow__", pointwise.pow)
    put("__rpow__", pointwise.rpow)
    put("__ipow__", inplace.power_operator)
    put("backward", tensor_backward)
    put("clip", pointwise.clamp)
    put("inverse", linalg.inv)
    put("pinverse", linalg.pinv)
    put("svd", linalg.svd_parts)
    for name in inplace.NAMES:
        put(name + "_", inplace.method(name, {"div": "divide", **TORCH_NAMES}.get(name)))
    for method in inplace.METHODS:
        put(method.__name__, method)
    put("mT", property(_matrix_transpose))
    put("T", property(shaping.numpy_transpose))
    put("mH", property(lambda self: OPERATIONS.conj(_matrix_transpose(self)), doc="The conjugate transpose."))
    put("H", property(lambda self: OPERATIONS.conj(shaping.t(self)), doc="The conjugate transpose of a matrix."))
    put("real", property(pointwise.real, inplace.set_real))
    put("imag", property(pointwise.imag, inplace.set_imag))
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
    put("__repr__", printing.text)
    put("__format__", lambda self, spec: format(conversion.item(self), spec) if spec and not self.ndim else printing.text(self))
    put("__deepcopy__", conversion.deepcopy)
    put("__copy__", lambda self: self.detach().requires_grad_(self.requires_grad) if self.is_leaf else self)
    put("__reduce_ex__", conversion.reduce_ex)
    put("dim", lambda self: self.ndim)
    put("ndimension", Tensor.dim)
    put("numel", lambda self: self.shape.numel())
    put("nelement", Tensor.numel)
    put("element_size", lambda self: self.dtype.itemsize)
    for method in kinds.METHODS:
        put(method.__name__, method)
    for name, read in kinds.PROPERTIES.items():
        put(name, property(read))
    put("__dlpack__", kinds.dlpack)
    put("__dlpack_device__", kinds.dlpack_device)
    put("__reversed__", lambda self: OPERATIONS.flip(self, tuple(range(self.ndim))[:1]))
    others = {"bool": _dtypes.bool, "bfloat16": _dtypes.bfloat16, "byte": _dtypes.uint8, "char": _dtypes.int8}
    for name, dtype in (_dtypes.ALIASES | others).items():
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
