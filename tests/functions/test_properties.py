"""Properties that hold for every shape, key and value: hypothesis looks for those where they do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

import polygrad

EXPECTED = (TypeError, ValueError, IndexError, RuntimeError)
BACKENDS = [name for name in ("numpy", "strict") if name in polygrad.backends.available()]

settings.register_profile("polygrad", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("polygrad")

numbers = st.floats(-4, 4, width=32)
shapes = hn.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


def arrays(shape=shapes, dtype=np.float64):
    return hn.arrays(dtype, shape, elements=numbers)


def tensor(array, backend, requires_grad=False):
    return polygrad.tensor(array, backend=backend, requires_grad=requires_grad)


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_broadcasting_and_the_gradients_back(backend, data):
    both = data.draw(hn.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=4))
    a, b = (data.draw(arrays(shape)) for shape in both.input_shapes)
    x, y = tensor(a, backend, True), tensor(b, backend, True)
    z = x * y + x
    assert z.shape == both.result_shape
    np.testing.assert_allclose(z.detach().numpy(), a * b + a)
    z.sum().backward()
    ones = np.ones(both.result_shape)
    for grad, factor, leaf in ((x.grad, b + 1, a), (y.grad, a, b)):
        whole = np.broadcast_to(factor, both.result_shape) * ones
        extra = whole.ndim - leaf.ndim
        axes = (*range(extra), *(i + extra for i, n in enumerate(leaf.shape) if n == 1))
        np.testing.assert_allclose(grad.numpy(), whole.sum(axis=axes).reshape(leaf.shape), atol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_basic_keys_read_and_write_as_numpy(backend, data):
    array = data.draw(arrays(hn.array_shapes(min_dims=1, max_dims=4, max_side=4)))
    key = data.draw(hn.basic_indices(array.shape, allow_ellipsis=True, allow_newaxis=True))
    x = tensor(array, backend)
    np.testing.assert_array_equal(x[key].numpy(), array[key])
    x[key] = 9.0
    written = array.copy()
    written[key] = 9.0
    np.testing.assert_array_equal(x.numpy(), written)


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_index_arrays_read_write_and_add_up_repeated_rows(backend, data):
    array = data.draw(arrays(hn.array_shapes(min_dims=1, max_dims=3, max_side=4)))
    key = data.draw(
        hn.integer_array_indices(array.shape, result_shape=hn.array_shapes(min_dims=1, max_dims=2, max_side=4))
    )
    wrapped = tuple(tensor(index, backend) for index in key)
    x = tensor(array, backend, True)
    picked = x[wrapped]
    np.testing.assert_array_equal(picked.detach().numpy(), array[key])
    picked.sum().backward()
    counts = np.zeros_like(array)
    np.add.at(counts, key, 1)
    np.testing.assert_array_equal(x.grad.numpy(), counts)
    y, written = tensor(array, backend), array.copy()
    y[wrapped] = 5.0
    written[key] = 5.0
    np.testing.assert_array_equal(y.numpy(), written)


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_masks(backend, data):
    array = data.draw(arrays(hn.array_shapes(min_dims=1, max_dims=3, max_side=4)))
    mask = data.draw(hn.arrays(np.bool_, array.shape))
    x = tensor(array, backend)
    np.testing.assert_array_equal(x[tensor(mask, backend)].numpy(), array[mask])
    x[tensor(mask, backend)] = -1.0
    np.testing.assert_array_equal(x.numpy(), np.where(mask, -1.0, array))


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_reductions_as_numpy(backend, data):
    array = data.draw(arrays(hn.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4)))
    axes = data.draw(st.sets(st.integers(-array.ndim, array.ndim - 1), max_size=array.ndim))
    axes = tuple({axis % array.ndim: axis for axis in axes}.values()) or None
    keep = data.draw(st.booleans())
    x = tensor(array, backend)
    for name in ("sum", "mean", "amax", "amin"):
        found = getattr(x, name)(dim=axes, keepdim=keep)
        np.testing.assert_allclose(found.numpy(), getattr(np, name)(array, axis=axes, keepdims=keep), atol=1e-9)
    np.testing.assert_allclose(
        x.var(dim=axes, keepdim=keep, correction=0).numpy(), array.var(axis=axes, keepdims=keep), atol=1e-9
    )


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_shaping_there_and_back(backend, data):
    array = data.draw(arrays())
    x = tensor(array, backend)
    order = data.draw(st.permutations(range(array.ndim)))
    moved = x.permute(*order) if order else x
    np.testing.assert_array_equal(moved.numpy(), array.transpose(order))
    back = sorted(range(array.ndim), key=order.__getitem__)
    np.testing.assert_array_equal((moved.permute(*back) if back else moved).numpy(), array)
    np.testing.assert_array_equal(x.flatten().reshape(*array.shape).numpy(), array)
    if array.ndim:
        axis = data.draw(st.integers(0, array.ndim - 1))
        parts = x.split(max(1, array.shape[axis] // 2), axis)
        np.testing.assert_array_equal(polygrad.cat(parts, axis).numpy(), array)
        np.testing.assert_array_equal(x.flip(axis).flip(axis).numpy(), array)


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=st.data())
def test_matmul_as_numpy(backend, data):
    shapes_of = data.draw(hn.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=4, max_side=3))
    a, b = (data.draw(arrays(shape)) for shape in shapes_of.input_shapes)
    np.testing.assert_allclose((tensor(a, backend) @ tensor(b, backend)).numpy(), a @ b, atol=1e-9)


BAD = {
    "reshape": lambda x, n: x.reshape(n),
    "permute": lambda x, n: x.permute(*n),
    "expand": lambda x, n: x.expand(*n),
    "sum": lambda x, n: x.sum(dim=tuple(n)),
    "index": lambda x, n: x[tuple(n)],
    "assign": lambda x, n: x.__setitem__(tuple(n), polygrad.ones(7, 7, 7, 7, 7, backend=x.backend)),
    "add": lambda x, n: x + polygrad.ones(*[abs(v) for v in n], backend=x.backend),
    "matmul": lambda x, n: x @ polygrad.ones(*[abs(v) for v in n], backend=x.backend),
    "cat": lambda x, n: polygrad.cat([x, polygrad.ones(*[abs(v) for v in n], backend=x.backend)], n[0]),
    "transpose": lambda x, n: x.transpose(n[0], n[-1]),
    "split": lambda x, n: x.split(list(n)),
    "conv2d": lambda x, n: polygrad.nn.functional.conv2d(x, polygrad.ones(*[abs(v) for v in n], backend=x.backend)),
    "gather": lambda x, n: x.gather(n[0], polygrad.tensor(n, backend=x.backend)),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", BAD)
@given(
    array=arrays(hn.array_shapes(max_dims=3, max_side=3)), wrong=st.lists(st.integers(-6, 6), min_size=1, max_size=5)
)
def test_bad_input_is_a_python_error_and_changes_nothing(backend, name, array, wrong):
    x = tensor(array, backend)
    try:
        result = BAD[name](x, wrong)
    except EXPECTED as error:
        assert str(error)  # noqa: PT017
    else:
        assert result is None or all(
            math.prod(t.shape) >= 0 for t in (result if isinstance(result, tuple) else (result,))
        )
        return
    np.testing.assert_array_equal(x.numpy(), array)
