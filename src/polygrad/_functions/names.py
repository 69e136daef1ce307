"""Which names the Tensor methods have: of primitives, operators, and functions of this package."""

from __future__ import annotations

#: PyTorch's names of primitives → the standard's.
TORCH_NAMES = {
    "mul": "multiply", "multiply": "multiply", "subtract": "subtract", "divide": "divide", "true_divide": "divide",
    "neg": "negative", "negative": "negative", "abs": "abs", "absolute": "abs", "exp": "exp",
    "expm1": "expm1", "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "sqrt": "sqrt",
    "square": "square", "sin": "sin", "cos": "cos", "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asin": "asin", "acos": "acos", "atan": "atan", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
    "atan2": "atan2", "arctan2": "atan2", "hypot": "hypot", "logaddexp": "logaddexp", "copysign": "copysign",
    "sigmoid": "sigmoid", "relu": "relu", "erf": "erf", "floor": "floor", "ceil": "ceil", "trunc": "trunc",
    "fix": "trunc", "sign": "sign", "sgn": "sign", "reciprocal": "reciprocal", "maximum": "maximum",
    "minimum": "minimum", "remainder": "remainder", "floor_divide": "floor_divide", "eq": "equal", "ne": "not_equal",
    "not_equal": "not_equal", "lt": "less", "less": "less", "le": "less_equal", "less_equal": "less_equal",
    "gt": "greater", "greater": "greater", "ge": "greater_equal", "greater_equal": "greater_equal",
    "logical_and": "logical_and", "logical_or": "logical_or", "logical_xor": "logical_xor",
    "logical_not": "logical_not", "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor", "bitwise_not": "bitwise_invert", "bitwise_left_shift": "bitwise_left_shift",
    "bitwise_right_shift": "bitwise_right_shift", "isfinite": "isfinite", "isinf": "isinf", "isnan": "isnan",
    "signbit": "signbit", "nextafter": "nextafter", "matmul": "matmul",
}  # fmt: skip

OPERATORS = {
    "__add__": "add", "__sub__": "subtract", "__mul__": "multiply", "__truediv__": "divide",
    "__floordiv__": "floor_divide", "__mod__": "remainder", "__matmul__": "matmul", "__and__": "bitwise_and",
    "__or__": "bitwise_or", "__xor__": "bitwise_xor", "__lshift__": "bitwise_left_shift",
    "__rshift__": "bitwise_right_shift", "__eq__": "equal", "__ne__": "not_equal", "__lt__": "less",
    "__le__": "less_equal", "__gt__": "greater", "__ge__": "greater_equal", "__neg__": "negative",
    "__abs__": "abs", "__invert__": "bitwise_invert",
}  # fmt: skip

#: Functions that are methods too, by the module of this package that has them.
METHODS = {
    "elementwise": """round pow add sub div clamp rsqrt lerp addcmul addcdiv fmod nan_to_num positive clamp_max
        clamp_min deg2rad float_power frac heaviside rad2deg""",
    "comparison": "isclose allclose equal fmax fmin isneginf isposinf",
    "special": "exp2 logit xlogy",
    "complex": "angle conj conj_physical is_conj resolve_conj resolve_neg isreal",
    "reductions": "sum prod mean var std max min amax amin all any logsumexp norm count_nonzero aminmax nanmean nansum",
    "cumulative": "cumsum cumprod cummax cummin",
    "manipulation": """reshape reshape_as view view_as ravel permute transpose swapaxes swapdims t movedim moveaxis
        unsqueeze squeeze flatten unflatten flip fliplr flipud roll clone contiguous rot90 adjoint""",
    "broadcasting": "broadcast_to expand expand_as repeat tile",
    "slicing": "narrow select split chunk tensor_split unbind dsplit hsplit select_scatter slice_scatter vsplit",
    "scatter_gather": """repeat_interleave index_select gather take_along_dim take scatter scatter_add index_add
        index_fill index_copy index_put masked_fill masked_select masked_scatter""",
    "searching": "argmax argmin nonzero argwhere",
    "strides": "stride is_contiguous",
    "calculus": "diff",
    "distance": "cdist",
    "sorting": "sort argsort msort topk kthvalue median quantile",
    "sets": "unique unique_consecutive bincount",
    "matmul": "mm bmm mv dot vdot inner outer kron addmm addmv addr baddbmm addbmm cross",
    "diagonals": "diagonal tril triu trace diag diag_embed diagflat diagonal_scatter",
    "linalg": "cholesky_solve cholesky_inverse det slogdet logdet matrix_power",
    "decompositions": "cholesky qr",
    "conversion": "to numpy item tolist type_as cpu cuda pin_memory",
    "dtypes": "is_floating_point is_complex is_nonzero is_signed",
    "legacy_types": "type",
    "activations": "hardshrink log_softmax prelu softmax",
    "random": "bernoulli multinomial bernoulli_ exponential_ normal_ random_ uniform_",
}

#: Methods of programs' inner loops: they do not take the turn by `wrong_calls.explained`.
DIRECT = frozenset(
    """sum mean reshape view permute transpose t unsqueeze squeeze flatten expand contiguous clone pow add sub div softmax
    log_softmax max min var std split chunk to item""".split()
)
