"""Types for `stubs.py`, where a function does not say them itself.

The border of a public function turns other libraries' numbers into Python's, and a parameter may take values of several
types.  For the code behind the border it is `Any`; here is what a user may give.
"""

#: By the parameter's name, for parameters whose annotation is `Any` or missing.
PARAMETERS = {
    "align_corners": "bool | None",
    "alpha": "Number",
    "array": "NDArray[Any]",
    "axis": "Dims | None",
    "backend": "BackendLike | None",
    "beta": "Number",
    "copy": "bool | None",
    "correction": "Real | None",
    "data": "Any",  # numbers, nested lists of them, tensors, arrays of any library
    "device": "DeviceLike | None",
    "dim": "Dims | None",
    "dims": "int | Sequence[int]",
    "end": "Number",
    "exponent": "Operand",
    "ext_tensor": "Any",  # whatever has `__dlpack__`
    "fill_value": "Number | Tensor",
    "generator": "Generator | None",
    "indices": "Sequence[Tensor | None]",
    "indices_or_sections": "int | Sequence[int] | Tensor",
    "input": "Tensor",
    "max": "Operand | None",
    "memory_format": "Any",  # taken for PyTorch's sake, and ignored
    "min": "Operand | None",
    "obj": "Any",  # as data
    "ndarray": "NDArray[Any]",
    "other": "Operand",
    "others": "int",  # lengths after the first
    "repeats": "int | Sequence[int]",
    "s": "Sequence[int] | None",
    "shape": "int | Sequence[int]",
    "shapes": "int | Sequence[int]",
    "size": "int | Sequence[int]",
    "stride": "int | Sequence[int]",
    "stream": "Any",  # the library's own object
    "start": "Number",
    "step": "Number",
    "tensors": "Sequence[Tensor] | Tensor",
    "unbiased": "bool | None",
    "value": "Number | Tensor",
    "weight": "Number | Tensor",
}

#: By the parameter's name, whatever the annotation: what the border also takes.
WIDER = {"dtype": "DTypeLike | None", "type1": "DTypeLike", "type2": "DTypeLike"}

#: By the names of the function and of the parameter.
OF_FUNCTION = {
    "tensorsolve.dims": "int | Sequence[int] | None",
    "arange.end": "Number | None",
    "asarray.copy": "bool | None",
    "backward.inputs": "Tensor | Sequence[Tensor] | None",
    "bernoulli_.p": "float | Tensor",
    "broadcast_tensors.tensors": "Tensor",
    "bucketize.input": "Tensor | Number",
    "cond.p": "float | str | None",
    **{f"{kind}fft2.dim": "Sequence[int]" for kind in ("", "i", "r", "ir", "h", "ih")},
    "einsum.equation": "str | Tensor",
    "einsum.operands": "Any",  # tensors, or also lists of subscripts, or one list of all of them
    "float_power.exponent": "Operand",
    "float_power.input": "Operand",
    "fmod.input": "Operand",
    "full.size": "int | Sequence[int]",
    "gaussian_nll_loss.var": "Tensor | float",
    "gradient.spacing": "Number | Tensor | Sequence[Number] | Sequence[Tensor]",
    "range.end": "Number | None",
    "apply_.callable": "Callable[[Any], Any]",
    "fill_diagonal_.fill_value": "Number",
    "frombuffer.buffer": "Any",  # whatever has the buffer protocol
    "isin.elements": "Tensor | Number",
    "isin.test_elements": "Tensor | Number",
    "is_tensor.obj": "Any",
    "lerp.weight": "float | Tensor",
    "logsumexp.dim": "int | Sequence[int]",
    "matrix_norm.dim": "Sequence[int]",
    "matrix_norm.ord": "float | str",
    "meshgrid.tensors": "Tensor | Sequence[Tensor]",
    "norm.ord": "float | str | None",
    "norm.p": "float | str | None",
    "normal.mean": "float | Tensor",
    "normal.std": "float | Tensor",
    "normalize.dim": "int | Sequence[int]",
    "pow.input": "Operand",
    "nanquantile.q": "float | Tensor",
    "quantile.q": "float | Tensor",
    "randint.high": "int | Sequence[int] | None",  # the size, where there is no low
    "randint.size": "int | Sequence[int] | None",
    "repeat_interleave.repeats": "int | Tensor | None",
    "result_type.operands": "Operand",
    "roll.dims": "int | Sequence[int] | None",
    "rot90.dims": "Sequence[int]",
    "scatter.src": "Tensor | Number | None",
    "scatter.value": "Number | None",
    "searchsorted.input": "Tensor | Number",
    "sparse_mask.mask": "SparseTensor",
    "split.split_size_or_sections": "int | Sequence[int]",
    "tensordot.dims": "int | Sequence[Sequence[int]] | Tensor",
    "to.args": "Tensor | DTypeLike | DeviceLike | BackendLike | bool | None",
    "to_device.device": "DeviceLike",
    "to_device.stream": "Any",  # of the library
    "xlogy.input": "Operand",
    "xlog1py.input": "Operand",
    **{
        f"{shifted}chebyshev_polynomial_{kind}.{argument}": "Operand"
        for shifted in ("", "shifted_")
        for kind in "tuvw"
        for argument in ("input", "n")
    },
    **{
        f"{name}.{argument}": "Operand"
        for name in ("hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p")
        for argument in ("input", "n")
    },
    "add.input": "Operand",
    "sub.input": "Operand",
    "div.input": "Operand",
    "normal.size": "int | Sequence[int] | None",
}

