"""PyTorch's own samples of its layers, run on polygrad: repr, state, values, gradients of first and second order, and buffers.

The samples are part of PyTorch (``torch.testing._internal``).  Layers that polygrad does not have are left out.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytest.importorskip("expecttest", reason="PyTorch's samples need expecttest")

from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402

import polygrad  # noqa: E402
from polygrad import nn  # noqa: E402
from tests.cases.torch_samples import (  # noqa: E402
    DIFFERENT_LAYERS,
    LAYERS,
    find_tensors,
    layer_arguments,
    to_numpy,
    to_polygrad,
)

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

SAMPLES = 12


def without_dropout(module):
    for layer in module.modules():
        if "Dropout" in type(layer).__name__:
            layer.p = 0.0
        elif isinstance(getattr(layer, "dropout", None), float):
            layer.dropout = 0.0
    return module


def pair(info, sample, training):
    """PyTorch's layer, and polygrad's with the same settings and state."""
    given = sample.constructor_input
    theirs = without_dropout(info.module_cls(*given.args, **given.kwargs)).double().train(training)
    kind = getattr(nn, info.name.removeprefix("nn."))
    ours = without_dropout(kind(*layer_arguments(given.args), **layer_arguments(given.kwargs))).double().train(training)
    if isinstance(theirs, torch.nn.modules.lazy.LazyModuleMixin):  # there is a state after the first call
        assert repr(ours) == repr(theirs)
        inputs = sample.forward_input
        theirs(*inputs.args, **inputs.kwargs), ours(*to_polygrad(list(inputs.args)), **to_polygrad(inputs.kwargs))
    ours.load_state_dict(to_polygrad({name: value.detach() for name, value in theirs.state_dict().items()}))
    return theirs, ours


def gradients(library, module, given, outputs, seeds):
    """By inputs and parameters, and of the sum of the squares of these; None for what is not reached."""
    leaves = [x for x in find_tensors(given) if x.requires_grad] + [p for _, p in sorted(module.named_parameters())]
    if not leaves:
        return [], []
    first = library.autograd.grad(outputs, leaves, seeds, allow_unused=True, create_graph=True)
    live = [g for g in first if g is not None and g.requires_grad]
    squares = sum((g * g).sum() for g in live)
    return first, library.autograd.grad(squares, leaves, allow_unused=True) if live else [None] * len(leaves)


def assert_same(ours, theirs, tolerance, what):
    if ours is None or theirs is None:  # not reached, or with a gradient of zero
        assert all(x is None or np.abs(to_numpy(x)).max(initial=0) < 1e-8 for x in (ours, theirs)), what
        return
    a, b = to_numpy(ours), to_numpy(theirs)
    assert (a.shape, a.dtype) == (b.shape, b.dtype), what
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def compare(info, sample, training):
    theirs, ours = pair(info, sample, training)
    assert repr(ours) == repr(theirs)
    given = [list(sample.forward_input.args), sample.forward_input.kwargs]
    own = to_polygrad(given)
    expected = find_tensors(theirs(*given[0], **given[1]))
    found = find_tensors(ours(*own[0], **own[1]))
    for one, other in itertools.zip_longest(found, expected):
        assert_same(one, other, 1e-6, "value")
    live = [(one, other) for one, other in zip(found, expected, strict=True) if other.requires_grad]
    if live:
        generator = torch.Generator().manual_seed(0)
        seeds = [torch.randn(other.shape, dtype=other.dtype, generator=generator) for _, other in live]
        orders = zip(
            gradients(polygrad, ours, own, [one for one, _ in live], to_polygrad(seeds)),
            gradients(torch, theirs, given, [other for _, other in live], seeds),
            (1e-5, 1e-4),
            strict=True,
        )
        for order, (mine, its, tolerance) in enumerate(orders, 1):
            for one, other in zip(mine, its, strict=True):
                assert_same(one, other, tolerance, f"gradient of order {order}")
    for (name, one), (_, other) in zip(sorted(ours.named_buffers()), sorted(theirs.named_buffers()), strict=True):
        assert_same(one, other, 1e-6, f"buffer {name}")


@pytest.mark.parametrize("name", LAYERS)
def test_samples(name):
    if name in DIFFERENT_LAYERS:
        pytest.skip(DIFFERENT_LAYERS[name])
    info, failures, count = LAYERS[name], [], 0
    for training in (True, False):
        samples = info.module_inputs_func(
            info, device="cpu", dtype=torch.float64, requires_grad=True, training=training
        )
        for number, sample in enumerate(itertools.islice(samples, SAMPLES)):
            if sample.forward_input is None:
                continue
            count += 1
            try:
                with sdpa_kernel(SDPBackend.MATH):  # PyTorch's other attention has no second derivative
                    compare(info, sample, training)
            except Exception as error:  # every sample is heard before the verdict
                settings = f"{sample.constructor_input.args} {sample.constructor_input.kwargs}"
                failures.append(
                    f"training={training}, sample {number}, {settings}:\n    {type(error).__name__}: {error}"
                )
    assert not failures, f"{len(failures)} of {count} samples differ:\n" + "\n".join(failures[:5])
