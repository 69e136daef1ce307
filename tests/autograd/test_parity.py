"""The same programs on PyTorch and polygrad give the same: gradients, hooks, Function, modes, functional, complex numbers.

A program takes the module, ``torch`` or ``polygrad``, and returns numbers, tensors, or lists of them.
"""

import warnings

import numpy
import pytest

import polygrad
import polygrad.nn

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = pytest.mark.parity

PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def numbers(value):
    if isinstance(value, (list, tuple)):
        return [numbers(one) for one in value]
    if hasattr(value, "detach"):
        return numpy.asarray(value.detach().numpy())
    return value


def agree(one, other, path="result"):
    assert type(one) is type(other), (path, one, other)
    if isinstance(one, list):
        assert len(one) == len(other), path
        for i, (a, b) in enumerate(zip(one, other, strict=True)):
            agree(a, b, f"{path}[{i}]")
    elif isinstance(one, numpy.ndarray):
        assert one.shape == other.shape and one.dtype == other.dtype, (path, one, other)
        numpy.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12, err_msg=path)
    else:
        assert one == other, path


def var(m, values, dtype="float64"):
    return m.tensor(values, dtype=getattr(m, dtype), requires_grad=True)


@program
def accumulation(m):
    x = var(m, [1.0, 2.0])
    found = []
    for scale in (1.0, 2.0, 3.0):
        (x * x * scale).sum().backward()
        found.append(x.grad.clone())
    return found


@program
def shared_subexpressions(m):
    x, y = var(m, [0.3, -0.7]), var(m, [[1.0], [2.0]])
    h = m.sin(x * y)
    (h * h + h.exp() * x - h.sum(0)).sum().backward()
    return x.grad, y.grad


@program
def backward_with_inputs(m):
    x, y = var(m, 2.0), var(m, 3.0)
    z = x * y
    w = z * z
    w.backward(inputs=[x, z], retain_graph=True)
    w.backward(inputs=[z])
    return x.grad, z.grad, y.grad


@program
def several_roots(m):
    x = var(m, [1.0, 2.0])
    y = x * x
    m.autograd.backward([y.sum(), y * 2, x], [None, m.ones(2).double(), m.ones(2).double() * 5])
    return x.grad


@program
def unused_inputs(m):
    x, y = var(m, [1.0, 2.0]), var(m, 3.0)
    return (
        m.autograd.grad((x * x).sum(), (x, y), allow_unused=True),
        m.autograd.grad((x * x).sum(), (x, y), materialize_grads=True),
    )


@program
def batched_grad_outputs(m):
    x, y = var(m, [1.0, 2.0]), var(m, 3.0)
    seeds = m.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]], dtype=m.float64)
    return m.autograd.grad(x * x * y, (x, y), seeds, is_grads_batched=True)


@program
def tensor_hooks(m):
    x = var(m, [1.0, 2.0])
    y, seen = x * 3, []
    y.register_hook(lambda g: seen.append(g.clone()) or g * 2)
    y.retain_grad()
    handle = y.register_hook(lambda g: seen.append(g.clone()) or g + 1)
    x.register_hook(lambda g: g * 10)
    z = (y * y).sum()
    z.backward(retain_graph=True)
    handle.remove()
    z.backward()
    return seen, y.grad, x.grad


@program
def node_hooks(m):
    x, c = var(m, [1.0, 2.0]), m.tensor([3.0, 4.0], dtype=m.float64)
    y, seen = x * c, []
    y.grad_fn.register_prehook(lambda out: seen.append([g.clone() for g in out]) or (out[0] * 2,))
    y.grad_fn.register_hook(
        lambda into, out: seen.append([into[0].clone(), into[1], out[0].clone()]) or (into[0] + 1, None)
    )
    y.register_hook(lambda g: g + 100)
    y.retain_grad()
    y.sum().backward()
    return seen, y.grad, x.grad


@program
def captured_after_hooks(m):
    x = var(m, [1.0, 2.0])
    y = x * 3
    y.register_hook(lambda g: g * 2)
    return m.autograd.grad((y * y).sum(), y)


