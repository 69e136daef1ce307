"""`split`, `unbind` and the like: one operation with one gradient array, whose outputs are views."""

from __future__ import annotations

import pytest

import polygrad as pg
from polygrad.testing import assert_close


def test_parts_share_a_node(backend):
    x = (pg.arange(12.0).reshape(3, 4).requires_grad_() * 1.0).tanh()
    first, second = x.chunk(2, dim=1)
    assert first.grad_fn.name() == "SplitBackward"
    assert first.grad_fn.next_functions == second.grad_fn.next_functions


@pytest.mark.parametrize("used", [(0, 1, 2), (1,), (0, 2), (2, 2)], ids=str)
def test_gradient_of_some_parts(used, backend):
    x = pg.arange(12.0).reshape(2, 6).requires_grad_()
    parts = x.split([1, 3, 2], dim=1)
    sum(((k + 1) * parts[k]).sum() for k in used).backward()
    weights = [sum(k + 1 for k in used if k == part) for part in range(3)]
    expected = pg.tensor([weights[0], *[weights[1]] * 3, *[weights[2]] * 2], dtype=pg.float32)
    assert_close(x.grad, expected.expand(2, 6))


def test_gradient_of_rows(backend):
    x = pg.ones(3, 2).requires_grad_()
    a, _, c = x
    (a * 2 + c).sum().backward()
    assert_close(x.grad, pg.tensor([[2.0, 2.0], [0.0, 0.0], [1.0, 1.0]]))


def test_writes_reach_the_base_and_its_other_views(backend):
    leaf = pg.ones(2, 4, requires_grad=True)
    x = leaf * 1.0
    first, second = x.chunk(2, dim=1)
    first.mul_(3.0)
    x[:, 3] = 5.0
    assert_close(x.detach(), pg.tensor([[3.0, 3.0, 1.0, 5.0]]).expand(2, 4))
    assert_close(second.detach(), pg.tensor([[1.0, 5.0]]).expand(2, 2))
    (first * first).sum().backward()
    assert_close(leaf.grad, pg.tensor([[18.0, 18.0, 0.0, 0.0]]).expand(2, 4))


def test_second_order():
    x = pg.tensor([0.5, -1.0, 2.0, 0.3], dtype=pg.float64, requires_grad=True)

    def product(x):
        a, b = x.chunk(2)
        return a.sin() * b * b

    assert pg.autograd.gradgradcheck(product, (x,))
