"""Every public name is called by a test, with the values that NumPy or a closed form gives.

`test_every_public_name_is_tested` reads the tests: a public name has to be used in one of them, or be a row of a table
that a test runs.  The tables here are for what no other test calls.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import math
import re
from pathlib import Path

import numpy as np
import pytest

import polygrad
import polygrad.linalg
from polygrad import nn, optim
from polygrad._functions.public import METHODS
from polygrad.autograd import gradcheck
from polygrad.nn import functional as F
from polygrad.testing.operations import ROWS as PRIMITIVE_ROWS
from polygrad.testing.public_operations import COMPOSITE_ROWS

TESTS = Path(__file__).resolve().parents[1]

# -- values ------------------------------------------------------------------------------------------------------------

REAL = np.array([[-1.7, -0.4, 0.3], [0.9, 1.6, 2.5]])
OTHER = np.array([[0.6, -1.1, 2.0], [-0.7, 1.5, -2.2]])
POSITIVE = np.abs(REAL) + 0.1
INSIDE = REAL / 3  # between -1 and 1
WHOLE = np.array([[-7, -1, 0], [3, 6, 12]])
OTHER_WHOLE = np.array([[2, -3, 5], [-2, 4, 1]])
TRUTH = REAL > 0
SMALL = np.array([[0, 1, 2], [3, 1, 0]])

#: Names of one argument: the function of NumPy, and where it is evaluated.
UNARY = {
    "abs absolute": (np.abs, REAL), "acos arccos": (np.arccos, INSIDE), "acosh arccosh": (np.arccosh, POSITIVE + 1),
    "asin arcsin": (np.arcsin, INSIDE), "asinh arcsinh": (np.arcsinh, REAL), "atan arctan": (np.arctan, REAL),
    "atanh arctanh": (np.arctanh, INSIDE), "ceil": (np.ceil, REAL), "cos": (np.cos, REAL), "cosh": (np.cosh, REAL),
    "deg2rad": (np.deg2rad, REAL), "erf": (np.vectorize(math.erf), REAL), "exp": (np.exp, REAL), "exp2": (np.exp2, REAL),
    "expm1": (np.expm1, REAL), "fix trunc": (np.trunc, REAL), "floor": (np.floor, REAL), "frac": (lambda x: np.modf(x)[0], REAL),
    "isfinite": (np.isfinite, np.array([1.0, np.inf, np.nan])), "isinf": (np.isinf, np.array([1.0, -np.inf, np.nan])),
    "isnan": (np.isnan, np.array([1.0, np.inf, np.nan])), "log": (np.log, POSITIVE), "log10": (np.log10, POSITIVE),
    "log1p": (np.log1p, POSITIVE), "log2": (np.log2, POSITIVE), "logical_not": (np.logical_not, TRUTH),
    "bitwise_not": (np.invert, WHOLE), "neg negative": (np.negative, REAL), "positive": (np.positive, REAL),
    "rad2deg": (np.rad2deg, REAL), "reciprocal": (np.reciprocal, REAL), "round": (np.round, REAL),
    "rsqrt": (lambda x: 1 / np.sqrt(x), POSITIVE), "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), REAL), "sgn sign": (np.sign, REAL),
    "signbit": (np.signbit, REAL), "sin": (np.sin, REAL), "sinh": (np.sinh, REAL), "sqrt": (np.sqrt, POSITIVE),
    "square": (np.square, REAL), "tan": (np.tan, REAL), "tanh": (np.tanh, REAL),
    "nan_to_num": (np.nan_to_num, np.array([1.0, np.nan, 2.0])), "relu": (lambda x: np.maximum(x, 0), REAL),
    "tril": (np.tril, REAL), "triu": (np.triu, REAL), "concat": (np.concatenate, REAL), "row_stack": (np.vstack, REAL),
    "count_nonzero": (np.count_nonzero, SMALL), "diagflat": (np.diagflat, REAL), "trapz": (np.trapezoid, REAL),
    "inverse": (np.linalg.inv, REAL[:, :2]), "pinverse": (np.linalg.pinv, REAL), "argmin": (np.argmin, REAL),
    "as_array": (np.asarray, REAL),
}  # fmt: skip

#: Names of two arguments.
BINARY = {
    "add": (np.add, REAL, OTHER), "sub subtract": (np.subtract, REAL, OTHER), "mul multiply": (np.multiply, REAL, OTHER),
    "div divide true_divide": (np.divide, REAL, OTHER), "floor_divide": (np.floor_divide, WHOLE, OTHER_WHOLE),
    "remainder": (np.remainder, REAL, OTHER), "fmod": (np.fmod, REAL, OTHER), "pow": (np.power, POSITIVE, OTHER),
    "atan2 arctan2": (np.arctan2, REAL, OTHER), "copysign": (np.copysign, REAL, OTHER), "hypot": (np.hypot, REAL, OTHER),
    "nextafter": (np.nextafter, REAL, OTHER), "maximum": (np.maximum, REAL, OTHER), "minimum": (np.minimum, REAL, OTHER),
    "logaddexp": (np.logaddexp, REAL, OTHER), "eq": (np.equal, WHOLE, OTHER_WHOLE), "ne not_equal": (np.not_equal, SMALL, SMALL.T[:2, :1]),
    "lt less": (np.less, SMALL, OTHER_WHOLE), "le less_equal": (np.less_equal, SMALL, SMALL[:1]),
    "gt greater": (np.greater, REAL, OTHER), "ge greater_equal": (np.greater_equal, SMALL, SMALL[1:]),
    "logical_and": (np.logical_and, TRUTH, SMALL > 1), "logical_or": (np.logical_or, TRUTH, SMALL > 1),
    "logical_xor": (np.logical_xor, TRUTH, SMALL > 1), "bitwise_and": (np.bitwise_and, WHOLE, OTHER_WHOLE),
    "bitwise_or": (np.bitwise_or, WHOLE, OTHER_WHOLE), "bitwise_xor": (np.bitwise_xor, WHOLE, OTHER_WHOLE),
    "bitwise_left_shift": (np.left_shift, WHOLE, SMALL), "bitwise_right_shift": (np.right_shift, WHOLE, SMALL),
    "ger outer": (np.outer, REAL[0], OTHER[1]),
}  # fmt: skip

#: Expressions with a name each, and what they give.
MAT, VEC = OTHER[:, :2], REAL[0]
SQUARE = np.array([[4.0, 1.0], [1.0, 3.0]])
BATCH = np.stack([REAL, OTHER, REAL - OTHER])
EXPRESSIONS = {
    "addcdiv": (lambda x, a, b: polygrad.addcdiv(x, a, b, value=0.5), (REAL, OTHER, POSITIVE), lambda x, a, b: x + 0.5 * a / b),
    "addcmul": (lambda x, a, b: polygrad.addcmul(x, a, b, value=2), (REAL, OTHER, POSITIVE), lambda x, a, b: x + 2 * a * b),
    "addr": (lambda x, a, b: polygrad.addr(x, a, b, beta=2, alpha=3), (REAL, OTHER[0, :2], VEC), lambda x, a, b: 2 * x + 3 * np.outer(a, b)),
    "addmv": (lambda x, a, b: polygrad.addmv(x, a, b, alpha=2), (OTHER[0, :2], REAL, VEC), lambda x, a, b: x + 2 * a @ b),
    "addbmm": (lambda x, a, b: polygrad.addbmm(x, a, b, beta=2), (SQUARE, BATCH, BATCH.transpose(0, 2, 1)), lambda x, a, b: 2 * x + (a @ b).sum(0)),
    "lerp": (lambda x, a, b: polygrad.lerp(x, a, b) + polygrad.lerp(x, a, 0.25), (REAL, OTHER, INSIDE), lambda x, a, b: 2 * x + (b + 0.25) * (a - x)),
    "chain_matmul": (polygrad.chain_matmul, (REAL, REAL.T, OTHER), lambda a, b, c: a @ b @ c),
    "diagonal_scatter": (lambda x, a: polygrad.diagonal_scatter(x, a, 1), (REAL, VEC[:2]), lambda x, a: np.where(np.eye(2, 3, 1) > 0, a[:, None], x)),
    "full_like": (lambda x: polygrad.full_like(x, 2.5) * x, (REAL,), lambda x: 2.5 * x),
    "empty_like": (lambda x: polygrad.empty_like(x).zero_() + x, (REAL,), lambda x: x),
    "clip": (lambda x: polygrad.clip(x, -0.5, 1.0), (REAL,), lambda x: np.clip(x, -0.5, 1.0)),
    "permute_dims": (lambda x: polygrad.permute_dims(x, (2, 0, 1)), (BATCH,), lambda x: np.transpose(x, (2, 0, 1))),
    "std_mean": (lambda x: polygrad.stack(polygrad.std_mean(x, 1)), (REAL,), lambda x: np.stack([x.std(1, ddof=1), x.mean(1)])),
    "cholesky_inverse": (lambda x: polygrad.cholesky_inverse(polygrad.cholesky(x @ x.mT)), (SQUARE,), lambda x: np.linalg.inv(x @ x.T)),
    "qr": (lambda x: polygrad.matmul(*polygrad.qr(x)), (REAL,), lambda x: x),
    "_legacy_svd svd": (lambda x: polygrad._legacy_svd(x)[1] + polygrad.svd(x).S, (REAL,), lambda x: 2 * np.linalg.svd(x)[1]),
    "newaxis": (lambda x: x[:, polygrad.newaxis], (REAL,), lambda x: x[:, None]),
    "e pi": (lambda x: x * polygrad.e + polygrad.pi, (REAL,), lambda x: x * math.e + math.pi),
    "matrix_norm": (lambda x: polygrad.linalg.matrix_norm(x, "nuc"), (REAL,), lambda x: np.linalg.svd(x)[1].sum()),
    "lp_pool1d": (lambda x: F.lp_pool1d(x[None], 3, 2), (POSITIVE,), lambda x: (x[None, :, :1] ** 3 + x[None, :, 1:2] ** 3) ** (1 / 3)),
    "upsample": (lambda x: F.upsample(x[None], scale_factor=2), (REAL,), lambda x: np.repeat(x[None], 2, axis=2)),
    "get_total_norm": (lambda x, a: nn.utils.get_total_norm([x, a]), (REAL, OTHER), lambda x, a: np.sqrt((x**2).sum() + (a**2).sum())),
    "scatter_": (lambda x: (x * 1).scatter_(1, polygrad.tensor([[0], [2]]), 9.0), (REAL,), lambda x: np.array([[9, *x[0, 1:]], [*x[1, :2], 9]])),
    "scatter_add_": (lambda x, a: (x * 1).scatter_add_(1, polygrad.tensor([[0, 0], [2, 1]]), a), (REAL, MAT),
                     lambda x, a: x + np.array([[a[0].sum(), 0, 0], [0, a[1, 1], a[1, 0]]])),
    "RNNCell": (lambda x: cell()(x), (REAL,), lambda x: np.tanh(x @ np.full((3, 2), 0.5) + 0.25)),
}  # fmt: skip


def cell():
    made = nn.RNNCell(3, 2, dtype=polygrad.float64)
    for name, parameter in made.named_parameters():
        nn.init.constant_(parameter, 0.5 if "weight" in name else 0.125)
    return made.requires_grad_(False)


def named(table: dict) -> dict:
    return {name: row for names, row in table.items() for name in names.split()}


#: Where the function is constant between its steps, or there is no function of a real argument to differentiate.
DISCRETE = set(
    """
    ceil fix trunc floor round sign isfinite isinf isnan signbit logical_not bitwise_not count_nonzero argmin
    floor_divide nextafter
