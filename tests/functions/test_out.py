"""``out=``: what is written, what is refused, and which functions take it."""

from __future__ import annotations

import inspect
import warnings

import numpy as np
import pytest

import polygrad
from tests.cases.torch_signatures import WITH_OUT, function_named

X = polygrad.tensor([[3.0, 1.0], [2.0, 5.0]])


@pytest.mark.parametrize("path", WITH_OUT)
def test_what_pytorch_gives_out_takes_it(path):
    parameter = inspect.signature(function_named(path)).parameters["out"]
    assert parameter.default is None and parameter.kind is parameter.KEYWORD_ONLY


def test_no_method_takes_it():
    for name in ("exp", "mul", "sum", "sort", "clamp", "outer", "max"):
        assert "out" not in inspect.signature(getattr(polygrad.Tensor, name)).parameters
    with pytest.raises(TypeError, match="out"):
        X.exp(out=X)


CALLS = {
    "primitive": lambda out: polygrad.exp(X, out=out),
    "two operands": lambda out: polygrad.mul(X, 2, out=out),
    "function": lambda out: polygrad.outer(X[0], X[1], out=out),
    "named arguments": lambda out: polygrad.cumsum(X, dim=0, out=out),
    "second names": lambda out: polygrad.sum(X, axis=0, keepdims=True, out=out),
    "list": lambda out: polygrad.cat([X, X], out=out),
    "creation": lambda out: polygrad.full((2, 2), 7.0, out=out),
    "module": lambda out: polygrad.linalg.inv(X, out=out),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_result_is_written_and_returned(name, backend):
    with polygrad.use_backend(backend):
        call = CALLS[name]
        empty = polygrad.empty(0)
        assert call(empty) is empty
        again = polygrad.zeros(empty.shape)
        rows = again[:1]
        assert call(again) is again and again.tolist() == empty.tolist()
        assert rows.tolist() == empty.tolist()[:1]  # views see it
        wide = polygrad.zeros(empty.shape, dtype=polygrad.float64)
        assert call(wide) is wide and wide.dtype is polygrad.float64
        np.testing.assert_allclose(wide.numpy(), empty.numpy(), rtol=1e-6)


@pytest.fixture
def backend(request):
    return polygrad.get_backend()


def test_several_results_go_into_a_tuple():
    for call in (
        lambda out: polygrad.sort(X, out=out),
        lambda out: polygrad.max(X, dim=1, out=out),
        lambda out: polygrad.min(X, 1, True, out=list(out)),
    ):
        values, indices = polygrad.empty(0), polygrad.empty(0, dtype=polygrad.int64)
        result = call((values, indices))
        assert result[0] is values and result.indices is indices and values.numel()
    with pytest.raises(TypeError, match=r"sort\(\): argument 'out' must be a tuple of 2 tensors"):
        polygrad.sort(X, out=values)
    with pytest.raises(TypeError, match=r"sum\(\): argument 'out' must be one tensor"):
        polygrad.sum(X, out=(values,))
    with pytest.raises(RuntimeError, match="result type int64 can't be cast to the desired output type int8"):
        polygrad.sort(X, out=(values, polygrad.empty(0, dtype=polygrad.int8)))


def test_it_is_given_by_name_only():
    for call in (
        lambda: polygrad.exp(X, X),
        lambda: polygrad.outer(X[0], X[0], X),
        lambda: polygrad.mul(X, X, X, out=X),
    ):
        with pytest.raises(TypeError, match="positional argument"):
            call()


@pytest.mark.parametrize("wrong", [np.zeros((2, 2), np.float32), [0.0], 3])
def test_it_is_a_tensor(wrong):
    kind = "of float" if type(wrong) is list else type(wrong).__name__
    for call in (polygrad.exp, polygrad.sum, polygrad.cumsum):
        with pytest.raises(TypeError, match=rf"argument 'out' must be a (tuple of Tensors|Tensor), not {kind}"):
            call(X, **({"dim": 0} if call is polygrad.cumsum else {}), out=wrong)


def test_no_gradient_is_lost():
    w, out = X.clone().requires_grad_(), polygrad.zeros(2, 2)
    for call in (
        lambda: polygrad.exp(w, out=out),
        lambda: polygrad.cat([X, w], out=out),
        lambda: polygrad.add(X, X, out=w),
        lambda: polygrad.where(X > 0, X, other=w, out=out),
    ):
        with pytest.raises(RuntimeError, match=r"out=\.\.\. arguments don't support automatic differentiation"):
            call()
    with polygrad.no_grad():
        polygrad.exp(w, out=out)
        assert polygrad.add(X, X, out=w) is w and w.requires_grad
        with pytest.raises(RuntimeError, match="cannot resize a tensor that requires grad"):
            polygrad.add(X[0], X[0], out=w)
    # What was recorded before the write keeps its values.
    factor = polygrad.ones(2, 2)
    loss = (w * factor).sum()
    polygrad.zeros(2, 2, out=factor)
    loss.backward()
    assert w.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_types_are_cast_as_in_place():
    whole = polygrad.empty(0, dtype=polygrad.int64)
    with pytest.raises(RuntimeError, match="result type float32 can't be cast to the desired output type int64"):
        polygrad.exp(X, out=whole)
    with pytest.raises(RuntimeError, match="result type complex64 can't be cast to the desired output type float32"):
        polygrad.mul(X, 1j, out=polygrad.empty(0))
    assert polygrad.gt(X, 2, out=polygrad.empty(0)).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(RuntimeError, match="dtype float64 does not match the dtype of out, float32"):
        polygrad.zeros(2, dtype=polygrad.float64, out=polygrad.empty(0))


def test_another_shape_is_resized_with_a_warning_unless_memory_is_shared():
    out = polygrad.zeros(5)
    with pytest.warns(UserWarning, match=r"had shape \[5\], which does not match the required output shape \[2, 2\]"):
        polygrad.exp(X, out=out)
    assert out.shape == (2, 2)
    base = polygrad.zeros(6)
    view = base[:3]
    for shared in (view, base, base.detach()):
        with pytest.raises(RuntimeError, match="it shares memory with other tensors"):
            polygrad.exp(X, out=shared)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        polygrad.exp(X, out=polygrad.empty(0))


def test_an_operand_may_be_the_output():
    x = X.clone()
    assert polygrad.add(x, x.T, out=x) is x and x.tolist() == (X + X.T).tolist()


def test_numpy_sees_what_is_written():
    out = polygrad.zeros(2, 2, backend="numpy")
    array = out.numpy()
    polygrad.neg(polygrad.ones(2, 2, backend="numpy"), out=out)
    assert array.tolist() == [[-1.0, -1.0], [-1.0, -1.0]]


def test_backends_agree():
    pytest.importorskip("polygrad_strict")
    other = polygrad.zeros(2, 2, backend="strict")
    with pytest.raises(TypeError, match="out is on the backend 'strict', and the result on 'numpy'"):
        polygrad.exp(X.to(backend="numpy"), out=other)
    assert polygrad.zeros(3, out=other[0, :0].clone()).backend.name == "strict"


def test_compiled_functions_and_vmap_write_as_copy_does():
    def into(x, out):
        polygrad.exp(x, out=out)

    compiled, out = polygrad.compile(into), polygrad.zeros(2, 2)
    for scale in (1.0, 2.0):
        compiled(X * scale, out)
        np.testing.assert_allclose(out.numpy(), np.exp(scale * X.numpy()), rtol=1e-6)

    def inside(x):
        made = polygrad.empty(0)
        polygrad.mul(x, x, out=made)
        return made + 1

    np.testing.assert_allclose(polygrad.compile(inside)(X).numpy(), X.numpy() ** 2 + 1)
    with pytest.raises(RuntimeError, match="vmap: the function writes in place to a tensor from outside"):
        polygrad.vmap(lambda x: polygrad.mul(x, x, out=out[0]))(X)
    batched = polygrad.vmap(lambda x: polygrad.mul(x, x, out=polygrad.zeros_like(x)))(X)
    assert batched.tolist() == (X * X).tolist()
