"""Random programs of views and writes give the same with and without overwriting of memory, and in PyTorch."""

from __future__ import annotations

import random

import pytest

import polygrad
from tests.cases.random_views import assert_close, choose_view, choose_write

SEEDS = 800


def run(library, seed: int, grad: bool):
    """A random program, and everything that can be seen at its end: values, flags, gradients."""
    choose = random.Random(seed)
    x = library.arange(12.0, dtype=library.float64).reshape(3, 4).clone().requires_grad_(grad)
    weight = library.tensor(1.5, dtype=library.float64, requires_grad=grad)
    seen, sums = [x * 1], []
    for _ in range(choose.randrange(3, 14)):
        t, other, kind = choose.choice(seen), choose.choice(seen), choose.random()
        if kind < 0.4:
            seen.append(choose_view(choose, t))
        elif kind < 0.45:
            seen.append(choose.choice([t.detach, lambda t=t: t.data])())
        elif kind < 0.5:
            sums.append(t.sum() * 2)
        elif kind < 0.55 and len(seen) > 2:
            del seen[choose.randrange(1, len(seen))]
        else:
            choose_write(library, choose, t, other, weight)
    result = [[t.tolist(), t.requires_grad] for t in (*seen, *sums)]
    varying = [(t * t).sum() for t in seen if t.requires_grad] + [s for s in sums if s.requires_grad]
    if varying:
        gradients = library.autograd.grad(sum(varying), [x, weight], allow_unused=True)
        result.append([None if g is None else g.tolist() for g in gradients])
    return result


def outcome(library, seed: int, grad: bool):
    """What `run` returns, or None where the program writes to an expanded tensor."""
    try:
        return run(library, seed, grad)
    except RuntimeError as error:
        if "single memory location" in str(error):
            return None
        raise


@pytest.mark.parametrize("grad", [False, True])
def test_overwriting_memory_gives_what_rebinding_gives(grad, monkeypatch):
    kernels = polygrad.get_backend("numpy").kernels
    overwriting = {name: kernels[name] for name in kernels if name.endswith("_")}
    assert overwriting
    for seed in range(SEEDS):
        result = outcome(polygrad, seed, grad)
        for name in overwriting:
            monkeypatch.delitem(kernels, name)
        assert result == outcome(polygrad, seed, grad), f"seed {seed}"
        monkeypatch.undo()


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.backend("strict")
def test_random_programs_give_the_same_on_a_backend_without_overwriting(grad):
    for seed in range(0, SEEDS, 5):
        expected = outcome(polygrad, seed, grad)
        with polygrad.use_backend("strict"):
            result = outcome(polygrad, seed, grad)
        assert (result is None) == (expected is None), f"seed {seed}"
        assert_close(result, expected)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("grad", [False, True])
def test_random_programs_give_what_pytorch_gives(grad):
    torch = pytest.importorskip("torch")
    compared = 0
    for seed in range(SEEDS):
        result = outcome(polygrad, seed, grad)
        try:
            expected = run(torch, seed, grad)
        except RuntimeError:  # what PyTorch forbids and polygrad does not is in test_aliasing.py
            continue
        if result is not None:  # polygrad cannot write to a part of an expanded tensor
            assert_close(result, expected)
            compared += 1
    assert compared > SEEDS / 2
