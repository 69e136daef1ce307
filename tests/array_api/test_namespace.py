"""The standard's namespace: its names, and what differs from PyTorch's functions of the same names."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import polygrad
from polygrad import array_api as xp
from polygrad.backends import namespace


def t(data, **settings):
    return polygrad.tensor(data, **settings)


def test_every_name_of_the_standard_is_there():
    names = namespace.STANDARD | {"__array_api_version__", "__array_namespace_info__"}
    found = {*dir(xp), *dir(xp.linalg), *dir(xp.fft)}
    assert not names - found
    for name in namespace.LINALG:
        assert callable(getattr(xp.linalg, name))


def test_a_tensor_gives_its_namespace_also_with_a_gradient():
    for x in (t([1.0]), t([1.0], requires_grad=True), t([True])):
        assert x.__array_namespace__() is xp
        for version in ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
            assert x.__array_namespace__(api_version=version) is xp
    with pytest.raises(ValueError, match=r"not '2020\.12'"):
        t([1.0]).__array_namespace__(api_version="2020.12")
    assert t([[1.0, 2.0]]).size == 2


def test_functions_have_the_standards_keywords():
    for name, expected in {
        "sum": ["x", "axis", "dtype", "keepdims"],
        "std": ["x", "axis", "correction", "keepdims"],
        "sort": ["x", "axis", "descending", "stable"],
        "reshape": ["x", "shape", "copy"],
        "searchsorted": ["x1", "x2", "side", "sorter"],
        "diff": ["x", "axis", "n", "prepend", "append"],
    }.items():
        assert list(inspect.signature(getattr(xp, name)).parameters) == expected


def test_gradients_go_through():
    x = t([[3.0, 1.0], [2.0, 5.0]], requires_grad=True)
    for function in (
        lambda: xp.sum(xp.sort(x, axis=0, descending=True) * t([[1.0], [2.0]])),
        lambda: xp.std(x),
        lambda: xp.sum(xp.take(x, t([1, 0, 1]), axis=1)),
        lambda: xp.sum(xp.concat([x, x], axis=None)),
        lambda: xp.linalg.matrix_norm(x),
        lambda: xp.sum(xp.abs(xp.fft.rfft(x))),
        lambda: xp.sum(xp.unique_values(x) ** 2),
        lambda: xp.sum(xp.asarray([x[0, 0], x[1, 1]])),
        lambda: xp.sum(xp.cumulative_sum(x, axis=1, include_initial=True) ** 2),
        lambda: xp.sum(xp.clip(x, 1.5, t([2.5, 9.0]))),
    ):
        x.grad = None
        function().backward()
        assert bool(xp.any(x.grad != 0))


def test_extrema_and_truth_are_one_array():
    x = t([[1.0, 4.0], [3.0, 2.0]])
    assert xp.max(x, axis=1).tolist() == [4.0, 3.0]
    assert xp.min(x, axis=(0, 1)).item() == 1.0
    assert xp.all(t([0.5, 2.0])).item() is True
    assert xp.max(x, axis=0, keepdims=True).shape == (1, 2)


def test_sums_of_small_integers_are_of_64_bits():
    for dtype, expected in ((xp.int8, xp.int64), (xp.uint8, xp.uint64), (xp.bool, xp.int64), (xp.float32, xp.float32)):
        x = xp.ones((3,), dtype=dtype)
        for function in (xp.sum, xp.prod, xp.cumulative_sum, xp.cumulative_prod):
            assert function(x).dtype is expected
    assert xp.sum(xp.ones((3,), dtype=xp.int8), dtype=xp.int16).dtype is xp.int16


def test_moments_divide_by_the_number_of_elements():
    x = t([1.0, 2.0, 3.0, 6.0])
    assert xp.var(x).item() == pytest.approx(np.var([1, 2, 3, 6]))
    assert xp.std(x, correction=1).item() == pytest.approx(np.std([1, 2, 3, 6], ddof=1))
    with pytest.raises(TypeError, match="real floating"):
        xp.var(t([1, 2]))


def test_sets_say_where_elements_are_first():
    found = xp.unique_all(t([[3.0, 1.0], [1.0, float("nan")]]))
    assert found.values.tolist()[:2] == [1.0, 3.0] and found.indices.tolist() == [1, 0, 3]
    assert found.inverse_indices.tolist() == [[1, 0], [0, 2]] and found.counts.tolist() == [2, 1, 1]
    assert xp.unique_counts(t([], dtype=xp.int64)).counts.shape == (0,)
    assert xp.unique_values(t([1 + 2j, 1 + 1j, 1 + 2j])).tolist() == [1 + 1j, 1 + 2j]
    assert xp.isin(t([1, 2, 3]), 2, invert=True).tolist() == [True, False, True]


def test_grids_change_their_first_axes():
    a, b = xp.meshgrid(t([1, 2, 3]), t([4, 5]))
    assert a.tolist() == [[1, 2, 3], [1, 2, 3]] and b.tolist() == [[4, 4, 4], [5, 5, 5]]
    a, _ = xp.meshgrid(t([1, 2, 3]), t([4, 5]), indexing="ij")
    assert a.shape == (3, 2)


def test_types_that_the_standard_leaves_apart_are_refused():
    assert xp.result_type(xp.int8, xp.uint8) is xp.int16
    assert xp.result_type(t([1], dtype=xp.int8), 300.5) is polygrad.get_default_dtype()
    assert (
        xp.can_cast(xp.int8, xp.int16) and not xp.can_cast(xp.int16, xp.int8) and not xp.can_cast(xp.int8, xp.float32)
    )
    for operands in ((xp.int8, xp.float32), (xp.bool, xp.int8)):
        with pytest.raises(TypeError, match="no common type"):
            xp.result_type(*operands)
    with pytest.raises(TypeError, match="no common type"):
        xp.concat([t([1]), t([1.0])])
    with pytest.raises(TypeError, match=r"xp\.real"):
        xp.astype(t([1j]), xp.float32)
    assert xp.isdtype(xp.uint8, ("signed integer", "unsigned integer")) and not xp.isdtype(xp.bool, "numeric")
    with pytest.raises(ValueError, match="the kinds are"):
        xp.isdtype(xp.int8, "integer")
    assert xp.finfo(t([1.0])).dtype is xp.float32 and xp.iinfo(xp.int8).dtype is xp.int8


def test_bounds_leave_the_type():
    x = t([-5, 0, 300], dtype=xp.int16)
    assert xp.clip(x, -1, 100_000).dtype is xp.int16 and xp.clip(x, -1, 100_000).tolist() == [-1, 0, 300]
    assert xp.clip(x, None, t([1, 1, 1], dtype=xp.int16)).tolist() == [-5, 0, 1]
    assert xp.clip(x) is not x


def test_rounded_quotients_of_infinities():
    inf = float("inf")
    x, y = t([inf, inf, -inf, 5.0, -5.0, inf, 7.0]), t([2.0, -2.0, 2.0, -inf, inf, inf, 2.0])
    result = (x // y).tolist()
    assert result[:3] == [inf, -inf, -inf] and result[6] == 3.0 and result[5] != result[5]
    assert [str(v) for v in result[3:5]] == ["-0.0", "-0.0"]


def test_complex_expm1_of_infinities():
    inf, nan = float("inf"), float("nan")
    z = xp.expm1(t([complex(-inf, inf), complex(inf, 0.0), complex(inf, nan), complex(1e-12, 1e-12)])).tolist()
    assert z[0] == -1 and z[1] == inf and z[2].real == inf
    assert z[3] == pytest.approx(1e-12 + 1e-12j, rel=1e-6)


def test_eigenvalues_of_general_matrices():
    a = t([[0.0, 1.0], [-1.0, 0.0]])
    assert sorted(xp.linalg.eigvals(a).tolist(), key=lambda z: z.imag) == [-1j, 1j]
    values, vectors = xp.linalg.eig(a)
    assert values.dtype is xp.complex64 and polygrad.allclose(a.to(values.dtype) @ vectors, vectors * values)
    with pytest.raises(RuntimeError, match="square"):
        xp.linalg.eigvals(t([[1.0, 2.0]]))


def test_complete_qr():
    a = t([[1.0], [2.0], [2.0]])
    q, r = xp.linalg.qr(a, mode="complete")
    assert q.shape == (3, 3) and r.shape == (3, 1)
    assert polygrad.allclose(q.mT @ q, polygrad.eye(3), atol=1e-6)
    with pytest.raises(RuntimeError, match="use mode 'reduced'"):
        xp.linalg.qr(a.requires_grad_(), mode="complete")
    assert polygrad.linalg.qr(a.detach(), "r").R.shape == (1, 1)
    with pytest.raises(ValueError, match="mode must be"):
        xp.linalg.qr(a, mode="full")


def test_memory_is_shared_through_dlpack_where_it_may_be():
    x = polygrad.ones(3)
    copy = np.from_dlpack(x)
    assert not np.shares_memory(copy, x.numpy())
    if x.backend.name == "numpy":
        shared = np.from_dlpack(x, copy=False)
        assert np.shares_memory(shared, x.numpy())
        if shared.flags.writeable:  # from NumPy 2.2 on
            shared[0] = 5
            assert x.tolist() == [5.0, 1.0, 1.0]
    else:
        with pytest.raises(BufferError, match="copy=False"):
            x.__dlpack__(copy=False)
    with pytest.raises(BufferError, match="requires grad"):
        x.requires_grad_().__dlpack__()


def test_an_array_moves_to_a_device_and_keeps_its_graph():
    x = t([1.0], requires_grad=True)
    assert x.to_device(x.device).requires_grad
    with pytest.raises(ValueError, match="stream"):
        x.to_device(x.device, stream=1)


def test_the_namespace_describes_itself():
    info = xp.__array_namespace_info__()
    assert info.default_device() in info.devices()
    assert info.dtypes(device=info.default_device()) == info.dtypes()
    assert info.default_dtypes()["real floating"] is polygrad.get_default_dtype()
    assert set(info.dtypes(kind="bool")) == {"bool"} and "float16" not in info.dtypes()
    assert info.capabilities()["boolean indexing"] is True


def test_what_is_not_there_raises():
    x = t([[1.0, 2.0]])
    for call, error in (
        (lambda: xp.take(x, t([0])), ValueError),
        (lambda: xp.cumulative_sum(x), ValueError),
        (lambda: xp.nonzero(t(1.0)), ValueError),
        (lambda: xp.squeeze(x, 1), ValueError),
        (lambda: xp.sum(x, axis=(0, 0)), ValueError),
        (lambda: xp.sum(x, axis=2), IndexError),
        (lambda: xp.broadcast_shapes((2,), (3,)), ValueError),
        (lambda: xp.arange(0, 1, 0), ValueError),
        (lambda: xp.asarray(2**70), OverflowError),
        (lambda: xp.meshgrid(x, indexing="xyz"), ValueError),
        (lambda: xp.searchsorted(t([1.0]), t([1.0]), side="middle"), ValueError),
        (lambda: xp.linalg.vecdot(x, t([1.0, 2.0]), axis=0), (ValueError, IndexError)),
    ):
        with pytest.raises(error):
            call()


@pytest.mark.parametrize("dtype", [xp.bool, xp.int8, xp.float32, xp.complex64])
@pytest.mark.parametrize("value", [0, 1, True, 1.5])
def test_filling_keeps_the_type_inside_a_transform(dtype, value):
    x = xp.ones((2, 3), dtype=dtype)
    inside, outside = polygrad.vmap(lambda v: polygrad.full_like(v, value))(x), polygrad.full_like(x, value)
    assert inside.dtype is outside.dtype and inside.tolist() == outside.tolist()
