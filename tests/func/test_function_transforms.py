"""autograd.Function under transforms: forward mode by its own derivative, batches by its own vmap.

Every Function of the table is compared with plain operations of the same values and derivatives; ``detach`` removes the
derivative of forward itself.
"""

import numpy
import pytest

import polygrad
from polygrad import func, tensor
from polygrad.autograd import Function, once_differentiable


class Cube(Function):
    """Saves its input, by forward."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x * x * grad


class CubeByAttribute(Function):
    """Keeps its input in a list on ctx."""

    @staticmethod
    def forward(ctx, x):
        ctx.kept = [x]
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.kept
        return 3 * x * x * grad


class ExpByForward(Function):
    """Saves its output, by forward."""

    @staticmethod
    def forward(ctx, x):
        y = polygrad.exp(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y


class ExpBySetup(Function):
    """Saves its output, by setup_context; has an argument that is no tensor."""

    @staticmethod
    def forward(x, scale):
        return polygrad.exp(x * scale)

    @staticmethod
    def setup_context(ctx, inputs, output):
        _x, ctx.scale = inputs
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * ctx.scale, None


class Rounded(Function):
    """A straight-through estimator."""

    @staticmethod
    def forward(ctx, x):
        return polygrad.round(x)

    @staticmethod
    def backward(ctx, grad):
        return grad


class Reversed(Function):
    """The reversal of a gradient."""

    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad):
        return -grad


class RoundedByJvp(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return polygrad.round(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_forward(*inputs)
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * polygrad.cos(x)

    @staticmethod
    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return t * polygrad.cos(x)


class Several(Function):
    """Two tensors and a number in; an output that varies, one that does not, and an integer."""

    @staticmethod
    def forward(x, y, scale):
        return x * y * scale, polygrad.sign(x), polygrad.argmax(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, y, ctx.scale = inputs
        ctx.save_for_backward(x, y)
        ctx.mark_non_differentiable(output[1], output[2])

    @staticmethod
    def backward(ctx, grad, of_sign, of_place):
        x, y = ctx.saved_tensors
        return (
            grad * y * ctx.scale if ctx.needs_input_grad[0] else None,
            grad * x * ctx.scale if ctx.needs_input_grad[1] else None,
            None,
        )


class SeveralByJvp(Several):
    @staticmethod
    def jvp(ctx, of_x, of_y, of_scale):
        x, y = ctx.saved_tensors
        assert of_scale is None
        return ctx.scale * (of_x * y + x * of_y), None, None


class SinAndCos(Function):
    """Two outputs, of which the loss may need one; None for a gradient that is missing."""

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        s, c = polygrad.sin(x), polygrad.cos(x)
        ctx.save_for_backward(s, c)
        return s, c

    @staticmethod
    def backward(ctx, of_sin, of_cos):
        s, c = ctx.saved_tensors
        parts = [g * d for g, d in ((of_sin, c), (of_cos, -s)) if g is not None]
        return sum(parts)


class OnceByJvp(Function):
    """Its backward cannot be differentiated, its jvp can."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 2 * x

    @staticmethod
    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return 2 * x * t


class Doubled(Function):
    """Changes its argument in place."""

    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2.0)

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


