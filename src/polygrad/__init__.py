"""polygrad: autograd with PyTorch's define-by-run API on any Array API library.

import polygrad

x = polygrad.tensor([1.0, 2.0, 3.0], requires_grad=True)
(x * x).sum().backward()
x.grad  # tensor([2., 4., 6.])
"""

from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

from . import _dtypes, _paths
from ._dtypes import (
    DType,
    bfloat16,
    bool,
    complex64,
    complex128,
    finfo,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    set_default_dtype,
    uint8,
    uint16,
    uint32,
    uint64,
)

__version__ = "0.1.0"

e, inf, nan, pi, newaxis = 2.718281828459045, float("inf"), float("nan"), 3.141592653589793, None
globals().update(_dtypes.ALIASES)
dtype = DType

#: Modules that are imported when they are first named.
_SUBMODULES = frozenset(
    "autograd backends compiler cuda func linalg nn optim random serialization testing types utils viz".split()
)
#: Where the other public names are found, when they are first asked for.
_HOMES = {
    **{
        name: f"._functions.{module}"
        for module, names in {
            "creation": """tensor as_tensor from_numpy full zeros ones empty zeros_like ones_like empty_like full_like
                arange linspace logspace eye tril_indices triu_indices""",
            "elementwise": """pow add sub div where clamp rsqrt lerp addcmul addcdiv fmod nan_to_num positive round
                clamp_max clamp_min deg2rad float_power frac heaviside rad2deg""",
            "comparison": "isclose allclose equal fmax fmin isneginf isposinf",
            "special": "exp2 logit xlogy",
            "complex": """angle conj conj_physical is_conj resolve_conj resolve_neg real imag complex isreal polar
                view_as_complex view_as_real""",
            "reductions": """sum prod mean var std var_mean std_mean max min amax amin all any logsumexp norm
                count_nonzero aminmax nanmean nansum""",
            "cumulative": "cumsum cumprod cummax cummin",
            "calculus": "diff trapezoid trapz",
            "manipulation": """reshape permute transpose swapaxes swapdims t movedim moveaxis unsqueeze squeeze flatten
                unflatten ravel flip fliplr flipud roll clone atleast_1d atleast_2d atleast_3d rot90 adjoint""",
            "broadcasting": "broadcast_shapes broadcast_to broadcast_tensors tile meshgrid",
            "joining": "cat stack block_diag cartesian_prod column_stack dstack hstack row_stack vstack",
            "slicing": """narrow select split chunk tensor_split unbind dsplit hsplit select_scatter slice_scatter
                vsplit""",
            "diagonals": "diagonal tril triu trace diag diag_embed diagflat diagonal_scatter",
            "scatter_gather": """repeat_interleave index_select gather take_along_dim take scatter scatter_add index_add
                index_fill index_copy index_put masked_fill masked_select masked_scatter""",
            "searching": "argmax argmin nonzero argwhere searchsorted bucketize",
            "sorting": "sort argsort msort topk kthvalue median quantile",
            "sets": "unique unique_consecutive bincount isin",
            "matmul": "mm bmm mv dot vdot vecdot inner outer kron chain_matmul addmm addmv addr baddbmm addbmm cross",
            "einsum": "tensordot einsum",
            "linalg": "inv cholesky_solve cholesky_inverse pinv det slogdet logdet matrix_power",
            "decompositions": "_legacy_svd cholesky qr",
            "distance": "cdist",
            "random": "bernoulli multinomial normal rand rand_like randint randint_like randn randn_like randperm",
            "generator": "Generator default_generator get_rng_state initial_seed manual_seed seed set_rng_state",
            "dtypes": """can_cast is_complex is_floating_point is_nonzero is_signed is_tensor numel promote_types
                result_type""",
            "legacy_types": """BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor
                IntTensor LongTensor ShortTensor""",
            "foreign": "asarray from_dlpack",
            "printing": "set_printoptions",
            "nn.activations": "celu hardshrink log_softmax prelu selu softmax threshold",
            "nn.convolution": "conv1d conv2d conv_transpose1d conv_transpose2d",
            "nn.distance": "cosine_similarity pairwise_distance",
            "nn.dropout": "alpha_dropout dropout",
            "nn.linear": "bilinear",
            "nn.normalization": "batch_norm group_norm instance_norm layer_norm rms_norm",
            "nn.pooling": "adaptive_avg_pool1d adaptive_max_pool1d avg_pool1d max_pool1d max_pool2d",
            "nn.vision": "channel_shuffle pixel_shuffle pixel_unshuffle",
        }.items()
        for name in names.split()
    },
    **dict.fromkeys(("Size", "Tensor"), "._core.tensor"),
    **dict.fromkeys(
        (
            "enable_grad",
            "inference_mode",
            "is_grad_enabled",
            "is_inference_mode_enabled",
            "no_grad",
            "set_grad_enabled",
        ),
        ".autograd.grad_mode",
    ),
    "Device": "._devices",
    **dict.fromkeys(("load", "save"), ".serialization"),
    "primitive": "._core.primitive",
    "tune_allocator": "._allocator",
    "vmap": ".func",
    "compile": ".compiler",
    **dict.fromkeys(("cond", "scan", "while_loop"), ".compiler.control_flow.api"),
    **dict.fromkeys(("get_backend", "set_backend", "use_backend"), ".backends"),
}
_RENAMED = {
    "device": "Device",
    "concat": "cat",
    "concatenate": "cat",
    "clip": "clamp",
    "as_array": "as_tensor",
    "permute_dims": "permute",
    "ger": "outer",
    "inverse": "inv",
    "pinverse": "pinv",
    "svd": "_legacy_svd",
}


def __getattr__(name: str) -> _Any:
    if name in _SUBMODULES or name in _paths.BEHIND:
        return _importlib.import_module(f".{name}", __name__)
    functions = _importlib.import_module("._functions", __name__)  # gives Tensor its methods
    known = _RENAMED.get(name, name)
    if known in _HOMES:
        found = getattr(_importlib.import_module(_HOMES[known], __name__), known)
    else:
        found = functions.primitive_named(name)
        if found is None:
            raise AttributeError(f"module 'polygrad' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    names = _importlib.import_module("._functions", __name__).TORCH_NAMES
    return sorted({*globals(), *_SUBMODULES, *_HOMES, *_RENAMED, *names})