#: By the name of the function: what it returns, where its annotation does not say it.
RETURNS = {
    **dict.fromkeys(("sparse_mask", "to_sparse", "to_sparse_coo", "to_sparse_csr"), "SparseTensor"),
    "pow": "Tensor",
    **dict.fromkeys("dim ndimension nelement numel element_size".split(), "int"),
    "item": "Any",  # a bool, an int, a float or a complex, as the data type says
    "tolist": "Any",  # as item(), in nested lists
    "numpy": "NDArray[Any]",
}

#: Modules whose annotations say all: their functions are imported.
COMPLETE = {"polygrad._functions.generator"}

_UNIQUE = "return_inverse: Literal[{0}]{2}, return_counts: Literal[{1}]{3}, dim: int | None = None"


def _unique(first: str) -> list[str]:
    tensors = ", ".join
    forms = [("False", "False", " = False", " = False", "Tensor")]
    for inverse, counts in (("True", "False"), ("False", "True"), ("True", "True")):
        parts = ["Tensor", *["Tensor"] * (inverse, counts).count("True")]
        defaults = [" = False" if flag == "False" else "" for flag in (inverse, counts)]
        forms.append((inverse, counts, *defaults, f"tuple[{tensors(parts)}]"))
    found = [f"({first}, *, {_UNIQUE.format(*form)}) -> {form[-1]}" for form in forms]
    # Flags that are not written out, or come by position.
    return [
        *found,
        f"({first}, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any",
    ]


_POOLED = (
    "(input: Tensor, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None, "
    "padding: int | Sequence[int] = 0, dilation: int | Sequence[int] = 1, ceil_mode: bool = False, "
)
_BY_INDICES = (
    "return_indices: Literal[False] = False) -> Tensor",
    "*, return_indices: Literal[True]) -> tuple[Tensor, Tensor]",
    "return_indices: bool = False) -> Any",
)
_FRACTIONAL = (
    "(input: Tensor, kernel_size: int | Sequence[int], output_size: int | Sequence[int] | None = None, "
    "output_ratio: float | Sequence[float] | None = None, "
)
_SAMPLES = ", _random_samples: Tensor | None = None) ->"
_ADAPTIVE = "(input: Tensor, output_size: int | Sequence[int | None] | None, "
_ALONG = ["(input: Tensor) -> Tensor", "(input: Tensor, dim: int, keepdim: bool = False) -> ValuesAndIndices"]
_DIMS = ["(input: Tensor, dims: Sequence[int]) -> Tensor", "(input: Tensor, *dims: int) -> Tensor"]
_AT_LEAST = [
    "(tensors: Operand, /) -> Tensor",
    "(tensors: Sequence[Operand], /) -> tuple[Tensor, ...]",
    "(*tensors: Operand) -> tuple[Tensor, ...]",
]