class ByAnother(Function):
    """Its backward calls a Function, in place on what it is given."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**4 / 4

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        grad *= Cube.apply(x)  # it may
        return grad


class Norm(Function):
    """A scalar of the whole example."""

    @staticmethod
    def forward(ctx, x):
        y = (x * x).sum()
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


def several(kind):
    def call(x):
        product, sign, place = kind.apply(x, polygrad.exp(x), 3.0)
        return product + sign.detach() + x[place.item() : place.item() + 1].detach() * 0

    return call


CASES = {
    "input": (Cube.apply, lambda x: x * x * x),
    "attribute": (CubeByAttribute.apply, lambda x: x * x * x),
    "output": (ExpByForward.apply, polygrad.exp),
    "setup": (lambda x: ExpBySetup.apply(x, scale=0.5), lambda x: polygrad.exp(x * 0.5)),
    "straight-through": (Rounded.apply, lambda x: x + (polygrad.round(x) - x).detach()),
    "reversal": (Reversed.apply, lambda x: 2 * x.detach() - x),
    "jvp": (RoundedByJvp.apply, lambda x: polygrad.sin(x) + (polygrad.round(x) - polygrad.sin(x)).detach()),
    "one of two": (lambda x: SinAndCos.apply(x)[1], polygrad.cos),
    "both of two": (lambda x: polygrad.add(*SinAndCos.apply(x)), lambda x: polygrad.sin(x) + polygrad.cos(x)),
    "in place": (lambda x: Doubled.apply(x * x), lambda x: 2 * x * x),
    "nested": (ByAnother.apply, lambda x: x**4 / 4),
    "scalar": (Norm.apply, lambda x: (x * x).sum()),
}
POINT, WAY, BATCH = [0.3, -1.7, 2.4], [1.0, -0.5, 0.25], [[0.3, -1.7, 2.4], [1.6, 0.2, -0.4]]


def loss_of(f):
    return lambda x: (f(x) * polygrad.sin(f(x))).sum()


def point(values=POINT):
    return tensor(values, dtype=polygrad.float64)


TRANSFORMS = {
    "jvp": lambda f: func.jvp(f, (point(),), (point(WAY),)),
    "jacfwd": lambda f: func.jacfwd(f)(point()),
    "jacrev": lambda f: func.jacrev(f)(point()),
    "hessian": lambda f: func.hessian(loss_of(f))(point()),
    "hvp": lambda f: func.hvp(loss_of(f), (point(),), (point(WAY),)),
    "grad of jvp": lambda f: func.grad(lambda x: func.jvp(loss_of(f), (x,), (point(WAY),))[1])(point()),
    "jvp of jvp": lambda f: func.jvp(lambda x: func.jvp(f, (x,), (point(WAY),))[1], (point(),), (point(WAY),)),
    "vmap of jvp": lambda f: func.vmap(lambda x: func.jvp(f, (x,), (point(WAY),))[1])(point(BATCH)),
    "jvp of vmap": lambda f: func.jvp(func.vmap(f), (point(BATCH),), (point(BATCH),)),
    "vmap of grad": lambda f: func.vmap(func.grad(loss_of(f)))(point(BATCH)),
    "vmap of hessian": lambda f: func.vmap(func.hessian(loss_of(f)))(point(BATCH)),
    "grad of vmap": lambda f: func.grad(lambda x: func.vmap(f)(x).sum())(point(BATCH)),
    "third": lambda f: func.jacfwd(func.jacfwd(func.jacrev(loss_of(f))))(point()),
    "linearize": lambda f: func.linearize(f, point())[1](point(WAY)),
    "backward": lambda f: polygrad.autograd.functional.hessian(loss_of(f), point()),
}


def agree(one, other):
    one, other = (value if isinstance(value, tuple) else (value,) for value in (one, other))
    for a, b in zip(one, other, strict=True):
        numpy.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("case", CASES)
def test_every_transform_takes_the_functions_own_derivative(case, transform):
    own, plain = CASES[case]
    agree(TRANSFORMS[transform](own), TRANSFORMS[transform](plain))


@pytest.mark.parametrize("kind", [Several, SeveralByJvp])
@pytest.mark.parametrize("transform", [name for name in TRANSFORMS if "vmap" not in name and name != "third"])
def test_several_arguments_and_outputs(kind, transform):
    def own(x):
        product, sign, place = kind.apply(x, polygrad.exp(x), 3.0)
        assert not place.dtype.is_differentiable
        return product + 2 * sign

    agree(
        TRANSFORMS[transform](own),
        TRANSFORMS[transform](lambda x: 3 * x * polygrad.exp(x) + 2 * polygrad.sign(x.detach())),
    )


@pytest.mark.parametrize("case", ["input", "output", "straight-through", "jvp"])
@pytest.mark.parametrize("transform", ["jvp", "hessian", "vmap of jvp"])
def test_on_every_backend(backend, case, transform):
    own, plain = CASES[case]
    agree(TRANSFORMS[transform](own), TRANSFORMS[transform](plain))


@pytest.mark.parametrize("case", ["input", "setup", "straight-through", "jvp"])
def test_compiled(backend, case):
    own, plain = CASES[case]

    def program(f):
        return lambda x, t: func.jvp(func.grad(loss_of(f)), (x,), (t,))[1]

    compiled = polygrad.compile(program(own))
    for _ in range(3):
        agree(compiled(point(), point(WAY)), program(plain)(point(), point(WAY)))


def test_complex_derivatives():
    class Square(Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z * z

        @staticmethod
        def backward(ctx, grad):
            (z,) = ctx.saved_tensors
            return grad * 2 * z.conj()

    class Energy(Function):  # from complex to real
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return (z * z.conj()).real

        @staticmethod
        def backward(ctx, grad):
            (z,) = ctx.saved_tensors
            return 2 * grad * z

    z, t = tensor([1 + 2j, 0.5 - 1j], dtype=polygrad.complex128), tensor([0.3 - 1j, 2j], dtype=polygrad.complex128)
    agree(func.jvp(Square.apply, (z,), (t,)), func.jvp(lambda z: z * z, (z,), (t,)))
    agree(func.jvp(Energy.apply, (z,), (t,)), func.jvp(lambda z: (z * z.conj()).real, (z,), (t,)))


def test_forward_leaves_polygrad():
    class Numpys(Function):
        @staticmethod
        def forward(x):
            return tensor(numpy.sin(x.detach().numpy()), dtype=x.dtype)

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * polygrad.cos(x)

        @staticmethod
        def vmap(info, in_dims, x):
            assert info.batch_size == 2 and info.randomness == "error" and in_dims == (0,)
            return Numpys.apply(x), 0

    for name in ("jvp", "jacfwd", "hessian", "jvp of jvp", "vmap of jvp", "jvp of vmap", "vmap of grad"):
        agree(TRANSFORMS[name](Numpys.apply), TRANSFORMS[name](polygrad.sin))


def test_vmap_of_ones_own():
    calls = []

    class Outer(Function):
        """Several outputs, each with its own batch dimension; an argument that is no tensor, and one without a batch."""

        @staticmethod
        def forward(x, y, scale):
            return x * y * scale, x.sum(), polygrad.ones(2)

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, y, ctx.scale = inputs
            ctx.save_for_backward(x, y)

        @staticmethod
        def backward(ctx, grad, of_sum, of_ones):
            x, y = ctx.saved_tensors
            return grad * y * ctx.scale + of_sum, grad * x * ctx.scale, None

        @staticmethod
        def vmap(info, in_dims, x, y, scale):
            calls.append((info.batch_size, info.randomness, in_dims, tuple(x.shape), tuple(y.shape), scale))
            return ((x * y * scale).mT, x.sum(in_dims[0] - 1), polygrad.ones(2)), (1, 0, None)

    y = point()
    product, total, ones = func.vmap(lambda x: Outer.apply(x, y, 2.0), out_dims=(0, 0, None), randomness="same")(
        point(BATCH)
    )
    assert calls == [(2, "same", (0, None, None), (2, 3), (3,), 2.0)]
    agree((product, total, ones), (2 * point(BATCH) * y, point(BATCH).sum(1), polygrad.ones(2)))
    calls.clear()
    slope = func.vmap(func.grad(lambda x: Outer.apply(x, y, 2.0)[0].sum()))(point(BATCH))
    agree(slope, (2 * y).expand(2, 3))
    assert len(calls) == 1
    calls.clear()
    Outer.apply(y, y, 2.0)
    assert not calls


def test_random_numbers_in_a_vmap_of_ones_own_are_of_the_whole_batch():
    class Noise(Function):
        @staticmethod
        def forward(x):
            return x + polygrad.rand_like(x)

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x):
            return x + polygrad.rand(x.shape, dtype=x.dtype), 0

    made = func.vmap(Noise.apply)(polygrad.zeros(4, 2))
    assert made.shape == (4, 2) and len(set(made.flatten().tolist())) == 8


def function(forward=None, **methods):
    """A Function from a forward and a backward."""
    forward = forward or (lambda ctx, x: x * 1.0)
    named = {"forward": forward, **methods}
    return type("Made", (Function,), {k: staticmethod(v) if callable(v) else v for k, v in named.items()})


def nothing(ctx, inputs, output):
    pass


@pytest.mark.parametrize(
    ("made", "kind", "message"),
    [
        (function(), NotImplementedError, "Made has neither a jvp nor a backward.*write a jvp"),
        (function(backward=once_differentiable(lambda ctx, g: g)), RuntimeError, "once_differentiable.*write a jvp"),
        (function(backward=lambda ctx, g: g.detach() * 2), RuntimeError, "must be linear"),
        (function(backward=lambda ctx, g: g + g.detach()), RuntimeError, "must be linear"),
        (function(backward=lambda ctx, g: polygrad.sign(g)), RuntimeError, "must be linear"),
        (function(backward=lambda ctx, g: g.clamp(-0.1, 0.1)), RuntimeError, "must be linear"),
        (function(backward=lambda ctx, g: g * g), RuntimeError, "must be linear"),
        (function(backward=lambda ctx, g: tensor(g.detach().numpy() * 2)), RuntimeError, "must be linear"),
        (function(jvp=lambda ctx, t: (t, t)), RuntimeError, r"invalid number of forward gradients \(expected 1 but got 2\)"),
        (function(jvp=lambda ctx, t: t.sum()), RuntimeError, r"output 0 a tangent of shape \(\), but the output has \(3,\)"),
        (function(jvp=lambda ctx, t: 1.0), TypeError, "output 0 a float; a tangent is a Tensor or None"),
        (function(jvp=lambda ctx, t: t * 1j), RuntimeError, "complex128, but the output is float64"),
        (
            function(lambda x: polygrad.argsort(x), setup_context=nothing, jvp=lambda ctx, t: t),
            RuntimeError,
            "output is not differentiable; return None",
        ),
    ],
)  # fmt: skip
def test_what_forward_mode_refuses(made, kind, message):
    with pytest.raises(kind, match=message):
        func.jvp(made.apply, (point(),), (point(WAY),))


def test_zeros_of_backward_are_zero_tangents():
    made = function(lambda ctx, x, y: x + y, backward=lambda ctx, g: (g, polygrad.zeros_like(g)))
    assert func.jvp(made.apply, (point(), point()), (point(WAY), point(WAY)))[1].tolist() == WAY
    made = function(lambda ctx, x, y: x + y, backward=lambda ctx, g: (None, None))
    assert func.jvp(made.apply, (point(), point()), (point(WAY), point(WAY)))[1].tolist() == [0.0, 0.0, 0.0]


def test_where_nothing_varies_no_rule_is_needed():
    constant = point()
    assert func.jvp(lambda x: x + function().apply(constant), (constant,), (point(WAY),))[1].tolist() == WAY


def test_tangents_that_are_missing():
    given = []

    def rule(ctx, *tangents):
        given.append([None if t is None else t.tolist() for t in tangents])

    for materializes, missing in ((True, [0.0, 0.0, 0.0]), (False, None)):

        def setup(ctx, inputs, output, materializes=materializes):
            ctx.set_materialize_grads(materializes)

        made = function(lambda x, y, n: x + y, setup_context=setup, jvp=rule)
        func.jvp(lambda x, made=made: made.apply(x, point(), 2), (point(),), (point(WAY),))
        assert given.pop() == [WAY, missing, None]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (function(vmap=lambda info, dims, x: (x, 0)), "needs a setup_context"),
        (
            function(lambda x: x, setup_context=nothing, vmap=lambda *a: None, generate_vmap_rule=True),
            "generate_vmap_rule=True and a vmap",
        ),
        (function(lambda x: x, setup_context=nothing, vmap=lambda info, dims, x: x), "returns two things"),
        (function(lambda x: x, setup_context=nothing, vmap=lambda info, dims, x: (x, (0, 0))), "1 outputs and 2 out_dims"),
        (function(lambda x: x, setup_context=nothing, vmap=lambda info, dims, x: (x, 1)), r"along dimension 1 .*\(2, 3\)"),
    ],
)  # fmt: skip
def test_what_vmap_refuses(made, message):
    with pytest.raises(RuntimeError, match=message):
        func.vmap(made.apply)(point(BATCH))


def test_forward_mode_does_not_differentiate_a_backward_that_says_so():
    made = function(lambda ctx, x: x * x, backward=once_differentiable(lambda ctx, g: g), jvp=lambda ctx, t: t)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        func.hessian(lambda x: (made.apply(x) ** 2).sum())(point())
