"""Values at the boundary of an operation's domain and beyond: a clear error, or PyTorch's result.

The values in the tables are PyTorch 2.13's.
"""

from __future__ import annotations

import math
import operator

import pytest

import polygrad
import polygrad.nn.functional as F

NAN, INF = math.nan, math.inf
INTEGERS = {"uint8": (0, 255), "int8": (-128, 127), "int16": (-(2**15), 2**15 - 1), "int32": (-(2**31), 2**31 - 1)}


@pytest.fixture(params=polygrad.backends.available())
def backend(request):
    with polygrad.use_backend(request.param) as chosen:
        yield chosen


def ints(*values, dtype="int64"):
    return polygrad.tensor(list(values), dtype=getattr(polygrad, dtype))


def matrix():
    return polygrad.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


# -- numbers that an integer type does not have ------------------------------------------------------------------------

ARITHMETIC = "add sub mul floordiv mod and_ or_ xor lshift rshift pow".split()
COMPARISONS = "lt le gt ge eq ne".split()


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ARITHMETIC)
def test_a_number_that_the_type_does_not_have_is_refused(name, dtype, backend):
    lowest, highest = INTEGERS[dtype]
    function, x = getattr(operator, name), ints(1, 2, dtype=dtype)
    for number in (highest + 1, lowest - 1, 2**70):
        with pytest.raises(RuntimeError, match="does not fit into|negative integer powers"):
            function(x, number)
        with pytest.raises(
            RuntimeError, match=f"the number {number} does not fit into {dtype}, which has numbers {lowest} to"
        ):
            function(number, x)
    function(x, highest)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", COMPARISONS)
def test_a_comparison_with_a_number_that_the_type_does_not_have_is_right(name, dtype, backend):
    function, values = getattr(operator, name), list(INTEGERS[dtype])
    for number in (values[1] + 1, values[0] - 1, 2**40):
        assert function(ints(*values, dtype=dtype), number).tolist() == [function(value, number) for value in values]
        assert function(number, ints(*values, dtype=dtype)).tolist() == [function(number, value) for value in values]


def test_a_true_quotient_takes_every_number(backend):
    assert (ints(30, dtype="uint8") / 300).tolist() == pytest.approx([0.1])
    assert (300 / ints(30, dtype="uint8")).tolist() == [10.0]