@program
def post_accumulate_hooks(m):
    x, seen = var(m, 2.0), []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.clone()))
    (x * x).backward()
    (x * x).backward()
    return seen


@program
def grad_mode_in_hooks(m):
    found = []
    for create_graph in (False, True):
        seen = {}

        def note(name, seen=seen):
            return lambda *_: seen.__setitem__(name, m.is_grad_enabled())

        x = var(m, [1.0, 2.0])
        y = x * 2
        layer = m.nn.Linear(2, 2).double()
        x.register_hook(note("leaf"))
        x.register_post_accumulate_grad_hook(note("accumulated"))
        y.register_hook(note("tensor"))
        y.grad_fn.register_hook(note("node"))
        y.grad_fn.register_prehook(note("before the node"))
        layer.register_full_backward_hook(note("module"))
        layer.register_full_backward_pre_hook(note("before the module"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's, of a cycle
            layer(y).sum().backward(create_graph=create_graph)
        found.append([f"{name} {seen[name]}" for name in sorted(seen)])
    return found


@program
def a_post_accumulate_hook_steps_the_leaf(m):
    v = var(m, [0.0, 0.0, 0.0])
    v.register_post_accumulate_grad_hook(lambda p: p.add_(p.grad, alpha=-0.01))
    v.backward(m.tensor([1.0, 2.0, 3.0], dtype=m.float64))
    return v.detach()


@program
def what_hooks_may_return(m):
    def told(run):
        try:
            return run()
        except RuntimeError:
            return "refused"

    def accumulated(returned):
        x = var(m, [1.0])
        x.register_post_accumulate_grad_hook(returned)
        x.sum().backward()
        return x.grad

    def module(returned):
        layer = m.nn.Linear(1, 1).double()
        layer.register_full_backward_hook(lambda module, grad_input, grad_output: returned(grad_input))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's, that no input requires grad
            layer(m.ones(1, 1).double()).sum().backward()
        return layer.bias.grad

    return [
        told(lambda: accumulated(lambda p: None)),
        told(lambda: accumulated(lambda p: p)),
        told(lambda: accumulated(lambda p: p.grad)),
        told(lambda: accumulated(lambda p: p * 2)),
        told(lambda: module(lambda given: given)),
        told(lambda: module(lambda given: None)),
        told(lambda: module(lambda given: (m.ones(1, 1).double(),))),
    ]


@program
def module_hooks_and_second_derivatives(m):
    layers = [m.nn.MSELoss(), m.nn.L1Loss(), m.nn.SmoothL1Loss()]
    activations = [m.nn.Tanh(), m.nn.Sigmoid(), m.nn.Softplus(), m.nn.ELU(), m.nn.SiLU()]
    found = []
    for layer in (*layers, *activations):
        calls = []
        layer.register_full_backward_hook(lambda module, before, after, calls=calls: calls.append([before[0], *after]))
        x = var(m, [0.5, -1.5])
        y = layer(x, m.zeros(2).double()) if layer in layers else layer(x).sum()
        (g,) = m.autograd.grad(y, x, create_graph=True)
        if g.requires_grad:
            m.autograd.grad(g.sum(), x, allow_unused=True)
        found.append([x.detach() for call in calls for x in call])
    return found


@program
def numpy_where_nothing_is_recorded(m):
    def array(x):
        try:
            return numpy.array(x.numpy()).tolist()
        except RuntimeError:
            return "refused"

    class Scaled(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            seen.append(array(x))
            return x * 2

        @staticmethod
        def backward(ctx, g):
            seen.extend([array(g), array(ctx.saved_tensors[0])])
            return g * 2

    class Once(Scaled):
        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            return Scaled.backward(ctx, g)

    x, seen = var(m, [1.0, 2.0]), []
    seen += [array(x), array(x * 2), array(x.detach()), x.numpy(force=True).tolist()]
    for mode in (m.no_grad(), m.inference_mode(), m.autograd.grad_mode.set_grad_enabled(False)):
        with mode:
            seen += [array(x), numpy.asarray(x).tolist()]
            with m.enable_grad():
                seen += [array(x)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for function in (Scaled, Once):
            for create_graph in (False, True):
                function.apply(x).sum().backward(create_graph=create_graph)
    x.register_hook(lambda g: seen.append(array(g)) and None)
    (x * x).sum().backward()
    return seen


@program
def gradcheck_of_a_modules_parameters(m):
    class Wrong(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g

    def checks(function, inputs):
        try:
            return m.autograd.gradcheck(function, inputs) and m.autograd.gradgradcheck(function, inputs)
        except RuntimeError:
            return "refused"

    m.manual_seed(0)
    layer, x = m.nn.Linear(3, 2).double(), m.rand(4, 3).double().requires_grad_()
    parameters = tuple(layer.parameters())
    before = [p.detach().clone() for p in parameters]
    found = [
        checks(lambda *_: layer(x).tanh(), parameters),
        checks(lambda x, *_: layer(x).tanh(), (x, *parameters)),
        checks(lambda *_: Wrong.apply(layer.weight), parameters),
        checks(lambda w, b: m.nn.functional.linear(x, w, b).exp(), parameters),
        checks(lambda y: (y * y).sum(), (x * 2,)),
        checks(lambda y: (y * y).sum(), (x[:2] * 2,)),
        checks(lambda z: (z * z * x[0, 0]).real, (m.view_as_complex(m.ones(2, 2).double()).clone().requires_grad_(),)),
    ]
    return [found, [bool((a == b).all()) for a, b in zip(before, layer.parameters())]]  # noqa: B905


@program
def materialized_zeros_that_require_grad(m):
    x, y = var(m, [1.0, 2.0]), var(m, [[3.0]])
    found = []
    for create_graph in (False, True):
        for loss in ((x * x).sum(), (x * x).sum() + 0 * y.sum()):
            g = m.autograd.grad(loss, (x, y), create_graph=create_graph, materialize_grads=True)
            found.append([[one.detach(), one.requires_grad, one.is_leaf] for one in g])
    (first,) = m.autograd.grad((x * x).sum(), y, create_graph=True, materialize_grads=True)
    found.append(m.autograd.grad(first.sum(), y, materialize_grads=True))
    return found


@program
def a_function_with_vjp(m):
    class Cube(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def vjp(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x**2 * g

    class Both(Cube):
        @staticmethod
        def backward(ctx, g):
            return g

    class Neither(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x**3

    x = var(m, [1.0, 2.0])
    (g,) = m.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
    found = [g, *m.autograd.grad(g.sum(), x)]
    for cls, error in ((Both, RuntimeError), (Neither, NotImplementedError)):
        y = cls.apply(x)
        try:
            y.sum().backward()
        except error:
            found.append("refused")
    return found


@program
def gradient_edges(m):
    edge = m.autograd.graph.GradientEdge
    x = var(m, [1.0, 2.0, 3.0])
    y = x * 2
    value, index = (y * y).max(0)
    low, high = (y * 1).split([1, 2])
    loss = value * 3 + high.prod() + low.sum()
    seed = m.ones((), dtype=m.float64)
    found = [
        m.autograd.grad(loss, edge(y.grad_fn, 0), retain_graph=True)[0],
        m.autograd.grad(loss, edge(value.grad_fn, value.output_nr), retain_graph=True)[0],
        m.autograd.grad(loss, m.autograd.graph.get_gradient_edge(x), retain_graph=True)[0],
        m.autograd.grad(edge(loss.grad_fn, 0), x, seed, retain_graph=True)[0],
        m.autograd.grad(edge(value.grad_fn, value.output_nr), x, seed, retain_graph=True)[0],
        m.autograd.grad(m.autograd.graph.get_gradient_edge(loss), y, seed, retain_graph=True)[0],
    ]
    got = m.autograd.graph.get_gradient_edge(value)
    found += [got.node is value.grad_fn, got.output_nr, got[1], index.requires_grad]
    m.autograd.backward(edge(loss.grad_fn, 0), seed, inputs=[x])
    return [*found, x.grad]


@program
def dictionaries_of_a_module_are_assigned(m):
    from collections import OrderedDict

    layer = m.nn.Linear(2, 1).double()
    layer._parameters = OrderedDict(weight=m.nn.Parameter(m.ones(1, 2).double()), bias=None)
    found = [layer(m.ones(1, 2).double()).detach(), [name for name, _ in layer.named_parameters()]]
    outer = m.nn.Sequential(layer, m.nn.Tanh())
    outer._modules = {"first": m.nn.Linear(2, 2), "second": layer}
    found += [list(outer.state_dict()), len(outer)]
    norm = m.nn.BatchNorm1d(2)
    norm._buffers = {name: None if x is None else x * 2 for name, x in norm._buffers.items()}
    found += [norm.running_var, sorted(norm.state_dict())]
    outer._modules = {}
    return [*found, len(outer), outer(3)]


@program
def next_functions(m):
    x = var(m, [1.0, 2.0])
    y = (x * 2 + m.ones(2).double()).exp()
    shape = []

    def walk(node):
        for following, number in node.next_functions:
            shape.append((following is None, number))
            if following is not None:
                walk(following)

    walk(y.grad_fn)
    return shape


@program
def every_order(m):
    x = var(m, [0.3, -0.7, 1.1])
    y = (x.sin() * x**3 / (1 + x * x)).sum()
    found = []
    for _ in range(4):
        (g,) = m.autograd.grad(y, x, create_graph=True)
        found.append(g)
        y = (g * g).sum()
    return found


@program
def double_backward_into_grad(m):
    x, w = var(m, [0.3, -0.7]), var(m, [[1.0, 2.0], [3.0, 4.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ((w @ x).tanh() ** 2).sum().backward(create_graph=True)
    penalty = (x.grad**2).sum() + (w.grad**3).sum()
    x.grad = w.grad = None
    penalty.backward()
    return x.grad, w.grad


@program
def grad_modes(m):
    x = var(m, 2.0)
    found = []
    with m.no_grad():
        y = x * 2
        found.append(y.requires_grad)
        with m.enable_grad():
            found.append((x * 2).requires_grad)
        z = var(m, 1.0)
        found.append(z.requires_grad)
        x += 1
    with m.inference_mode():
        found.append((x * 2).requires_grad)
    with m.set_grad_enabled(False):
        found.append((x * 2).requires_grad)
    return found, x, x.is_leaf


@program
def detached(m):
    x = var(m, [1.0, 2.0])
    y = x * 3
    d = y.detach()
    (y * d).sum().backward()
    return x.grad, d.requires_grad, d.is_leaf


@program
def function(m):
    class Norm(m.autograd.Function):
        @staticmethod
        def forward(ctx, x, power, y):
            ctx.power = power
            out = x**power * y
            ctx.save_for_backward(x, y, out)
            ctx.mark_non_differentiable(half := (x * 0.5))
            return out, half

        @staticmethod
        def backward(ctx, g, gone):
            x, _y, out = ctx.saved_tensors
            return g * out * ctx.power / x, None, (g * x**ctx.power if ctx.needs_input_grad[2] else None)

    x, y = var(m, [1.0, 2.0]), var(m, [3.0, 0.5])
    out, half = Norm.apply(x, 3, y)
    (first,) = m.autograd.grad(out.sum(), x, create_graph=True)
    second = m.autograd.grad(first.sum(), (x, y), create_graph=True)
    constant, _ = Norm.apply(x, 2, y.detach())
    return out, half, half.requires_grad, first, second, m.autograd.grad(constant.sum(), x), out.grad_fn.name()


@program
def function_with_setup_context(m):
    class Scale(m.autograd.Function):
        @staticmethod
        def forward(x, scale):
            return x * scale, x.sum()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.scale = inputs[1]
            ctx.set_materialize_grads(False)

        @staticmethod
        def backward(ctx, g, total):
            return (g * ctx.scale if total is None else total * 100 + m.zeros(2).double()), None

    x = var(m, [1.0, 2.0])
    out, total = Scale.apply(x, 4.0)
    return m.autograd.grad(out.sum(), x), m.autograd.grad(total, x)


@program
def function_in_place(m):
    class Double(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            x.mul_(2)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = var(m, [1.0, 2.0])
    y = x * 3
    z = Double.apply(y)
    (z * z).sum().backward()
    return y, z is y, x.grad


@program
def once_differentiable(m):
    class Square(m.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @m.autograd.function.once_differentiable
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    x, w = var(m, 3.0), var(m, 2.0)
    (g,) = m.autograd.grad(Square.apply(x) * w, x, create_graph=True)
    try:
        (g * 2 + w).backward()
    except RuntimeError as error:
        return g, "once_differentiable" in str(error)


@program
def functional(m):
    F = m.autograd.functional
    x, y = var(m, [0.3, -0.7]).detach(), var(m, [1.5, 2.0]).detach()
    curve = lambda x, y: (m.sin(x) * y, (x * x * y).sum())  # noqa: E731
    bowl = lambda x, y: (x**3 * y**2).sum() + (x * y).sum().exp()  # noqa: E731
    v = (y, x)
    return (
        F.jacobian(curve, (x, y)),
        F.hessian(bowl, (x, y)),
        F.vjp(curve, (x, y), (x, y[0])),
        F.jvp(curve, (x, y), v),
        F.vhp(bowl, (x, y), v),
        F.hvp(bowl, (x, y), v),
        F.jacobian(lambda x: x * 2, x),
        F.hessian(lambda x: (x * 2).sum(), x),
    )


@program
def complex_gradients(m):
    z, w = var(m, [1 + 2j, 0.5 - 1j], "complex128"), var(m, [2.0 - 1j, 1j], "complex128")
    loss = ((z * w).exp() / (z + 3)).abs().sum() + (z * w.conj()).real.sum() + (z**3).imag.sum()
    first = m.autograd.grad(loss, (z, w), create_graph=True)
    second = m.autograd.grad(first[0].real.sum() + (first[1] * (1 - 2j)).imag.sum(), (z, w))
    return loss, first, second


@program
def complex_seeds_hooks_and_real_leaves(m):
    x = var(m, [1.0, 2.0])
    z, seen = x * m.tensor([1 + 2j, 3 - 1j], dtype=m.complex128), []
    z.register_hook(lambda g: seen.append(g.clone()) or g * (1 + 1j))
    z.retain_grad()
    (z * z).backward(m.tensor([1j, 2 + 1j], dtype=m.complex128))
    return seen, z.grad, x.grad


@program
def complex_function(m):
    class Cube(m.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z**3

        @staticmethod
        def backward(ctx, g):
            (z,) = ctx.saved_tensors
            return g * (3 * z**2).conj()

    z = var(m, [1 + 2j, 0.5 - 1j], "complex128")
    (first,) = m.autograd.grad((Cube.apply(z) * (2 + 1j)).real.sum(), z, create_graph=True)
    return first, m.autograd.grad((first * first).imag.sum(), z)


@program
def complex_jvp(m):
    z = m.tensor([1 + 2j, 0.5 - 1j], dtype=m.complex128)
    return m.autograd.functional.jvp(lambda z: z**2 * z.conj(), z, m.tensor([1j, 2.0 - 1j], dtype=m.complex128))


@program
def in_place_in_the_graph(m):
    x = var(m, [1.0, 2.0, 3.0])
    y = x * 2
    y[0] = 5.0
    y[1:] *= x[1:]
    y.add_(1)
    (y * m.tensor([1.0, 10.0, 100.0], dtype=m.float64)).sum().backward()
    return y, x.grad


@program
def a_module_with_shared_weights(m):
    m.manual_seed(0)
    layer = m.nn.Linear(2, 2).double()
    with m.no_grad():
        layer.weight.copy_(m.tensor([[0.1, -0.2], [0.3, 0.4]], dtype=m.float64))
        layer.bias.copy_(m.tensor([0.5, -0.5], dtype=m.float64))
    x = m.tensor([[1.0, 2.0]], dtype=m.float64)
    layer(layer(x).tanh()).pow(2).sum().backward()
    return layer.weight.grad, layer.bias.grad


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_results(name):
    agree(numbers(PROGRAMS[name](polygrad)), numbers(PROGRAMS[name](torch)))
