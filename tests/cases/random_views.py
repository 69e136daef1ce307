"""Random views of a tensor and random writes into it, for PyTorch or polygrad."""

from __future__ import annotations

import random

import pytest


def choose_view(choose: random.Random, t):
    """Some view of ``t``; never more than it has room for."""
    shape = tuple(t.shape)
    kinds = [lambda: t[None], lambda: t[...], lambda: t.view(shape), lambda: t.expand(2, *shape)]
    # PyTorch's copies keep the strides of a transpose; polygrad's are always contiguous.
    kinds.append(lambda: t.flatten().clone().reshape(shape))
    if shape:
        first, second = choose.randrange(len(shape)), choose.randrange(len(shape))
        start, stop = sorted((choose.randrange(shape[0] + 1), choose.randrange(shape[0] + 1)))
        step, rows, place = choose.choice([1, 1, 2]), choose.choice([1, 2, 3]), choose.randrange(len(shape) + 1)
        kinds += [
            lambda: t[choose.randrange(shape[0])] if shape[0] else t[:],
            lambda: t[start:stop:step],
            lambda: t[..., -1:],
            lambda: t.unsqueeze(place),
            lambda: t.transpose(first, second),
            lambda: t.squeeze(),
            lambda: t.flatten(),
            lambda: t.reshape(rows, -1) if t.numel() and t.numel() % rows == 0 else t.reshape(-1),
            lambda: t.narrow(first, 0, max(1, shape[first] - 1)) if shape[first] else t[:],
            lambda: t.permute(*reversed(range(len(shape)))),
        ]
    if len(shape) > 1:
        kinds += [t.diagonal, lambda: t.mT]
    return choose.choice(kinds)()


def choose_write(library, choose: random.Random, t, other, weight) -> None:
    """Write something into ``t``."""
    number, kind = choose.choice([2.0, -1.5, 3]), choose.randrange(11)
    row = choose.randrange(t.shape[0]) if t.ndim and t.shape[0] else None
    if kind == 0:
        t.add_(number)
    elif kind == 1:
        t.mul_(number)
    elif kind == 2:
        t.mul_(weight)
    elif kind == 3:
        t.fill_(number)
    elif kind == 4:
        t.zero_()
    elif kind == 5:
        with library.no_grad():
            t.sub_(number)
    elif kind == 6 and row is not None:
        t[row] = number
    elif kind == 7:
        t[t > number] = 1.25
    elif kind == 8 and row is not None:
        t[library.tensor([row])] = number
    elif kind == 9:
        t.add_(other.clone().sum())
    elif kind == 10 and tuple(other.shape) == tuple(t.shape):
        t.copy_(other.clone())


def assert_close(result, expected):
    if isinstance(expected, list):
        assert isinstance(result, list) and len(result) == len(expected)
        for one, other in zip(result, expected, strict=True):
            assert_close(one, other)
    elif isinstance(expected, float):
        assert result == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), f"{result} is not {expected}"
    else:
        assert result == expected, f"{result} is not {expected}"