#: By the name of the function: its overloads.
OVERLOADS = {
    "max": [*_ALONG, "(input: Tensor, other: Tensor, /) -> Tensor"],
    "min": [*_ALONG, "(input: Tensor, other: Tensor, /) -> Tensor"],
    "median": _ALONG,
    "nanmedian": _ALONG,
    "permute": _DIMS,
    "flip": _DIMS,
    "nonzero": [
        "(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor",
        "(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]",
    ],
    "where": [
        "(condition: Tensor) -> tuple[Tensor, ...]",
        "(condition: Tensor, input: Operand, other: Operand) -> Tensor",
    ],
    "unique": _unique("input: Tensor, sorted: bool = True"),
    "unique_consecutive": _unique("input: Tensor"),
    "atleast_1d": _AT_LEAST,
    "atleast_2d": _AT_LEAST,
    "atleast_3d": _AT_LEAST,
    "type": [
        "(input: Tensor, dtype: None = None) -> str",
        "(input: Tensor, dtype: DTypeLike | str | type[Tensor], non_blocking: bool = False) -> Tensor",
    ],
    "stride": ["(input: Tensor) -> tuple[int, ...]", "(input: Tensor, dim: int) -> int"],
    **{name: [_POOLED + form for form in _BY_INDICES] for name in ("max_pool1d", "max_pool2d", "max_pool3d")},
    **{
        name: [_ADAPTIVE + form for form in _BY_INDICES]
        for name in ("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
    },
    **{
        name: [_FRACTIONAL + form.replace(") ->", _SAMPLES) for form in _BY_INDICES]
        for name in ("fractional_max_pool2d", "fractional_max_pool3d")
    },
}

_BINARY = "(self, other: Operand) -> Tensor"
_OVERRIDES = "  # type: ignore[override]  # gives a tensor, not a bool"

#: Python's special methods of Tensor.
SPECIAL = {
    **{
        f"__{mark}{name}__": _BINARY
        for name in "add sub mul truediv floordiv mod pow and or xor lshift rshift".split()
        for mark in ("", "r", "i")
    },
    **{f"__{mark}matmul__": "(self, other: Tensor | Array) -> Tensor" for mark in ("", "r", "i")},
    **{f"__{name}__": _BINARY for name in "lt le gt ge".split()},
    **{f"__{name}__": _BINARY + _OVERRIDES for name in ("eq", "ne")},
    **{f"__{name}__": "(self) -> Tensor" for name in "neg pos abs invert reversed copy".split()},
    "__getitem__": "(self, key: Index) -> Tensor",
    "__setitem__": "(self, key: Index, value: Operand) -> None",
    "__iter__": "(self) -> Iterator[Tensor]",
    "__delitem__": "(self, key: Any) -> None",
    "__contains__": "(self, value: Operand) -> bool",
    "__len__": "(self) -> int",
    "__bool__": "(self) -> bool",
    "__int__": "(self) -> int",
    "__float__": "(self) -> float",
    "__complex__": "(self) -> complex",
    "__index__": "(self) -> int",
    "__hash__": "(self) -> int",
    "__repr__": "(self) -> str",
    "__format__": "(self, spec: str) -> str",
    "__dir__": "(self) -> list[str]",
    "__array_namespace__": "(self, *, api_version: str | None = None) -> Any",
    "__array_ufunc__": "(self, ufunc: Any, method: str, /, *inputs: Any, **kwargs: Any) -> Any",
    "__array_function__": "(self, func: Any, types: Any, args: Any, kwargs: Any, /) -> Any",
    "__array__": "(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]",
    "__deepcopy__": "(self, memo: dict[int, Any]) -> Self",
    "__reduce_ex__": "(self, protocol: SupportsIndex) -> Any",
    "__dlpack__": "(self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None)"
    " -> Any",
    "__dlpack_device__": "(self) -> tuple[int, int]",
}

#: Properties of Tensor that are attached to it.
PROPERTIES = {
    **dict.fromkeys(("T", "mT", "H", "mH", "real", "imag"), "Tensor"),
    **dict.fromkeys(("itemsize", "nbytes"), "int"),
    **dict.fromkeys(("is_cpu", "is_cuda", "is_sparse", "is_sparse_csr"), "bool"),
    "layout": "Layout",
}

#: Where the names in annotations come from; "." is the package.
HOMES = {
    **dict.fromkeys(("Any", "Literal", "Self", "SupportsIndex", "overload"), "typing"),
    **dict.fromkeys(("Callable", "Iterator", "Sequence"), "collections.abc"),
    "NDArray": "numpy.typing",
    **dict.fromkeys("Array BackendLike DTypeLike DeviceLike Dims Index Number Operand Real".split(), "._core.typing"),
    "Aliasing": "._core.aliasing",
    "DType": "._dtypes",
    "Generator": "._functions.generator",
    "Layout": "._layouts",
    "Size": "._core.tensor",
    "SparseTensor": ".sparse.tensor",
    "Tensor": "._core.tensor",
    "ValuesAndIndices": "._functions.reductions",
}