WRITES = {
    "fill_": lambda x: x.fill_(300),
    "an element": lambda x: x.__setitem__(0, 300),
    "a mask": lambda x: x.__setitem__(x > 0, 300),
    "an index": lambda x: x.__setitem__(ints(0), 300),
    "masked_fill": lambda x: x.masked_fill(x > 0, 300),
    "where": lambda x: polygrad.where(x > 0, x, 300),
    "add_": lambda x: x.add_(300),
    "+=": lambda x: x.__iadd__(300),
    "alpha": lambda x: polygrad.add(x, x, alpha=300),
    "full_like": lambda x: polygrad.full_like(x, 300),
    "new_full": lambda x: x.new_full((2,), 300),
    "scatter": lambda x: x.scatter(0, ints(0), 300),
    "index_fill": lambda x: x.index_fill(0, ints(0), 300),
    "pad": lambda x: F.pad(x, (1, 1), value=300),
    "randint": lambda x: polygrad.randint(0, 300, (3,), dtype=x.dtype),
    "linspace": lambda x: polygrad.linspace(0, 300, 3, dtype=x.dtype),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_number_that_the_type_does_not_have_is_not_written(name, backend):
    x = ints(1, 2, dtype="uint8")
    with pytest.raises(RuntimeError, match="fit into uint8"):
        WRITES[name](x)
    assert x.tolist() == [1, 2]


# -- integers divided by zero ------------------------------------------------------------------------------------------

DIVISIONS = {
    "//": operator.floordiv,
    "%": operator.mod,
    "fmod": polygrad.fmod,
    "remainder": polygrad.remainder,
    "div floor": lambda x, y: polygrad.div(x, y, rounding_mode="floor"),
    "div trunc": lambda x, y: polygrad.div(x, y, rounding_mode="trunc"),
    "//=": lambda x, y: operator.ifloordiv(x.clone(), y),
    "in a transform": lambda x, y: polygrad.func.vmap(lambda x: x // y)(x),
}


@pytest.mark.parametrize("dtype", [*INTEGERS, "int64"])
@pytest.mark.parametrize("name", DIVISIONS)
def test_an_integer_is_not_divided_by_zero(name, dtype, backend):
    x = ints(7, 9, dtype=dtype)
    for zero in (0, ints(0, dtype=dtype)[0], *([] if name == "in a transform" else [ints(3, 0, dtype=dtype)])):
        with pytest.raises(RuntimeError, match="divides an integer by 0"):
            DIVISIONS[name](x, zero)
    assert DIVISIONS[name](x, 2).tolist() == DIVISIONS[name](x, ints(2, dtype=dtype)[0]).tolist()
    assert DIVISIONS[name](x[:0], 2).tolist() == []


def test_a_replayed_program_refuses_what_eager_operations_refuse():
    with polygrad.use_backend("numpy"):
        divide = polygrad.compile(lambda x, y: x // y)
        pick = polygrad.compile(lambda x, i: polygrad.gather(x, 0, i))
        draw = polygrad.compile(polygrad.bernoulli)
        for _ in range(2):
            assert divide(ints(7), ints(2)).tolist() == [3] and pick(ints(5, 6), ints(1)).tolist() == [6]
            assert draw(polygrad.ones(2)).tolist() == [1, 1]
            with pytest.raises(RuntimeError, match="divides an integer by 0"):
                divide(ints(7), ints(0))
            with pytest.raises(IndexError, match="-1"):
                pick(ints(5, 6), ints(-1))
            with pytest.raises(RuntimeError, match="between 0 and 1"):
                draw(polygrad.ones(2) * 2)


@pytest.mark.filterwarnings("ignore:(divide by zero|invalid value)")
def test_a_floating_number_is_divided_by_zero(backend):
    x = polygrad.tensor([1.0, -1.0])
    assert (x / 0).tolist() == [INF, -INF]
    assert polygrad.isnan(x % 0).all()


# -- positions that are out of range -----------------------------------------------------------------------------------

#: Functions of bad positions along an axis of length 3; whether negative ones count from the end.
POSITIONS = {
    "gather": (lambda i: polygrad.gather(matrix(), 1, ints([i], [0])), False),
    "take_along_dim": (lambda i: polygrad.take_along_dim(matrix(), ints([i], [0]), 1), True),
    "take_along_dim, flat": (lambda i: polygrad.take_along_dim(matrix()[0], ints(i)), False),
    "take": (lambda i: polygrad.take(matrix()[0], ints(i)), True),
    "index_select": (lambda i: polygrad.index_select(matrix(), 1, ints(i)), False),
    "index_add": (lambda i: polygrad.index_add(matrix(), 1, ints(i), polygrad.ones(2, 1)), False),
    "index_add_": (lambda i: matrix().index_add_(1, ints(i), polygrad.ones(2, 1)), False),
    "index_copy": (lambda i: polygrad.index_copy(matrix(), 1, ints(i), polygrad.ones(2, 1)), False),
    "index_copy_": (lambda i: matrix().index_copy_(1, ints(i), polygrad.ones(2, 1)), False),
    "index_fill": (lambda i: polygrad.index_fill(matrix(), 1, ints(i), 5.0), True),
    "index_put": (lambda i: polygrad.index_put(matrix(), (ints(0), ints(i)), polygrad.ones(1)), True),
    "index_put, adding": (lambda i: polygrad.index_put(matrix(), (ints(0), ints(i)), polygrad.ones(1), True), True),
    "scatter": (lambda i: polygrad.scatter(matrix(), 1, ints([i], [0]), polygrad.ones(2, 1)), False),
    "scatter of a number": (lambda i: polygrad.scatter(matrix(), 1, ints([i], [0]), 5.0), False),
    "scatter_": (lambda i: matrix().scatter_(1, ints([i], [0]), 5.0), False),
    "scatter_add": (lambda i: polygrad.scatter_add(matrix(), 1, ints([i], [0]), polygrad.ones(2, 1)), False),
    "scatter, adding": (
        lambda i: polygrad.scatter(matrix(), 1, ints([i], [0]), polygrad.ones(2, 1), reduce="add"),
        False,
    ),
    "scatter, multiplying": (
        lambda i: polygrad.scatter(matrix(), 1, ints([i], [0]), polygrad.ones(2, 1), reduce="multiply"),
        False,
    ),
    "embedding": (lambda i: F.embedding(ints(i), matrix().T), False),
    "an index": (lambda i: matrix()[ints(0), ints(i)], True),
    "a number": (lambda i: matrix()[:, i], True),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_a_position_that_is_out_of_range_is_refused(name, backend):
    function, from_the_end = POSITIONS[name]
    function(2)
    if from_the_end:
        function(-3)
    for position in (3, -4, 700, *([] if from_the_end else [-1])):
        with pytest.raises(IndexError, match=rf"{position}\b"):
            function(position)


def test_the_source_of_scatter_is_not_broadcast(backend):
    with pytest.raises(RuntimeError, match=r"index of shape \(2, 2\).*\(2, 1\)"):
        polygrad.scatter(matrix(), 1, ints([0, 1], [0, 1]), polygrad.ones(2, 1))


def test_negative_numbers_of_repeats_are_refused(backend):
    with pytest.raises(RuntimeError, match="negative"):
        polygrad.repeat_interleave(matrix(), ints(-1, 1), 0)


@pytest.mark.parametrize("value", [2.0, -0.1, NAN, INF])
def test_what_is_no_probability_is_refused(value, backend):
    for draw in (lambda p: polygrad.bernoulli(p), lambda p: polygrad.zeros(2).bernoulli_(p)):
        with pytest.raises(RuntimeError, match="between 0 and 1"):
            draw(polygrad.tensor([0.5, value]))
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        polygrad.zeros(2).bernoulli_(value)


# -- gradients at ties and next to NaN ---------------------------------------------------------------------------------

FIRST, SECOND = [1.0, 1.0, 2.0, NAN, NAN, 1.0, INF, -0.0, 0.0], [1.0, 2.0, 1.0, NAN, 1.0, NAN, INF, 0.0, -0.0]
#: Function → gradients of its first and its second operand.
TIES = {
    "maximum": (polygrad.maximum, [0.5, 0, 1, 1, 1, 1, 0.5, 0.5, 0.5], [0.5, 1, 0, 1, 1, 1, 0.5, 0.5, 0.5]),
    "minimum": (polygrad.minimum, [0.5, 1, 0, 1, 1, 1, 0.5, 0.5, 0.5], [0.5, 0, 1, 1, 1, 1, 0.5, 0.5, 0.5]),
    "fmax": (polygrad.fmax, [1, 0, 1, 1, 0, 1, 1, 1, 1], [0, 1, 0, 0, 1, 0, 0, 0, 0]),
    "fmin": (polygrad.fmin, [1, 1, 0, 1, 0, 1, 1, 1, 1], [0, 0, 1, 0, 1, 0, 0, 0, 0]),
    "clamp from below": (lambda x, y: x.clamp(min=y), [1, 0, 1, 0, 0, 0, 1, 1, 1], [0, 1, 0, 0, 0, 0, 0, 0, 0]),
    "clamp from above": (lambda x, y: x.clamp(max=y), [1, 1, 0, 0, 0, 0, 1, 1, 1], [0, 0, 1, 0, 0, 0, 0, 0, 0]),
}


@pytest.mark.parametrize("name", TIES)
def test_gradients_at_ties(name, backend):
    function, first, second = TIES[name]
    x, y = (polygrad.tensor(values, dtype=polygrad.float64, requires_grad=True) for values in (FIRST, SECOND))
    function(x, y).sum().backward()
    assert x.grad.tolist() == first and y.grad.tolist() == second
    ones = polygrad.ones_like(x.detach())
    _, tangent = polygrad.func.jvp(lambda t: function(t, y.detach()), (x.detach(),), (ones,))
    assert tangent.tolist() == first


def test_a_write_to_what_false_selects_is_not_recorded(backend):
    x, value = polygrad.ones(2, requires_grad=True), polygrad.tensor(3.0, requires_grad=True)
    y = x * 1
    y[False] = value
    y.sum().backward()
    assert value.grad is None and x.grad.tolist() == [1.0, 1.0]


def test_the_derivatives_of_logit_outside_of_its_domain_are_not_numbers(backend):
    x = polygrad.tensor([-1.0, -1e-9, 0.25, 1.5, NAN, INF, -INF], dtype=polygrad.float64, requires_grad=True)
    y = polygrad.logit(x)
    (slope,) = polygrad.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = polygrad.autograd.grad(slope.sum(), x)
    for found, inside in ((y, math.log(1 / 3)), (slope, 16 / 3), (second, -16 + 16 / 9)):
        assert found[2].item() == pytest.approx(inside)
        assert polygrad.isnan(found).tolist() == [True, True, False, True, True, True, True]


# -- second derivatives far out ----------------------------------------------------------------------------------------


def _curvature(x):
    """``sigmoid(x) * sigmoid(-x)``, relatively accurate everywhere."""
    small = math.exp(-abs(x))
    return small / (1 + small) ** 2


#: Function of one number → its second derivative there.
SECOND_DERIVATIVES = {
    "softplus": (lambda x: F.softplus(x, threshold=1000), _curvature),
    "logsigmoid": (F.logsigmoid, lambda x: -_curvature(x)),
    "logaddexp, first": (lambda x: polygrad.logaddexp(x, polygrad.zeros_like(x)), _curvature),
    "logaddexp, second": (lambda x: polygrad.logaddexp(polygrad.zeros_like(x), x), _curvature),
    "cross entropy of a logit": (
        lambda x: F.binary_cross_entropy_with_logits(x, polygrad.ones_like(x), reduction="none"),
        _curvature,
    ),
}
FAR = [-700.0, -100.0, -40.0, -17.5, -1.0, 0.0, 1.0, 17.5, 40.0, 100.0, 700.0]


@pytest.mark.parametrize("name", SECOND_DERIVATIVES)
def test_second_derivatives_do_not_cancel(name, backend):
    function, expected = SECOND_DERIVATIVES[name]
    x = polygrad.tensor(FAR, dtype=polygrad.float64, requires_grad=True)
    (slope,) = polygrad.autograd.grad(function(x).sum(), x, create_graph=True)
    (reverse,) = polygrad.autograd.grad(slope.sum(), x)
    ones = polygrad.ones_like(x.detach())
    _, forward = polygrad.func.jvp(polygrad.func.grad(lambda t: function(t).sum()), (x.detach(),), (ones,))
    for found in (reverse, forward):
        assert found.tolist() == pytest.approx([expected(value) for value in FAR], rel=1e-13, abs=0)


# -- linear with one feature -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 3), (0, 3)])
def test_linear_with_a_vector_for_a_weight(shape, backend):
    x, weight = polygrad.ones(*shape, requires_grad=True), polygrad.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = F.linear(x, weight)
    assert y.shape == shape[:-1] and polygrad.equal(y, polygrad.full(shape[:-1], 6.0))
    y.sum().backward()
    assert x.grad.shape == shape and weight.grad.tolist() == [float(math.prod(shape[:-1]))] * 3


def test_linear_with_a_vector_that_does_not_fit(backend):
    for arguments in ((4,), polygrad.tensor([1.0, 2.0, 3.0])), ((), polygrad.ones(3)), ((3,), polygrad.ones(1, 2, 3)):
        with pytest.raises(RuntimeError, match="linear: the weight must be"):
            F.linear(polygrad.ones(*arguments[0]), arguments[1])
    with pytest.raises(RuntimeError, match="linear: the weight must be"):
        F.linear(polygrad.ones(2, 3), polygrad.ones(3), polygrad.ones(1))


# -- arguments of optimizers, schedules and nn.utils -------------------------------------------------------------------


def parameter():
    made = polygrad.ones(2, requires_grad=True)
    (made * made).sum().backward()
    return made


def optimizer():
    return polygrad.optim.SGD([parameter()], lr=0.1)


#: What is no number.
NO_NUMBERS = [None, "a", [0.1], (0.9,), {}, object(), 1j, polygrad.ones(2)]
OPTIMIZERS = {
    "SGD": "lr momentum dampening weight_decay",
    "Adam": "lr eps weight_decay",
    "AdamW": "lr eps weight_decay",
    "RMSprop": "lr alpha eps weight_decay momentum",
    "Adagrad": "lr lr_decay weight_decay initial_accumulator_value eps",
    "Adadelta": "lr rho eps weight_decay",
    "Adamax": "lr eps weight_decay",
    "NAdam": "lr eps weight_decay momentum_decay",
    "RAdam": "lr eps weight_decay",
    "Rprop": "lr",
    "ASGD": "lr lambd alpha t0 weight_decay",
}
SETTINGS = [(name, setting) for name, settings in OPTIMIZERS.items() for setting in settings.split()]


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_a_setting_of_an_optimizer_is_a_number(name, setting):
    make = getattr(polygrad.optim, name)
    for value in NO_NUMBERS:
        with pytest.raises(TypeError, match=rf"{name}\(\): argument '{setting}' must be a real number, not"):
            make([parameter()], **{setting: value})
        with pytest.raises(TypeError, match=f"'{setting}'"):
            make([{"params": [parameter()], setting: value}])
    if setting not in ("dampening", "lambd", "alpha", "t0"):  # PyTorch takes any number
        for value in (-1, NAN):
            with pytest.raises(ValueError, match=f"Invalid {setting} value: {value}"):
                make([parameter()], **{setting: value})
    make([parameter()], **{setting: polygrad.tensor(0.5)}).step()


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_betas_are_two_numbers(name):
    make = getattr(polygrad.optim, name)
    for betas, kind in (
        (0.9, TypeError),
        (None, TypeError),
        ("ab", TypeError),
        ((0.9,), ValueError),
        ([0.9] * 3, ValueError),
    ):
        with pytest.raises(kind, match=rf"{name}\(\): argument 'betas' must be two numbers"):
            make([parameter()], betas=betas)
    with pytest.raises(TypeError, match=r"argument 'betas\[1\]' must be a real number, not str"):
        make([parameter()], betas=(0.9, "a"))
    with pytest.raises(ValueError, match="beta parameter at index 1"):
        make([parameter()], betas=(0.9, 1.0))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_parameters_of_an_optimizer_are_tensors(name):
    make = getattr(polygrad.optim, name)
    for params in (None, 3, object()):
        with pytest.raises(TypeError, match="params must be an iterable"):
            make(params)
        with pytest.raises(TypeError, match="'params' of a param_group"):
            make([{"params": params}])
    for params in ([3], ["a"], [None]):
        with pytest.raises(TypeError, match="takes tensors"):
            make(params)


utils, schedulers = polygrad.nn.utils, polygrad.optim.lr_scheduler
#: Function and argument → the call with a value for it.
NUMBERS = {
    "clip_grad_norm_ max_norm": lambda v: utils.clip_grad_norm_([parameter()], v),
    "clip_grad_norm_ norm_type": lambda v: utils.clip_grad_norm_([parameter()], 1.0, v),
    "clip_grad_value_ clip_value": lambda v: utils.clip_grad_value_([parameter()], v),
    "get_total_norm norm_type": lambda v: utils.get_total_norm([parameter()], v),
    "clip_grads_with_norm_ max_norm": lambda v: utils.clip_grads_with_norm_([parameter()], v, polygrad.tensor(1.0)),
    "StepLR gamma": lambda v: schedulers.StepLR(optimizer(), 1, v),
    "MultiStepLR gamma": lambda v: schedulers.MultiStepLR(optimizer(), [1], v),
    "ExponentialLR gamma": lambda v: schedulers.ExponentialLR(optimizer(), v),
}
TENSORS = {
    "clip_grad_norm_ parameters": lambda v: utils.clip_grad_norm_(v, 1.0),
    "clip_grad_value_ parameters": lambda v: utils.clip_grad_value_(v, 1.0),
    "clip_grads_with_norm_ parameters": lambda v: utils.clip_grads_with_norm_(v, 1.0, polygrad.tensor(1.0)),
    "get_total_norm tensors": utils.get_total_norm,
    "parameters_to_vector parameters": utils.parameters_to_vector,
    "vector_to_parameters parameters": lambda v: utils.vector_to_parameters(polygrad.ones(2), v),
    "pad_sequence sequences": utils.rnn.pad_sequence,
    "pack_sequence sequences": utils.rnn.pack_sequence,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_an_argument_that_is_a_number(name):
    function, argument = name.split()
    for value in NO_NUMBERS:
        # The order of a norm may be "inf"; another string is a wrong value, not a wrong type.
        wanted, text = (
            (ValueError, "could not convert") if argument == "norm_type" and value == "a"
            else (TypeError, rf"{function}\(\): argument '{argument}' must be a real number, not")
        )  # fmt: skip
        with pytest.raises(wanted, match=text):
            NUMBERS[name](value)
    NUMBERS[name](1)
    NUMBERS[name](polygrad.tensor(0.5))


@pytest.mark.parametrize("name", TENSORS)
def test_an_argument_that_is_some_tensors(name):
    function, argument = name.split()
    for value in (None, 3, "a", {}, 1j, object()):
        wanted, text = TypeError, rf"{function}\(\): argument '{argument}' must be a Tensor or some Tensors, not"
        if function == "pad_sequence" and not hasattr(value, "__iter__"):
            wanted, text = RuntimeError, "pad_sequence: expected some sequences, not"
        with pytest.raises(wanted, match=text):
            TENSORS[name](value)
    for value in ([3], ["a"], [None], (0.9,)):
        with pytest.raises(TypeError, match=rf"{function}\(\): {argument}\[0\] must be a Tensor, not"):
            TENSORS[name](value)
    TENSORS[name]([parameter()])


@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_the_function_of_a_schedule_is_a_function(name):
    for value in (None, 3, "a", [0.5]):
        with pytest.raises(TypeError, match=rf"{name}\(\): lr_lambda must be a function"):
            getattr(schedulers, name)(optimizer(), value)


# -- refused as in PyTorch -----------------------------------------------------------------------------------------------


def matches(**of):
    return {name: getattr(F, name)(polygrad.ones(2), polygrad.zeros(2), **options) for name, options in of.items()}


def own_gradient():
    x = parameter()
    x.grad = x


def resized(mode, dtype):
    return F.interpolate(polygrad.ones(1, 1, 4, 4).to(getattr(polygrad, dtype)), size=2, mode=mode)


REFUSED = {
    "a tensor as its own gradient": (own_gradient, RuntimeError),
    "huber_loss delta=-1": (lambda: matches(huber_loss={"delta": -1.0}), RuntimeError),
    "huber_loss delta=0": (lambda: matches(huber_loss={"delta": 0.0}), RuntimeError),
    "smooth_l1_loss beta=-1": (lambda: matches(smooth_l1_loss={"beta": -1.0}), RuntimeError),
    "group_norm of one value": (lambda: F.group_norm(polygrad.ones(1, 10, 1), 10), ValueError),
    "GroupNorm of one value": (lambda: polygrad.nn.GroupNorm(10, 10)(polygrad.ones(1, 10)), ValueError),
    "Unflatten an int": (lambda: polygrad.nn.Unflatten(1, 3), TypeError),
    "Unflatten floats": (lambda: polygrad.nn.Unflatten(1, (2.0, 5.0)), TypeError),
    "Unflatten dim=1.0": (lambda: polygrad.nn.Unflatten(1.0, (2, 5)), TypeError),
    "flip without dimensions": (lambda: polygrad.ones(2).flip(), TypeError),
    "heaviside of two types": (lambda: polygrad.heaviside(polygrad.ones(2), ints(1, 1)), RuntimeError),
    "heaviside of two widths": (lambda: polygrad.heaviside(ints(1), ints(1, dtype="int32")), RuntimeError),
    "cosine_similarity of ints": (lambda: F.cosine_similarity(ints(1), ints(1), 0), RuntimeError),
    **{f"interpolate {mode} {dtype}": (lambda mode=mode, dtype=dtype: resized(mode, dtype), NotImplementedError)
       for mode in ("bilinear", "bicubic", "area") for dtype in ("int64", "int32")},
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_pytorch_refuses(name, backend):
    call, error = REFUSED[name]
    with pytest.raises(error):
        call()


def test_losses_and_norms_at_the_border_of_what_is_refused(backend):
    assert matches(smooth_l1_loss={"beta": 0.0})["smooth_l1_loss"].item() == 1
    assert F.group_norm(polygrad.ones(2, 10, 1), 10).tolist() == polygrad.zeros(2, 10, 1).tolist()
    assert F.cosine_similarity(ints(3, dtype="int8"), polygrad.tensor([4.0]), 0).item() == 1


@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_bytes_are_classes(name, backend):
    scores = polygrad.tensor([[0.5, -1.0, 2.0], [0.0, 3.0, 1.0]])
    expected = getattr(F, name)(scores, ints(2, 0)).item()
    assert getattr(F, name)(scores, ints(2, 0, dtype="uint8")).item() == expected


def test_the_number_of_a_cpu_says_nothing():
    for name in ("cpu:0", "cpu:1"):
        assert str(polygrad.ones(2, device=name, backend="numpy").device) == "cpu"
        assert str(polygrad.ones(2, backend="numpy").to(polygrad.device(name)).device) == "cpu"
    with pytest.raises(ValueError, match="has no device 'cpu:'"):
        polygrad.ones(2, device="cpu:", backend="numpy")
