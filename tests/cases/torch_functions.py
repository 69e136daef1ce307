"""PyTorch's function for rows of the table: the same operands and settings, the same random cotangents."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from polygrad.testing.table import Results, Row

try:
    import torch
except ImportError:
    torch = None


def _reduction(function: Any) -> Any:
    """NumPy's arguments for PyTorch's."""

    def reduce(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        if axis is None:
            return function(x) if not keepdims else function(x, dim=tuple(range(x.ndim)), keepdim=True)
        return function(x, dim=axis, keepdim=keepdims)

    return reduce


def _prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if axis is None:
        return torch.prod(x)
    for a in sorted((axis,) if isinstance(axis, int) else [a % x.ndim for a in axis], reverse=True):
        x = torch.prod(x, a, keepdim=keepdims)
    return x


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)


def _adjoint(x: Any) -> Any:
    return x.mT.conj() if x.is_complex() else x.mT


def _eigh(x: Any) -> Any:
    values, vectors = torch.linalg.eigh(x + _adjoint(x))
    return values, (vectors * torch.sin(values)[..., None, :]) @ _adjoint(vectors), vectors.abs()


def _svd(x: Any, full_matrices: bool = False) -> Any:
    u, s, vh = torch.linalg.svd(x, full_matrices=full_matrices)
    rank = s.shape[-1]
    u, vh = u[..., :rank], vh[..., :rank, :]
    return (u * (s * s)[..., None, :]) @ vh, s, u.abs(), vh.abs()


def _functions() -> dict[str, Any]:
    if torch is None:
        return {}
    F, linalg = torch.nn.functional, torch.linalg
    same = """add subtract multiply divide pow maximum minimum atan2 hypot logaddexp copysign remainder equal not_equal less
        less_equal greater greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor isfinite isinf
        isnan signbit logical_not where negative positive square exp expm1 sin cos tan sinh cosh tanh atan asinh asin acos
        atanh acosh log log2 log10 log1p sqrt reciprocal sigmoid floor ceil trunc abs erf relu clone matmul tril triu
        complex""".split()
    found = {name: getattr(torch, {"equal": "eq"}.get(name, name)) for name in same}
    found["tril"], found["triu"] = (lambda x, k=0: torch.tril(x, k)), (lambda x, k=0: torch.triu(x, k))
    found.update(
        {
            "power": lambda x, exponent: x**exponent,
            "conj": lambda x: x.conj().resolve_conj(),
            "real": lambda x: x.real * 1,
            "imag": lambda x: x.imag * 1,
            "sign": torch.sgn,
            "clip": lambda x, min=None, max=None: torch.clamp(x, min, max),
            "sum": _reduction(torch.sum),
            "mean": _reduction(torch.mean),
            "var": lambda x, axis=None, correction=1.0, keepdims=False: torch.var(
                x, dim=axis, correction=correction, keepdim=keepdims
            ),
            "max": _reduction(torch.amax),
            "min": _reduction(torch.amin),
            "prod": _prod,
            "logsumexp": _logsumexp,
            "cumulative_sum": lambda x, axis: torch.cumsum(x, axis),
            "cumulative_prod": lambda x, axis: torch.cumprod(x, axis),
            "softmax": lambda x, axis: torch.softmax(x, axis),
            "log_softmax": lambda x, axis: torch.log_softmax(x, axis),
            "power_norm": lambda x, ord=2, axis=None, keepdims=False: linalg.vector_norm(x, ord, axis, keepdims),
            "gelu": lambda x, approximate="none": F.gelu(x, approximate=approximate),
            "silu": F.silu,
            "logsigmoid": F.logsigmoid,
            "softplus": lambda x, beta=1.0, threshold=20.0: F.softplus(x, beta, threshold),
            "leaky_relu": lambda x, negative_slope=0.01: F.leaky_relu(x, negative_slope),
            "hardtanh": lambda x, lowest=-1.0, highest=1.0: F.hardtanh(x, lowest, highest),
            "solve": linalg.solve,
            "solve_triangular": lambda a, b, upper, unitriangular=False: linalg.solve_triangular(
                a, b, upper=upper, unitriangular=unitriangular
            ),
            "inv": linalg.inv,
            "pinv": lambda x, rtol=None, atol=None: linalg.pinv(x, rtol=rtol, atol=atol),
            "det": linalg.det,
            "slogdet": lambda x: tuple(linalg.slogdet(x)),
            "cholesky": lambda x: linalg.cholesky(x @ _adjoint(x)),
            "eigh": _eigh,
            "eigvalsh": lambda x: linalg.eigvalsh(x + _adjoint(x)),
            "svd": _svd,
            "svdvals": linalg.svdvals,
            "linear": F.linear,
            "linear_without_bias": F.linear,
            "conv2d": lambda x, w, **s: F.conv2d(x, w, None, **s),
            "mse_loss": lambda x, y, reduction="mean": F.mse_loss(x, y, reduction=reduction),
            "binary_cross_entropy": lambda x, y: F.binary_cross_entropy(
                *torch.broadcast_tensors(x, y), reduction="none"
            ),
            "sort": lambda x, axis=-1, descending=False: tuple(torch.sort(x, axis, descending)),
            "topk": lambda x, k, axis=-1, largest=True: tuple(torch.topk(x, k, axis, largest)),
        }
    )
    return found


TORCH = _functions()


def _numbers(x: Any) -> Any:
    return x.detach().resolve_conj().resolve_neg().numpy(force=True)


def evaluate_with_torch(row: Row, number: int, precision: str) -> Results:
    """As `polygrad.testing.table.evaluate`, by PyTorch."""
    operands = [torch.tensor(x, requires_grad=x.dtype.kind in "fc") for x in row.sample(number, precision)]
    random = np.random.default_rng(zlib.crc32(row.name.encode()) ^ number)
    result = TORCH[row.name](*operands, **row.cases[number].settings)
    outputs = result if isinstance(result, tuple) else (result,)
    values = [_numbers(out) for out in outputs]
    inputs = [x for x in operands if x.requires_grad]
    live = [out for out in outputs if out.requires_grad]
    if not live or not row.orders:
        return Results(values, [], [])

    def seeds(tensors: Any, requires_grad: bool) -> list[Any]:
        made = []
        for out in tensors:
            g = random.standard_normal(tuple(out.shape))
            g = g + 1j * random.standard_normal(tuple(out.shape)) if out.is_complex() else g
            made.append(torch.tensor(g, dtype=out.dtype, requires_grad=requires_grad))
        return made

    def zeros_for_none(grads: Any, like: Any) -> list[Any]:
        return [_numbers(torch.zeros_like(x) if g is None else g) for g, x in zip(grads, like, strict=True)]

    first_seeds = seeds(live, True)
    first = torch.autograd.grad(live, inputs, first_seeds, create_graph=True, allow_unused=True)
    gradients = zeros_for_none(first, inputs)
    again = [g for g in first if g is not None and g.requires_grad]
    if row.orders < 2 or not again:
        return Results(values, gradients, [])
    variables = inputs + first_seeds
    second = torch.autograd.grad(again, variables, seeds(again, False), allow_unused=True)
    return Results(values, gradients, zeros_for_none(second, variables))
