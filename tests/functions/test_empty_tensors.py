"""Tensors without elements: an empty batch, no keys, an axis of length 0.  What PyTorch gives, or an error that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import polygrad
import polygrad.linalg

LAYERS = {
    **{f"{kind}{options}": f"{kind}(3, 2{options})" for kind in ("RNN", "GRU", "LSTM")
       for options in ("", ", num_layers=2", ", bidirectional=True", ", bias=False")},
    "Linear": "Linear(3, 4)", "LayerNorm": "LayerNorm(3)", "RMSNorm": "RMSNorm(3)", "Softmax": "Softmax(-1)",
}  # fmt: skip
#: A layer, and the shape of an empty batch for it.
BATCHES = {
    **{name: (text, (5, 0, 3)) for name, text in LAYERS.items()},
    "LSTM batch first": ("LSTM(3, 2, batch_first=True)", (0, 5, 3)),
    **{f"{kind}Cell": (f"{kind}Cell(3, 2)", (0, 3)) for kind in ("RNN", "GRU", "LSTM")},
    "Conv1d": ("Conv1d(2, 3, 3)", (0, 2, 5)), "Conv2d": ("Conv2d(2, 3, 3)", (0, 2, 5, 5)),
    "ConvTranspose2d": ("ConvTranspose2d(2, 3, 3)", (0, 2, 5, 5)), "MaxPool2d": ("MaxPool2d(2)", (0, 2, 4, 4)),
    "AvgPool2d": ("AvgPool2d(2)", (0, 2, 4, 4)), "AdaptiveAvgPool2d": ("AdaptiveAvgPool2d(2)", (0, 2, 4, 4)),
    "GroupNorm": ("GroupNorm(1, 2)", (0, 2, 4)), "Flatten": ("Flatten()", (0, 4, 2)),
    "TransformerEncoderLayer": ("TransformerEncoderLayer(4, 2, 8)", (3, 0, 4)),
}  # fmt: skip

LOSSES = {
    **{name: lambda T, x, name=name, **kw: getattr(T.nn.functional, name)(x, T.zeros(0, 3), **kw)
       for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "kl_div",
                    "binary_cross_entropy_with_logits", "cross_entropy")},
    **{name + " of classes": lambda T, x, name=name, **kw: getattr(T.nn.functional, name)(x, T.zeros(0, dtype=T.int64), **kw)
       for name in ("cross_entropy", "nll_loss")},
}  # fmt: skip


def _attention(T: Any, query: Any, keys: tuple[int, ...], **settings: Any) -> Any:
    return T.nn.functional.scaled_dot_product_attention(query, T.zeros(*keys), T.zeros(*keys), **settings)


#: Functions of one tensor, and its shape.
FUNCTIONS: dict[str, tuple[Callable[[Any, Any], Any], tuple[int, ...]]] = {
    **{f"{name} {settings}": (lambda T, x, loss=loss, kw=settings: loss(T, x, **kw), (0, 3))
       for name, loss in LOSSES.items() for settings in ({"reduction": "mean"}, {"reduction": "sum"}, {"reduction": "none"})},
    "attention without keys": (lambda T, x: _attention(T, x, (1, 2, 0, 4)), (1, 2, 3, 4)),
    "causal attention without keys": (lambda T, x: _attention(T, x, (1, 2, 0, 4), is_causal=True), (1, 2, 3, 4)),
    "masked attention without keys": (
        lambda T, x: _attention(T, x, (1, 2, 0, 4), attn_mask=T.ones(3, 0, dtype=T.bool)), (1, 2, 3, 4)),
    "attention without queries": (lambda T, x: _attention(T, x, (1, 2, 3, 4)), (1, 2, 0, 4)),
    "attention without a batch": (lambda T, x: _attention(T, x, (0, 2, 3, 4), is_causal=True), (0, 2, 3, 4)),
    **{f"{name} {shape} {dim}": (lambda T, x, name=name, dim=dim: getattr(T, name)(x, *dim), shape)
       for name in ("sum", "mean", "prod", "std", "logsumexp", "argmax", "argmin", "max", "min", "median", "amax", "amin",
                    "cumsum", "sort", "softmax", "log_softmax", "nanmean")
       for shape, dim in (((0,), ()), ((0,), (0,)), ((0, 3), ()), ((0, 3), (0,)), ((0, 3), (1,)), ((3, 0), (1,)))
       if dim or name not in ("logsumexp", "cumsum", "softmax", "log_softmax")},
    "quantile": (lambda T, x: T.quantile(x, 0.5), (0,)), "diff of no axes": (lambda T, x: T.diff(x), ()),
    "aminmax": (lambda T, x: tuple(T.aminmax(x)), (0, 2)), "norm": (lambda T, x: T.linalg.norm(x), (0, 3)),
    **{f"{name} {shape}": (lambda T, x, name=name: getattr(T.linalg, name)(x), shape)
       for name in ("det", "inv", "svdvals", "eigvalsh", "pinv") for shape in ((0, 0), (0, 2, 2))},
    "cond": (lambda T, x: T.linalg.cond(x).detach(), (0, 3)),
    **{f"cross_entropy without classes {reduction}": (
        lambda T, x, reduction=reduction: T.nn.functional.cross_entropy(x, T.zeros(0, dtype=T.int64), reduction=reduction), (0, 0))
       for reduction in ("mean", "sum", "none")},
    **{f"chunk {shape} {dim}": (lambda T, x, dim=dim: T.chunk(x, 3, dim), shape)
       for shape, dim in (((0,), 0), ((0, 3), 0), ((0, 3), 1), ((3, 0), 1))},
}  # fmt: skip


def _tensors(found: Any) -> Iterator[Any]:
    if isinstance(found, (tuple, list)):
        for one in found:
            yield from _tensors(one)
    elif found is not None:
        yield found


def _run(
    T: Any, function: Callable[[Any], Any], shape: tuple[int, ...], parameters: Any = ()
) -> list[np.ndarray] | str:
    """What a function gives, with the gradients; or that it raises."""
    x = T.zeros(shape, requires_grad=True)
    try:
        outputs = list(_tensors(function(x)))
    except (RuntimeError, IndexError, ValueError) as error:
        return "raises" if "cannot take operands" not in str(error) else f"raises from the inside: {error}"
    live = [out for out in outputs if out.requires_grad]
    if live:
        sum(out.sum() for out in live).backward()
    gradients = [p.grad if p.grad is not None else T.zeros(p.shape) for p in (x, *parameters)]
    return [np.asarray(out.detach().numpy()) for out in (*outputs, *gradients)]


def _layer(T: Any, name: str) -> list[np.ndarray] | str:
    text, shape = BATCHES[name]
    layer = eval(f"nn.{text}", {"nn": T.nn})
    return _run(T, layer, shape, list(layer.parameters()))


def _same(found: Any, expected: Any) -> None:
    if isinstance(found, str) or isinstance(expected, str):
        assert found == expected
        return
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.shape == b.shape


def _compiles(backend: str) -> bool:
    return "jit" in polygrad.get_backend(backend).capabilities


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", BATCHES)
def test_an_empty_batch_goes_through_a_layer_and_back(name, backend):
    if _compiles(backend) and name not in ("GRU", "LSTM, bidirectional=True", "Conv2d", "LayerNorm"):
        pytest.skip("a few layers are enough where each operation is compiled first")
    found = _layer(polygrad, name)
    assert not isinstance(found, str), f"{name} refuses an empty batch"
    assert 0 in found[0].shape
    assert all(np.all(x == 0) for x in found[1:])


@pytest.mark.filterwarnings("ignore")
def test_functions_of_nothing_agree_between_backends(backend):
    some = dict(list(FUNCTIONS.items())[:: 9 if _compiles(backend) else 1])
    results = {name: _run(polygrad, lambda x, f=f: f(polygrad, x), shape) for name, (f, shape) in some.items()}
    with polygrad.use_backend("numpy"):
        for name, (function, shape) in some.items():
            _same(results[name], _run(polygrad, lambda x, f=function: f(polygrad, x), shape))


def test_values_of_nothing(backend):
    nothing = polygrad.zeros(0)
    assert polygrad.logsumexp(nothing, 0).item() == -np.inf
    assert np.isnan(polygrad.median(nothing).item())
    assert polygrad.linalg.cond(polygrad.zeros(0, 3)).item() == 0.0
    keys = polygrad.zeros(0, 4)
    assert (
        polygrad.nn.functional.scaled_dot_product_attention(polygrad.ones(2, 4), keys, keys).tolist() == [[0.0] * 4] * 2
    )
    for function in (polygrad.argmax, polygrad.max, polygrad.amin):
        with pytest.raises((IndexError, RuntimeError), match="elements"):
            function(nothing)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_as_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for name in BATCHES:
        _same(_layer(polygrad, name), _layer(torch, name))
    for function, shape in FUNCTIONS.values():
        _same(
            _run(polygrad, lambda x, f=function: f(polygrad, x), shape),
            _run(torch, lambda x, f=function: f(torch, x), shape),
        )


#: Functions of neighbouring elements, by the dimensions of their input.
NEIGHBOURS = {
    **{f"{kind}_pool{n}d": (n + 2, lambda T, x, name=f"{kind}_pool{n}d": getattr(T.nn.functional, name)(x, 2))
       for n in (1, 2) for kind in ("max", "avg", "adaptive_max", "adaptive_avg")},
    **{f"lp_pool{n}d": (n + 2, lambda T, x, n=n: getattr(T.nn.functional, f"lp_pool{n}d")(x, 2, 2)) for n in (1, 2)},
    **{f"{mode} padding {n}": (n + 2, lambda T, x, mode=mode, n=n: T.nn.functional.pad(x, (1, 1) * n, mode))
       for n in (1, 2, 3) for mode in ("reflect", "replicate")},
    "unfold": (4, lambda T, x: T.nn.functional.unfold(x, 2)), "fold": (3, lambda T, x: T.nn.functional.fold(x, 3, 2)),
    **{f"interpolate {mode}": (n + 2, lambda T, x, mode=mode: T.nn.functional.interpolate(x, 3, mode=mode))
       for mode, n in (("nearest", 1), ("nearest", 2), ("linear", 1), ("bilinear", 2), ("bicubic", 2), ("area", 2))},
    "conv_transpose2d": (4, lambda T, x: T.nn.functional.conv_transpose2d(x, T.ones(max(x.shape[1], 1), 2, 2, 2))),
}  # fmt: skip


@pytest.mark.parity
@pytest.mark.parametrize("name", NEIGHBOURS)
def test_only_the_batch_may_be_empty(name):
    torch = pytest.importorskip("torch")
    count, function = NEIGHBOURS[name]
    for place in range(count):
        shape = tuple(0 if place == i else 4 for i in range(count))
        try:
            expected = function(torch, torch.ones(shape)).shape
        except RuntimeError:
            with pytest.raises(RuntimeError):
                function(polygrad, polygrad.ones(shape))
        else:
            assert function(polygrad, polygrad.ones(shape)).shape == tuple(expected), shape


@pytest.mark.parametrize("options", [{}, {"stride": 2}, {"stride": 2, "dilation": 2}, {"groups": 2}])
def test_a_convolution_of_no_channels_is_the_bias(options, backend):
    x, weight = polygrad.ones(2, 0, 7, 7, requires_grad=True), polygrad.ones(4, 0, 3, 3, requires_grad=True)
    result = polygrad.nn.functional.conv2d(x, weight, polygrad.ones(4), **options)
    result.sum().backward()
    assert bool((result == 1).all()) and x.grad.shape == x.shape and weight.grad.shape == weight.shape