""".split()
)


def tensors(arrays, requires_grad=False):
    made = [polygrad.tensor(array) for array in arrays]
    return [x.requires_grad_(requires_grad and x.is_floating_point()) for x in made]


def assert_equals(result, expected):
    expected = np.asarray(expected)
    found = result.detach().cpu().numpy()
    assert found.shape == expected.shape
    assert result.dtype.kind == {"b": "bool", "i": "int", "f": "float"}[expected.dtype.kind]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def assert_differentiable(function, arrays, name):
    inputs = tensors(arrays, requires_grad=True)
    if name not in DISCRETE and any(x.requires_grad for x in inputs):
        if function(*inputs).dtype.is_floating_point:
            assert gradcheck(lambda *inputs: function(*inputs), inputs)


@pytest.mark.parametrize("name", named(UNARY))
def test_a_function_of_one_argument(name, backend):
    of_numpy, *arrays = named(UNARY)[name]
    function = getattr(polygrad, name)
    if name in ("concat", "row_stack"):
        of_numpy_list, of_numpy = of_numpy, lambda x: of_numpy_list([x, x + 1])
        called, function = function, lambda x: called([x, x + 1])
    if name == "trapz":
        of_numpy_axis, of_numpy = of_numpy, lambda x: of_numpy_axis(x, axis=-1)
    if name == "count_nonzero" or name == "argmin":
        assert function(polygrad.tensor(arrays[0])).item() == of_numpy(arrays[0])
        return
    assert_equals(function(*tensors(arrays)), of_numpy(*arrays))
    if backend == "numpy":
        assert_differentiable(function, arrays, name)


@pytest.mark.parametrize("name", named(BINARY))
def test_a_function_of_two_arguments(name, backend):
    of_numpy, *arrays = named(BINARY)[name]
    function = getattr(polygrad, name)
    assert_equals(function(*tensors(arrays)), of_numpy(*arrays))
    if backend == "numpy":
        assert_differentiable(function, arrays, name)


@pytest.mark.filterwarnings("ignore:nn.functional.upsample")
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression(name, backend):
    function, arrays, expected = EXPRESSIONS[name]
    assert_equals(function(*tensors(arrays)), expected(*arrays))
    if backend == "numpy" and name != "get_total_norm":  # as in PyTorch, outside of the graph
        assert_differentiable(function, arrays, name)


# -- methods -----------------------------------------------------------------------------------------------------------

#: What a method that works in place is given, if it is given something else than the function of the table above.
IN_PLACE_ARGUMENTS = {
    "clip_": (-0.5, 1.0), "clamp_": (-0.5, 1.0), "addcdiv_": (OTHER, POSITIVE), "addcmul_": (OTHER, POSITIVE), "lerp_": (OTHER, 0.25),
    "addmm_": (MAT, OTHER), "addr_": (OTHER[0, :2], VEC), "addbmm_": (BATCH[:, :, :2], BATCH),
    "conj_physical_": (), "cumprod_": (1,), "cumsum_": (0,), "float_power_": (2,), "heaviside_": (OTHER,), "ldexp_": (SMALL,),
    "renorm_": (2, 0, 1.0), "put_": (SMALL, OTHER, True), "scatter_reduce_": (0, SMALL % 2, OTHER, "amax"),
    "index_reduce_": (1, SMALL[0], OTHER, "prod"),
}  # fmt: skip


def in_place_methods():
    """The methods with a name like ``exp_`` whose function stands in a table here."""
    rows = named(UNARY) | named(BINARY)
    for name in dir(polygrad.Tensor):
        if name.endswith("_") and not name.startswith("_"):
            if name in IN_PLACE_ARGUMENTS:
                yield name, (REAL, *IN_PLACE_ARGUMENTS[name])
            elif name[:-1] in rows:
                yield name, rows[name[:-1]][1:]


@pytest.mark.parametrize(("name", "arrays"), list(in_place_methods()))
def test_a_method_in_place_gives_what_the_method_gives(name, arrays, backend):
    x, *others = [polygrad.tensor(array) if isinstance(array, np.ndarray) else array for array in arrays]
    expected = getattr(x, name[:-1])(*others)
    changed = x.clone()
    window = changed[:1]
    returned = getattr(changed, name)(*others)
    assert returned is changed and changed.dtype is x.dtype
    np.testing.assert_array_equal(changed.cpu().numpy(), expected.to(x.dtype).cpu().numpy())
    assert window.tolist() == changed[:1].tolist()


@pytest.mark.parametrize("name", [name for name in named(UNARY) | named(BINARY) if hasattr(polygrad.Tensor, name)])
def test_a_method_gives_what_the_function_gives(name):
    arrays = (named(UNARY) | named(BINARY))[name][1:]
    inputs = tensors(arrays)
    assert getattr(inputs[0], name)(*inputs[1:]).tolist() == getattr(polygrad, name)(*inputs).tolist()


@pytest.mark.parametrize(
    "name", "addcdiv addcmul addr addmv addbmm lerp diagonal_scatter cholesky_inverse is_nonzero is_signed".split()
)
def test_a_method_of_several_arguments_gives_what_the_function_gives(name):
    arrays = EXPRESSIONS[name][1] if name in EXPRESSIONS else ([3.0],)
    inputs = tensors(arrays)
    arguments = (*inputs[1:], 1) if name == "diagonal_scatter" else inputs[1:]
    expected = getattr(polygrad, name)(inputs[0], *arguments)
    result = getattr(inputs[0], name)(*arguments)
    assert result == expected if isinstance(result, bool) else result.tolist() == expected.tolist()


def test_where_as_a_method_chooses_between_the_tensor_and_another(backend):
    x = polygrad.tensor([-1.0, 2.0], requires_grad=True)
    for chosen in (x.where(x > 0, polygrad.zeros(2)), x.where(x > 0, 0), x.where(condition=x > 0, other=0.0)):
        assert chosen.tolist() == polygrad.where(x > 0, x, 0.0).tolist() == [0.0, 2.0]
    chosen.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]
    truth = polygrad.tensor([True, False])
    assert truth.where(~truth | truth, ~truth).tolist() == [True, False]
    assert truth.where(polygrad.tensor([False, False]), polygrad.tensor([True, True])).tolist() == [True, True]
    for wrong in ((), (x > 0,), (1.0, x), (x, x)):
        with pytest.raises(TypeError):
            x.where(*wrong)


def test_a_method_s_first_argument_is_the_tensor():
    """As `where` has the condition first, which is no method of the condition."""
    for name, method in METHODS.items():
        function = getattr(method.function, "op", method.function)
        first = next(iter(inspect.signature(function).parameters))
        assert first in ("self", "input", "tensor", "x1", "A", "B", "L"), f"{name}({first}, …)"


def test_kinds_and_sizes_of_tensors(backend):
    x = polygrad.tensor([[1.0, 2.0, 3.0]])
    assert (x.element_size(), x.nelement(), x.ndimension(), x.is_signed()) == (4, 3, 2, True)
    assert x.short().dtype is polygrad.int16 and x.cdouble().dtype is polygrad.complex128
    assert x.cpu().is_cpu and x.cpu().pin_memory().tolist() == x.tolist()
    assert polygrad.short is polygrad.int16 and polygrad.cdouble is polygrad.complex128
    assert not polygrad.is_signed(polygrad.ones(2, dtype=polygrad.uint16)) and polygrad.is_nonzero(x[0, 1])
    with pytest.raises(RuntimeError, match="ambiguous"):
        polygrad.is_nonzero(x)
    assert polygrad.iinfo(polygrad.int16).max == 2**15 - 1 and polygrad.iinfo(polygrad.uint8).min == 0
    made = [x.new_tensor([1.5]), x.new_full((2,), 4), x.new_ones(2), x.new_zeros(1, 2), x.new_empty((3,))]
    assert [y.tolist() for y in made[:4]] == [[1.5], [4.0, 4.0], [1.0, 1.0], [[0.0, 0.0]]]
    assert {(y.dtype, y.backend.name, y.device) for y in made} == {(x.dtype, x.backend.name, x.device)}


@pytest.mark.parametrize(
    ("name", "dtype"),
    {
        "BoolTensor": "bool", "ByteTensor": "uint8", "CharTensor": "int8", "DoubleTensor": "float64", "HalfTensor": "float16",
        "IntTensor": "int32", "ShortTensor": "int16", "FloatTensor": "float32", "LongTensor": "int64",
    }.items(),
)  # fmt: skip
def test_a_constructor_of_a_type(name, dtype):
    made = getattr(polygrad, name)([1, 0, 1])
    assert made.dtype is getattr(polygrad, dtype) and made.tolist() == [1, 0, 1]
    assert getattr(polygrad, name)(2, 3).shape == (2, 3)


@pytest.mark.backend("jax")
def test_a_constructor_of_bfloat16():
    with polygrad.use_backend("jax"):
        assert polygrad.BFloat16Tensor([1.0, 2.5]).dtype is polygrad.bfloat16


def test_the_allocator_says_whether_it_changed_anything():
    from polygrad import tune_allocator

    assert callable(tune_allocator)  # it holds for the whole process: test_allocator.py calls it in others


# -- modules and the rest ------------------------------------------------------------------------------------------------


def test_rank_of_a_matrix(backend):
    x = polygrad.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=polygrad.float64)
    assert polygrad.linalg.matrix_rank(x).item() == 1
    assert polygrad.linalg.matrix_rank(x + 1e-3 * polygrad.eye(2, dtype=polygrad.float64)).item() == 2
    assert polygrad.linalg.matrix_rank(x + 1e-3 * polygrad.eye(2, dtype=polygrad.float64), tol=0.1).item() == 1
    q, r = polygrad.linalg.qr(polygrad.tensor(REAL))
    np.testing.assert_allclose((q @ r).cpu().numpy(), REAL, rtol=1e-12)


@pytest.mark.parametrize(("module", "function"), [(nn.Dropout1d, F.dropout1d), (nn.Dropout3d, F.dropout3d)])
def test_dropout_of_channels(module, function):
    shape = (40, 25, 3) if module is nn.Dropout1d else (40, 25, 2, 1, 2)
    x = polygrad.ones(*shape, requires_grad=True)
    for dropped in (module(0.25)(x), function(x, 0.25)):
        channels = dropped.detach().reshape(40, 25, -1)
        assert (channels == channels[:, :, :1]).all()  # a whole channel, or nothing of it
        assert set(channels.unique().tolist()) == {0.0, np.float32(1 / 0.75).item()}
        assert abs((channels[:, :, 0] == 0).float().mean().item() - 0.25) < 0.06
        x.grad = None
        dropped.sum().backward()
        assert x.grad.tolist() == dropped.tolist()
    assert module(0.25).eval()(x) is x or module(0.25).eval()(x).tolist() == x.tolist()


def test_alpha_dropout_keeps_mean_and_deviation():
    polygrad.manual_seed(0)
    x = polygrad.randn(200, 500)
    dropped = nn.AlphaDropout(0.3)(x)
    assert abs(dropped.mean().item()) < 0.02 and abs(dropped.std().item() - 1) < 0.02
    alpha = -1.7580993408473766
    scale = (0.7 + alpha**2 * 0.7 * 0.3) ** -0.5
    expected = scale * (alpha - alpha * 0.3)  # what a dropped element becomes: a * alpha' + b
    assert abs((dropped - expected).abs().lt(1e-5).float().mean().item() - 0.3) < 0.01
    assert nn.AlphaDropout(0.3).eval()(x).tolist() == x.tolist()


def test_gumbel_softmax_draws_by_the_logits():
    polygrad.manual_seed(0)
    probabilities = polygrad.tensor([0.2, 0.5, 0.3])
    logits = probabilities.log().expand(20_000, 3).clone().requires_grad_()
    soft = F.gumbel_softmax(logits, tau=0.5)
    assert polygrad.allclose(soft.sum(1), polygrad.ones(20_000)) and (soft > 0).all()
    hard = F.gumbel_softmax(logits, tau=0.5, hard=True)
    assert set(hard.unique().tolist()) == {0.0, 1.0} and (hard.sum(1) == 1).all()
    for drawn in (hard.detach(), F.one_hot(soft.argmax(1), 3).float()):
        assert (drawn.mean(0) - probabilities).abs().max().item() < 0.015
    (hard * polygrad.tensor([1.0, 2.0, 3.0])).sum().backward()  # straight through: a gradient comes
    assert logits.grad.abs().sum().item() > 0 and logits.grad.sum(1).abs().max().item() < 1e-5


def attended(attention, x, memory, mask=None):
    """Attention of one head, written out."""
    size = x.shape[-1]
    weights, biases = attention.in_proj_weight.split(size), attention.in_proj_bias.split(size)
    q, k, v = (F.linear(*parts) for parts in zip((x, memory, memory), weights, biases, strict=True))
    scores = q @ k.mT / math.sqrt(size)
    if mask is not None:
        scores = scores + mask
    return attention.out_proj(F.softmax(scores, dim=-1) @ v)


def test_attention_as_a_function():
    polygrad.manual_seed(1)
    attention = nn.MultiheadAttention(4, 1, batch_first=True)
    x, memory = polygrad.randn(2, 3, 4), polygrad.randn(2, 5, 4)
    out, weights = F.multi_head_attention_forward(
        x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), 4, 1, attention.in_proj_weight,
        attention.in_proj_bias, None, None, False, 0.0, attention.out_proj.weight, attention.out_proj.bias,
    )  # fmt: skip
    assert polygrad.allclose(out.transpose(0, 1), attended(attention, x, memory), atol=1e-6)
    assert weights.shape == (2, 3, 5) and polygrad.allclose(weights.sum(-1), polygrad.ones(2, 3))


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_transformer_is_its_parts(norm_first):
    polygrad.manual_seed(2)
    settings = {"dim_feedforward": 6, "dropout": 0.0, "batch_first": True, "norm_first": norm_first}
    encoder, decoder = nn.TransformerEncoderLayer(4, 1, **settings), nn.TransformerDecoderLayer(4, 1, **settings)
    source, target = polygrad.randn(2, 5, 4), polygrad.randn(2, 3, 4)
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    assert mask.tolist() == [[0, -math.inf, -math.inf], [0, 0, -math.inf], [0, 0, 0]]

    def step(x, norm, part):
        return x + part(norm(x)) if norm_first else norm(x + part(x))

    def feed(layer):
        return lambda x: layer.linear2(F.relu(layer.linear1(x)))

    def encoded(x):
        x = step(x, encoder.norm1, lambda x: attended(encoder.self_attn, x, x))
        return step(x, encoder.norm2, feed(encoder))

    def decoded(x, memory):
        x = step(x, decoder.norm1, lambda x: attended(decoder.self_attn, x, x, mask))
        x = step(x, decoder.norm2, lambda x: attended(decoder.multihead_attn, x, memory))
        return step(x, decoder.norm3, feed(decoder))

    memory = encoder(source)
    assert polygrad.allclose(memory, encoded(source), atol=1e-5)
    assert polygrad.allclose(decoder(target, memory, tgt_mask=mask), decoded(target, memory), atol=1e-5)
    stacked = nn.TransformerDecoder(decoder, 2, nn.LayerNorm(4))
    expected = F.layer_norm(decoded(decoded(target, memory), memory), (4,))
    assert polygrad.allclose(stacked(target, memory, tgt_mask=mask), expected, atol=1e-5)
    whole = nn.Transformer(4, 1, custom_encoder=nn.TransformerEncoder(encoder, 1), custom_decoder=stacked, **settings)
    expected = stacked(target, whole.encoder(source), tgt_mask=mask)  # with other weights, which it draws anew
    assert whole.encoder.layers[0] is not encoder and whole.decoder is stacked
    assert polygrad.allclose(whole(source, target, tgt_mask=mask), expected, atol=1e-5)


def test_the_bases_of_recurrent_networks():
    assert isinstance(nn.LSTM(2, 3), nn.RNNBase) and isinstance(nn.RNN(2, 3), nn.RNNBase)
    assert isinstance(nn.GRUCell(2, 3), nn.RNNCellBase) and nn.LSTMCell(2, 3).weight_hh.shape == (12, 3)


def test_gradients_are_clipped_with_a_norm_that_is_known():
    parameters = [nn.Parameter(polygrad.ones(2)), nn.Parameter(polygrad.ones(1))]
    for parameter, gradient in zip(parameters, ([3.0, 0.0], [4.0]), strict=True):
        parameter.grad = polygrad.tensor(gradient)
    norm = nn.utils.get_total_norm([parameter.grad for parameter in parameters])
    assert norm.item() == 5.0
    nn.utils.clip_grads_with_norm_(parameters, 1.0, norm)
    found = [value for parameter in parameters for value in parameter.grad.tolist()]
    assert found == pytest.approx([0.6, 0.0, 0.8], rel=1e-5)


def test_the_base_of_schedulers():
    class Halving(optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [group["lr"] / (2 if self.last_epoch else 1) for group in self.optimizer.param_groups]

    optimizer = optim.SGD([nn.Parameter(polygrad.ones(1))], lr=1.0)
    scheduler = Halving(optimizer)
    rates = []
    for _ in range(3):
        rates += scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()
    assert rates == [1.0, 0.5, 0.25]


def test_samplers():
    from polygrad.utils.data import Sampler, SequentialSampler

    assert list(SequentialSampler("abc")) == [0, 1, 2] and len(SequentialSampler("abc")) == 3
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(Sampler())


def test_errors_of_transforms_are_of_a_class():
    with pytest.raises(polygrad.func.TransformError) as error:
        polygrad.func.grad(lambda x: (x, x))(polygrad.tensor(1.0))
    assert isinstance(error.value, (ValueError, RuntimeError)) and isinstance(error.value, TypeError)


def test_what_a_compiled_function_gives_is_of_a_class():
    from polygrad.compiler import Compiled, Cost, Lowered

    assert isinstance(polygrad.compile(lambda x: x + 1), Compiled)
    assert all(isinstance(kind, type) for kind in (Compiled, Cost, Lowered))


def test_a_gpu_that_is_not_there_has_no_name():
    polygrad.cuda.empty_cache()
    if not polygrad.cuda.is_available():
        with pytest.raises((RuntimeError, AssertionError, ValueError)):
            polygrad.cuda.get_device_name()


def test_versions_of_the_plugin_interface():
    assert polygrad.backends.PLUGIN_API_VERSION in polygrad.backends.SUPPORTED_API_VERSIONS


def test_an_edge_of_the_graph_has_a_node_and_a_number():
    x = polygrad.ones(2, requires_grad=True)
    y = x * 2
    edge = polygrad.autograd.graph.get_gradient_edge(y)
    assert isinstance(edge, polygrad.autograd.graph.GradientEdge) and edge.node is y.grad_fn and edge.output_nr == 0


# -- nothing is forgotten ------------------------------------------------------------------------------------------------

MODULES = """
    polygrad linalg nn nn.functional nn.init nn.utils optim optim.lr_scheduler func autograd autograd.graph utils utils.data
    utils.checkpoint testing viz random cuda backends compiler serialization special
