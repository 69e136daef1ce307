"""Programs in the style of torch.func's documentation: the same results and errors in PyTorch and on every backend.

Every program is a function of ``torch``, which is PyTorch or polygrad.
"""

from __future__ import annotations

import functools
from collections import OrderedDict, defaultdict
from typing import Any, NamedTuple

import numpy as np
import pytest

import polygrad
from tests.cases.programs import noise

OTHERS = [name for name in polygrad.backends.available() if name != "numpy"]


class Pair(NamedTuple):
    first: Any
    second: Any


def linear(torch, features=3, seed=0.0):
    layer = torch.nn.Linear(features, 2)
    with torch.no_grad():
        layer.weight.copy_(noise(torch, 2, features, seed=seed))
        layer.bias.copy_(noise(torch, 2, seed=seed + 1))
    return layer


def network(torch, seed=0.0):
    return torch.nn.Sequential(linear(torch, 3, seed), torch.nn.Tanh(), linear(torch, 2, seed + 3))


def detached(layer):
    return {name: p.detach() for name, p in layer.named_parameters()}


class Scaled:
    """A module class of the library ``torch`` with a parameter under two names, an empty bias and a plain attribute."""

    def __new__(cls, torch):
        class Module(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = torch.nn.Parameter(noise(torch, 3))
                self.tied = self.scale
                self.register_parameter("bias", None)
                self.offset = noise(torch, 3, seed=1)

            def forward(self, x, *, power=1):
                y = (x * self.scale + self.tied + self.offset) ** power
                return y if self.bias is None else y + self.bias

        return Module()


def samples_gradients(torch):
    """The gradient of every sample of a small network, some at a time."""
    model = network(torch)
    parameters, buffers = detached(model), dict(model.named_buffers())

    def loss(parameters, buffers, x, target):
        scores = torch.func.functional_call(model, (parameters, buffers), (x.unsqueeze(0),))
        return torch.nn.functional.cross_entropy(scores, target.unsqueeze(0))

    gradient = torch.func.vmap(torch.func.grad(loss), in_dims=(None, None, 0, 0), chunk_size=2)
    return gradient(parameters, buffers, noise(torch, 5, 3), torch.tensor([0, 1, 1, 0, 1]))


def ensemble(torch):
    models = [network(torch, seed) for seed in (0.0, 5.0, 7.0)]
    parameters, buffers = torch.func.stack_module_state(models)
    run = lambda p, b, x: torch.func.functional_call(models[0], (p, b), (x,))  # noqa: E731
    xs = noise(torch, 3, 4, 3)
    same, own = torch.func.vmap(run, in_dims=(0, 0, None)), torch.func.vmap(run)
    return (
        same(parameters, buffers, xs[0]),
        own(parameters, buffers, xs),
        [p.requires_grad for p in parameters.values()],
    )


def tangent_kernel(torch):
    """The empirical neural tangent kernel, by Jacobians and by products."""
    model = network(torch)
    parameters, xs, ys = detached(model), noise(torch, 3, 3), noise(torch, 2, 3, seed=1)
    run = lambda parameters, x: torch.func.functional_call(model, parameters, (x,))  # noqa: E731
    ones, twos = (torch.func.vmap(torch.func.jacrev(run), (None, 0))(parameters, z) for z in (xs, ys))
    whole = sum(torch.einsum("Naf,Mbf->NMab", ones[n].flatten(2), twos[n].flatten(2)) for n in ones)

    def pair(x, y):
        _, pull = torch.func.vjp(lambda p: run(p, x), parameters)
        along = lambda v: torch.func.jvp(lambda p: run(p, y), (parameters,), pull(v))[1]  # noqa: E731
        return torch.func.vmap(along)(torch.eye(2))

    return whole, torch.func.vmap(torch.func.vmap(pair, (None, 0)), (0, None))(xs, ys).mT


def learning_to_learn(torch):
    """One inner step of gradient descent for each task, and the gradient through all of them."""
    predict = lambda p, x: (x @ p[0] + p[1]).tanh() @ p[2]  # noqa: E731
    loss = lambda p, x, y: ((predict(p, x) - y) ** 2).mean()  # noqa: E731

    def of_task(p, x, y):
        adapted = [a - 0.1 * g for a, g in zip(p, torch.func.grad(loss)(p, x, y), strict=True)]
        return loss(adapted, x, y)

    whole = lambda p, xs, ys: torch.func.vmap(of_task, (None, 0, 0))(p, xs, ys).mean()  # noqa: E731
    start = [noise(torch, 1, 8), noise(torch, 8, seed=1), noise(torch, 8, 1, seed=2)]
    return torch.func.grad_and_value(whole)(start, noise(torch, 4, 5, 1), noise(torch, 4, 5, 1, seed=3))


def nested_dimensions(torch):
    x, y = noise(torch, 3, 5), noise(torch, 5, 3, seed=1)
    vmap = torch.func.vmap
    return (
        vmap(lambda d: d["x"] * d["y"][0], in_dims=({"x": 0, "y": [1]},))({"x": x, "y": [y]}),
        vmap(lambda x, y: x * y, in_dims=(-1, -2), out_dims=-1)(x, y),
        vmap(lambda x: (x.sin(), {"c": x.cos()}), out_dims=(1, {"c": -1}), chunk_size=2)(x),
        vmap(lambda x: x * 2, out_dims=(1,))(x),
        vmap(lambda x, scale=1.0: (x * scale, torch.ones(2)), out_dims=(0, None))(x, scale=3.0),
    )


def containers(torch):
    x, y = noise(torch, 3, 2), noise(torch, 3, 2, seed=1)
    vmap = torch.func.vmap
    pair = vmap(lambda p: p._replace(first=p.first * p.second))(Pair(x, y))
    return (
        [*pair],
        vmap(lambda d: d["a"] * d["b"])(OrderedDict(a=x, b=y)),
        vmap(lambda d: d["a"] * 2)(defaultdict(list, a=x)),
        torch.func.grad(lambda d: (d["a"] ** 2 * d["b"]).sum())(OrderedDict(a=x, b=y)),
    )


def integers_do_not_vary(torch):
    x, v = noise(torch, 4, scale=5.0), noise(torch, 4, seed=1)
    of_whole = lambda x: (x.long() * x + (x > 0) * x + x.to(torch.int32)).sum()  # noqa: E731
    leaf = x.clone().requires_grad_()
    return (
        torch.func.grad(of_whole)(x),
        torch.func.jvp(of_whole, (x,), (v,)),
        torch.func.grad(lambda x: x.sum().long())(x),
        [y.requires_grad for y in (leaf.long(), leaf.int(), leaf.bool(), leaf.double(), leaf.to(torch.int16))],
    )


def what_is_held_constant(torch):
    def unrecorded(x):
        with torch.no_grad():
            held = x * x
        return (held * x * x.detach()).sum()

    x, v = noise(torch, 3), noise(torch, 3, seed=1)
    return torch.func.grad(unrecorded)(x), torch.func.jvp(unrecorded, (x,), (v,)), torch.func.hessian(unrecorded)(x)


def functional_calls(torch):
    x, new, call = noise(torch, 3, seed=2), noise(torch, 3, seed=3), torch.func.functional_call
    module = Scaled(torch)
    before = dict(vars(module)) if torch is polygrad else {}
    results = [
        call(module, {"scale": new}, (x,)),
        call(module, {"tied": new}, x),
        call(module, {"scale": new}, (x,), tie_weights=False),
        call(module, {"scale": new, "tied": new}, (x,), {"power": 2}),
        call(module, ({"scale": new}, {"bias": new * 2}), (x,)),
        call(module, {"offset": new, "of nobody": new}, None, {"x": x}),
    ]
    assert not hasattr(module, "of nobody") and module.bias is None
    assert all(vars(module)[name] is value for name, value in before.items())
    return results


def directions(torch):
    x, v = noise(torch, 3), noise(torch, 3, seed=1)
    function = lambda d: {"out": d["x"].sin() * d["y"]}  # noqa: E731
    value, pushed = torch.func.linearize(function, {"x": x, "y": v})
    return (
        value,
        pushed({"x": v, "y": x}),
        torch.func.jvp(function, ({"x": x, "y": v},), ({"x": v, "y": x},), strict=True),
        torch.func.jvp(lambda x: (x.sin(), {"more": x}), (x,), (v,), has_aux=True),
        torch.func.jvp(lambda x: torch.ones(2), (x,), (v,), strict=False),
    )


def written_arguments(torch):
    """Writes to an argument reach the caller's tensor, and so do writes to a captured view."""
    vmap, seen = torch.func.vmap, []

    def doubled(x, y):
        x.mul_(2)
        y[0] = x[0]
        return x * y

    calls = [
        lambda x, y: vmap(doubled)(x, y),
        lambda x, y: vmap(doubled, in_dims=1, out_dims=1, chunk_size=2)(x, y),
        lambda x, y: vmap(vmap(doubled, in_dims=1), in_dims=(2, 1))(x[..., None].repeat(1, 1, 2), y.unsqueeze(1).repeat(1, 2, 1)),
        lambda x, y: torch.func.jvp(doubled, (x, y), (y + 1, x - 1)),
        lambda x, y: vmap(lambda a, b: torch.func.jvp(doubled, (a, b), (b + 1, a - 1)), in_dims=1)(x, y),
        lambda x, y: torch.func.jacrev(lambda a, b: b.copy_(a).sin())(x, y),
        lambda x, y: torch.func.jacfwd(lambda a, b: b.copy_(a).sin())(x, y),
        lambda x, y: torch.func.jacfwd(lambda a, b, c: c.add_(a * b).sin(), argnums=(0, 1))(x, x.clone(), y),
        lambda x, y: torch.func.grad(lambda a, b: b["y"].mul_(a).sum())(x, {"y": y}),
        lambda x, y: torch.func.vjp(lambda a: a * 2, x)[0],
    ]  # fmt: skip
    for call in calls:
        x, y = noise(torch, 3, 4), noise(torch, 3, 4, seed=1)
        result = call(x, y)
        seen.append([result, x, y, y.requires_grad])
    x = noise(torch, 3, 4).requires_grad_()
    z, y = x * 1, noise(torch, 3, 4, seed=1).requires_grad_()
    vmap(lambda a, b: a.mul_(b))(z, y)
    return [*seen, torch.autograd.grad((z * z).sum(), (x, y))]


def views_of_a_batch(torch):
    """Results that are views of an argument share its memory; writes go both ways."""
    views = {
        "itself": lambda a: a, "in place": lambda a: a.mul_(2), "transposed": lambda a: a.T, "part": lambda a: a[1:, ::2],
        "row": lambda a: a[0], "reshaped": lambda a: a.reshape(-1), "expanded": lambda a: a[:1].expand(3, 4),
        "two": lambda a: a.T[1:].unsqueeze(0), "copy": lambda a: a.clone(),
        "detached": lambda a: a + 0, "nested": torch.func.vmap(lambda b: b[1:], out_dims=1),
    }  # fmt: skip
    seen = []
    for function in views.values():
        for dims in ((0, 0), (1, -1), (2, 1)):
            x = noise(torch, 3, 4, 4)
            y = torch.func.vmap(function, *dims)(x)
            seen.append([y.clone(), x.clone(), y.is_contiguous()])
            if y.stride().count(0) == 0:
                y.add_(1)
                seen.append(x.clone())
            x.zero_()
            seen.append(y)
    return seen


def sweeps_after_no_grad(torch):
    """A function that runs under no_grad, and a sweep that is recorded; and the other way round."""
    x = noise(torch, 3).requires_grad_()
    with torch.no_grad():
        value, pull = torch.func.vjp(lambda x: x**3, x)
        inside = torch.func.grad(lambda x: (x**3).sum())(x)
    (pulled,) = pull(torch.ones(3))
    recorded, again = torch.func.vjp(lambda x: x**3, x)
    with torch.no_grad():
        (unrecorded,) = again(torch.ones(3))
    flags = [y.requires_grad for y in (value, inside, pulled, recorded, unrecorded)]
    return flags, torch.autograd.grad(pulled.sum(), x), torch.autograd.grad(recorded.sum(), x)


def cotangents_of_outer_batches(torch):
    """A gradient by a function of inner batches, from cotangents that belong to an outer batch only, and the other way round."""
    vmap, x, g, scale = torch.func.vmap, noise(torch, 2, 4), noise(torch, 3, 4, seed=1), noise(torch, 5, 4, seed=2)
    x.requires_grad_(), g.requires_grad_()
    pull = lambda a, x, g: torch.func.vjp(lambda z: z**3 * a, x)[1](g)[0]  # noqa: E731
    inner = vmap(vmap(vmap(pull, (0, None, None)), (None, 0, None)), (None, None, 0))(scale, x, g)
    outer = vmap(vmap(vmap(pull, (None, None, 0)), (None, 0, None)), (0, None, None))(scale, x, g)
    return inner, outer, torch.autograd.grad((inner.sin() + outer.cos().permute(2, 1, 0, 3)).sum(), (x, g))


PROGRAMS = {
    function.__name__: function
    for function in (
        samples_gradients, ensemble, tangent_kernel, learning_to_learn, nested_dimensions, containers, integers_do_not_vary,
        what_is_held_constant, functional_calls, directions, written_arguments, views_of_a_batch, sweeps_after_no_grad,
        cotangents_of_outer_batches,
    )
}  # fmt: skip


def plain(value):
    """``value`` as nested lists and dicts of NumPy arrays."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    return np.asarray(value if isinstance(value, bool) else value.detach().numpy())


def assert_same(result, expected, path="result"):
    assert type(result) is type(expected), path
    if isinstance(expected, dict):
        assert result.keys() == expected.keys(), path
        for name, one in expected.items():
            assert_same(result[name], one, f"{path}[{name!r}]")
    elif isinstance(expected, list):
        assert len(result) == len(expected), path
        for number, (one, other) in enumerate(zip(result, expected, strict=True)):
            assert_same(one, other, f"{path}[{number}]")
    else:
        assert (result.shape, result.dtype) == (expected.shape, expected.dtype), path
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5, err_msg=path)


@functools.cache
def on_numpy(name):
    with polygrad.use_backend("numpy"):
        return plain(PROGRAMS[name](polygrad))


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_pytorchs_numbers(name):
    torch = pytest.importorskip("torch")
    assert_same(on_numpy(name), plain(PROGRAMS[name](torch)))


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_numbers_on_every_backend(name, backend):
    with polygrad.use_backend(backend):
        assert_same(plain(PROGRAMS[name](polygrad)), on_numpy(name))


# -- operations whose results do not depend on values in their shape -----------------------------------------------------------

NO_VALUE_IS_NEEDED = {
    "masked_scatter": lambda x: x.masked_scatter(x > 0, polygrad.cat([x * 2, x * 3])),
    "repeat_interleave": lambda x: polygrad.repeat_interleave(x, polygrad.tensor([1, 2, 0]), 0, output_size=3),
    "lstsq": lambda x: polygrad.linalg.lstsq(x[:, None] ** polygrad.arange(1, 3), x, driver="gels").residuals,
    "batch normalization over all batches": lambda x: polygrad.nn.functional.batch_norm(
        polygrad.stack([x, 2 * x]), None, None, training=True, momentum=1 / polygrad.tensor(3.0)
    ),
}


@pytest.mark.parametrize("name", NO_VALUE_IS_NEEDED)
def test_no_value_is_needed_in_a_batch_and_while_compiling(name, backend):
    function = NO_VALUE_IS_NEEDED[name]
    xs = noise(polygrad, 4, 3).double()
    loop = polygrad.stack([function(x) for x in xs])
    assert polygrad.allclose(polygrad.func.vmap(function)(xs), loop)
    assert polygrad.allclose(polygrad.compile(function)(xs[0]), loop[0])


# -- wrong use -------------------------------------------------------------------------------------------------------------


def three(torch):
    return noise(torch, 3)


#: Wrong programs, with a part of polygrad's text.
WRONG = {
    "argnums=0, but the function was called with 0": lambda t: t.func.grad(lambda: 1)(),
    "argnums=1, but": lambda t: t.func.grad(lambda x: x.sum(), argnums=1)(three(t)),
    "a tuple of ints, not 0.5": lambda t: t.func.grad(lambda x: x.sum(), argnums=0.5)(three(t)),
    r"a tuple of ints, not \[0\]": lambda t: t.func.grad(lambda x: x.sum(), argnums=[0])(three(t)),
    "argnums is empty": lambda t: t.func.grad(lambda x: x.sum(), argnums=())(three(t)),
    "names an argument twice": lambda t: t.func.grad(lambda x, y: x.sum(), argnums=(0, -2))(three(t), three(t)),
    "not a Tensor": lambda t: t.func.grad(lambda x: x.sum(), has_aux=True)(three(t)),
    "not a tuple of 3": lambda t: t.func.grad(lambda x: (x.sum(), x, x), has_aux=True)(three(t)),
    "grad: an argument to differentiate with respect to must be a Tensor, not float": lambda t: t.func.grad(
        lambda x: x
    )(2.0),
    "grad: an argument to differentiate with respect to is int64": lambda t: t.func.grad(lambda x: x.sum())(
        t.tensor([1, 2])
    ),
    "grad: what the function returns must be a Tensor, not float": lambda t: t.func.grad(lambda x: 1.0)(three(t)),
    "grad: the function must return one tensor": lambda t: t.func.grad(lambda x: (x.sum(), x))(three(t)),
    r"no dimensions, and it returned one of shape \(1,\)": lambda t: t.func.grad(lambda x: x[:1])(three(t)),
    "vjp: what the function returns, leaf 1, must be": lambda t: t.func.vjp(lambda x: (x, None), three(t)),
    "vjp_fn: the cotangents must have the structure": lambda t: t.func.vjp(t.sin, three(t))[1]((three(t),)),
    "vjp_fn: a cotangent has shape": lambda t: t.func.vjp(t.sin, three(t))[1](three(t)[:2]),
    "jvp: primals is a tuple": lambda t: t.func.jvp(t.sin, three(t), three(t)),
    "jvp: the tangents must have the structure": lambda t: t.func.jvp(t.sin, (three(t),), (three(t), three(t))),
    "jvp: a tangent has shape": lambda t: t.func.jvp(t.sin, (three(t),), (three(t)[:2],)),
    "jvp: a primal must be a Tensor": lambda t: t.func.jvp(lambda x: x, (3.0,), (three(t),)),
    "jvp: a primal is int64": lambda t: t.func.jvp(lambda x: x, (t.arange(3),), (t.arange(3),)),
    "jvp: what the function returns must be a Tensor, not int": lambda t: t.func.jvp(
        lambda x: 3, (three(t),), (three(t),)
    ),
    "jvp: there is no tensor among the primals": lambda t: t.func.jvp(lambda x: t.ones(2), ((),), ((),)),
    r"jvp: the function must return at least one tensor, and it returned \(\)": lambda t: t.func.jvp(
        lambda x: (), (three(t),), (three(t),)
    ),
    "jacrev: the function must return at least one tensor": lambda t: t.func.jacrev(lambda x: ())(three(t)),
    "jacfwd: the function must return at least one tensor": lambda t: t.func.jacfwd(lambda x: ())(three(t)),
    "strict=True, and output 1 of the function does not depend": lambda t: t.func.jvp(
        lambda x: (x, t.ones(3)), (three(t),), (three(t),), strict=True
    ),
    "jvp_fn: the tangents must have the structure": lambda t: t.func.linearize(t.sin, three(t))[1](three(t), three(t)),
    "chunk_size is None or at least 1, not 0": lambda t: t.func.vmap(t.sin, chunk_size=0)(three(t)),
    r"not \[0, 0\]; for a single argument": lambda t: t.func.vmap(t.mul, in_dims=[0, 0])(three(t), three(t)),
    "in_dims has 2 entries": lambda t: t.func.vmap(t.sin, in_dims=(0, 0))(three(t)),
    "a 0-d tensor has no batch dimension": lambda t: t.func.vmap(t.sin)(three(t)[0]),
    r"in_dims has 0 for a float \(leaf 1": lambda t: t.func.vmap(lambda x, y: x * y)(three(t), 2.0),
    "vmap: no argument has a batch": lambda t: t.func.vmap(lambda: 3)(),
    "different sizes": lambda t: t.func.vmap(t.mul)(three(t), three(t)[:2]),
    r"out_dims \(0, 0, 0\) does not have the structure": lambda t: t.func.vmap(lambda x: (x, x), out_dims=(0, 0, 0))(
        three(t)
    ),
    r"in_dims \(0, 0\) does not have the structure": lambda t: t.func.vmap(lambda z: z[0], in_dims=((0, 0),))(
        [three(t), three(t)]
    ),
    r"out_dims \(0, 0\) does not have the structure": lambda t: t.func.vmap(lambda x: [x, x], out_dims=(0, 0))(
        three(t)
    ),
    "out_dims has 3, but that result has 0 dimensions": lambda t: t.func.vmap(t.sin, out_dims=3)(three(t)),
    "out_dims=None requires an unbatched output, but output 0 is batched": lambda t: t.func.vmap(t.sin, out_dims=None)(
        three(t)
    ),
    "it returned a NoneType": lambda t: t.func.vmap(lambda x: None)(three(t)),
    "randomness is one of": lambda t: t.func.vmap(t.sin, randomness="much")(three(t)),
    'randomness="different"': lambda t: t.func.vmap(t.rand_like)(three(t)),
    "need one value": lambda t: t.func.vmap(lambda x: x * x.item())(three(t)),
    "choose with polygrad.where": lambda t: t.func.vmap(lambda x: x if x > 0 else -x)(three(t)),
    "need the values of a tensor of shape": lambda t: t.func.vmap(lambda x: x * x.tolist())(three(t)),
    "writes in place to a tensor from outside": lambda t: t.func.vmap(t.zeros(()).add_)(three(t)),
    "strict=True, but no tensor is given for 'bias'": lambda t: t.func.functional_call(
        linear(t), {"weight": noise(t, 2, 3)}, (three(t),), strict=True
    ),
    "Linear has no parameter or buffer 'w'": lambda t: t.func.functional_call(
        linear(t), {**detached(linear(t)), "w": three(t)}, (three(t),), strict=True
    ),
    "which has no submodule 'layer'; it has 0, 1, 2": lambda t: t.func.functional_call(
        network(t), {"layer.weight": three(t)}, (three(t),)
    ),
    "'weight' is in several of the dicts": lambda t: t.func.functional_call(
        linear(t), [{"weight": three(t)}, {"weight": three(t)}], (three(t),)
    ),
    "'weight' must be a Tensor, not float": lambda t: t.func.functional_call(linear(t), {"weight": 3.0}, (three(t),)),
    "or several in a tuple, not 3": lambda t: t.func.functional_call(linear(t), 3, (three(t),)),
    "are one tensor in the module": lambda t: t.func.functional_call(
        Scaled(t), {"scale": three(t), "tied": three(t) * 2}, (three(t),)
    ),
    "expected at least one model": lambda t: t.func.stack_module_state([]),
    "of one class, but there are Linear, Tanh": lambda t: t.func.stack_module_state([t.nn.Linear(3, 2), t.nn.Tanh()]),
    "some in evaluation": lambda t: t.func.stack_module_state([t.nn.Tanh(), t.nn.Tanh().eval()]),
    "requires grad in some": lambda t: t.func.stack_module_state([linear(t), linear(t).requires_grad_(False)]),
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_use_is_explained(text):
    with pytest.raises((TypeError, ValueError, IndexError, RuntimeError, AttributeError), match=text):
        WRONG[text](polygrad)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", WRONG)
def test_wrong_use_raises_what_pytorch_raises(text):
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        WRONG[text](torch)
    with pytest.raises(theirs.type):
        WRONG[text](polygrad)