""".split()

#: Files whose strings are names that a test looks up and calls.
TABLES = {
    "cases/aliasing_programs.py", "cases/layers.py", "cases/operations.py", "cases/programs.py",
    "cases/surface_programs.py", "cases/torch_functions.py", "cases/training_programs.py", "cases/views.py",
    "functions/test_empty_tensors.py", "nn/test_layers.py", "nn/test_lazy.py", "nn/test_modules.py", "optim/test_optimizers.py",
}  # fmt: skip

#: Folders of `tests` that use names for other reasons: PyTorch's own tests, and a plugin.
NO_TESTS = {"peer", "downstream"}


def public_names():
    """Every public name: where it is found, and the name."""
    for module in MODULES:
        place = importlib.import_module("polygrad" if module == "polygrad" else f"polygrad.{module}")
        listed = getattr(place, "__all__", None) or dir(place)
        yield from ((module, name) for name in listed if not name.startswith("_"))
    yield from (("Tensor", name) for name in dir(polygrad.Tensor) if not name.startswith("_"))


def names_used():
    """Names that the tests use: as an attribute, as an import, or in a row of a table that they run."""
    used = {re.split(r"\W", row.name)[0] for row in PRIMITIVE_ROWS}
    used |= {word for row in COMPOSITE_ROWS for word in re.findall(r"\w+", row.name)}
    used |= {*named(UNARY), *named(BINARY), *named(EXPRESSIONS), *(name for name, _ in in_place_methods())}
    for path in [*TESTS.glob("*/*.py"), *TESTS.parent.glob("backends/*/tests/*.py")]:
        if path.parent.name in NO_TESTS:
            continue
        in_table = path.is_relative_to(TESTS) and path.relative_to(TESTS).as_posix() in TABLES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                used.add(node.attr)
            elif isinstance(node, ast.ImportFrom):
                used.update(alias.name for alias in node.names)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and in_table:
                used.update(re.findall(r"\w+", node.value))
            elif isinstance(node, ast.Call):
                # f("name"): a test whose parameter is looked up
                strings = [x.value for x in ast.walk(node) if isinstance(x, ast.Constant) and isinstance(x.value, str)]
                if isinstance(node.func, ast.Attribute) and node.func.attr in ("parametrize", "split"):
                    used.update(word for text in strings for word in re.findall(r"\w+", text))
    return used


def test_every_public_name_is_tested():
    used = names_used()
    forgotten = [f"{module}.{name}" for module, name in public_names() if name not in used]
    assert not forgotten, f"no test calls {', '.join(forgotten)}"


def test_a_name_that_no_test_calls_is_found(monkeypatch):
    monkeypatch.setitem(polygrad.__dict__, "no_test_calls" + "_this", lambda x: x)
    with pytest.raises(AssertionError, match="no test calls polygrad.no_test_calls_this"):
        test_every_public_name_is_tested()


def test_the_files_whose_names_are_looked_up_are_there():
    assert all((TESTS / name).is_file() for name in TABLES)
