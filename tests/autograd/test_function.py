"""autograd.Function: operations whose gradient the user defines."""

import gc
import weakref

import numpy
import pytest

import polygrad
from polygrad import autograd, tensor
from polygrad.autograd import Function, once_differentiable


def leaf(*values, dtype=polygrad.float64):
    return tensor(values[0] if len(values) == 1 else list(values), dtype=dtype, requires_grad=True)


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 3 * x * x * grad


class Exp(Function):
    """Saves its output, by setup_context."""

    @staticmethod
    def forward(x, scale=1.0):
        return polygrad.exp(x * scale)

    @staticmethod
    def setup_context(ctx, inputs, output):
        _x, ctx.scale = inputs
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * ctx.scale, None


def function(forward, backward):
    """A Function from a forward and a backward."""
    return type("Made", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


class TestCalls:
    def test_forward_and_backward(self):
        x = leaf(2.0)
        y = Cube.apply(x)
        assert y.item() == 8.0 and y.grad_fn.name() == "CubeBackward"
        y.backward()
        assert x.grad.item() == 12.0

    def test_it_stands_among_other_operations(self):
        x = leaf(2.0)
        (Cube.apply(x * 3) * x).backward()
        assert x.grad.item() == pytest.approx(4 * 27 * 8.0)

    def test_without_a_graph_nothing_is_recorded(self):
        x = leaf(2.0)
        assert not Cube.apply(x.detach()).requires_grad
        with polygrad.no_grad():
            assert not Cube.apply(x).requires_grad

    def test_setup_context_with_defaults_and_keywords(self):
        x = leaf(2.0)
        Exp.apply(x).backward()
        Exp.apply(x, scale=3.0).backward()
        assert x.grad.item() == pytest.approx(numpy.exp(2) + 3 * numpy.exp(6))

    def test_arguments_that_are_no_tensors(self):
        def forward(ctx, x, power, name=None, *, shift=0.0):
            ctx.power, ctx.name = power, name
            ctx.save_for_backward(x)
            return x**power + shift

        def backward(ctx, grad):
            assert ctx.name == "n"
            return grad * ctx.power * ctx.saved_tensors[0] ** (ctx.power - 1), None, None

        x = leaf(2.0)
        y = function(forward, backward).apply(x, 3, "n", shift=1.0)
        assert y.item() == 9.0
        y.backward()
        assert x.grad.item() == 12.0

    def test_several_inputs_and_outputs(self):
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y, x + y

        def backward(ctx, product, total):
            x, y = ctx.saved_tensors
            return product * y + total, product * x + total

        x, y = leaf(2.0), leaf(5.0)
        product, total = function(forward, backward).apply(x, y)
        assert product.grad_fn is total.grad_fn and total.output_nr == 1
        (product * 10 + total).backward()
        assert x.grad.item() == 51.0 and y.grad.item() == 21.0

    def test_outputs_that_are_no_tensors_pass_through(self):
        made = function(lambda ctx, x: (x * 2, 5, None), lambda ctx, g, five, none: (g * 2,))
        x = leaf(1.0)
        y, five, none = made.apply(x)
        y.backward()
        assert five == 5 and none is None and x.grad.item() == 2.0

    def test_one_output_in_a_tuple(self):
        made = function(lambda ctx, x: (x * 2,), lambda ctx, g: g * 2)
        x = leaf(1.0)
        (y,) = made.apply(x)
        y.backward()
        assert x.grad.item() == 2.0

    def test_needs_input_grad(self):
        seen = []

        def forward(ctx, x, k, y):
            seen.append(ctx.needs_input_grad)
            return x + y

        made = function(forward, lambda ctx, g: seen.append(ctx.needs_input_grad) or (g, None, None))
        made.apply(leaf(1.0), 3, tensor(1.0)).backward()
        assert seen == [(True, False, False)] * 2

    def test_gradients_of_inputs_that_need_none_are_dropped(self):
        made = function(lambda ctx, x, y: x * y, lambda ctx, g: (g * 2, g * 3))
        x, y = leaf(1.0), tensor(1.0)
        made.apply(x, y).backward()
        assert x.grad.item() == 2.0 and y.grad is None

    def test_none_is_no_gradient(self):
        made = function(lambda ctx, x, y: x * y, lambda ctx, g: (g, None))
        x, y = leaf(1.0), leaf(1.0)
        made.apply(x, y).backward()
        assert x.grad.item() == 1.0 and y.grad is None

    def test_a_gradient_is_summed_to_a_broadcast_input_and_cast_to_its_type(self):
        made = function(lambda ctx, x: x + polygrad.ones(3, 2), lambda ctx, g: g.double())
        x = leaf(1.0, 2.0, dtype=polygrad.float32)
        made.apply(x).sum().backward()
        assert x.grad.tolist() == [3.0, 3.0] and x.grad.dtype is polygrad.float32

    def test_an_input_that_is_returned_becomes_another_tensor(self):
        made = function(lambda ctx, x: x, lambda ctx, g: g * 7)
        x = leaf(1.0)
        y = made.apply(x)
        assert y is not x and x.is_leaf
        y.backward()
        assert x.grad.item() == 7.0

    def test_a_view_of_an_input_that_is_returned_stays_what_it_was(self):
        made = function(lambda ctx, x: x[0], lambda ctx, g: polygrad.stack([g * 7, g * 0]))
        x = leaf(1.0, 2.0) * 1
        y = made.apply(x)
        x += 10
        assert y.item() == 1.0
        assert autograd.grad(y, x, allow_unused=True)[0] is None


class TestContext:
    def test_materialized_and_missing_gradients(self):
        for materializes in (True, False):
            seen = []

            def forward(ctx, x, materializes=materializes):
                ctx.set_materialize_grads(materializes)
                return x * 2, x * 3, tensor([1, 2])

            def backward(ctx, *grads, seen=seen):
                seen.extend(grads)
                return grads[0] * 2

            function(forward, backward).apply(leaf(1.0, 2.0))[0].sum().backward()
            assert seen[0].tolist() == [1.0, 1.0]
            if materializes:
                assert seen[1].tolist() == [0.0, 0.0] and seen[1].dtype is polygrad.float64
                assert seen[2].tolist() == [0, 0] and seen[2].dtype is polygrad.int64
            else:
                assert seen[1:] == [None, None]

    def test_mark_non_differentiable(self):
        def forward(ctx, x):
            order = x.argmax().double()
            ctx.mark_non_differentiable(order)
            return x * 2, order

        x = leaf(1.0, 2.0)
        y, order = function(forward, lambda ctx, g, _: g * 2).apply(x)
        assert y.requires_grad and not order.requires_grad and order.grad_fn is None

    def test_integer_outputs_require_no_grad(self):
        made = function(lambda ctx, x: (x * 2, x.argmax()), lambda ctx, g, _: g * 2)
        y, index = made.apply(leaf(1.0, 2.0))
        assert y.requires_grad and not index.requires_grad

    def test_mark_dirty_changes_the_input_in_place(self):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        x = leaf(1.0, 2.0)
        y = x * 1
        z = function(forward, lambda ctx, g: g * 2).apply(y)
        assert z is y and y.tolist() == [2.0, 4.0] and y.grad_fn.name() == "MadeBackward"
        z.sum().backward()
        assert x.grad.tolist() == [2.0, 2.0]

    def test_mark_dirty_through_a_view_reaches_the_base(self):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        x = leaf(1.0, 2.0)
        y = x * 1
        function(forward, lambda ctx, g: g * 2).apply(y[0])
        assert y.tolist() == [2.0, 2.0]
        y.sum().backward()
        assert x.grad.tolist() == [2.0, 1.0]

    def test_attributes_are_shared_between_forward_and_backward(self):
        def backward(ctx, g):
            ctx.seen = getattr(ctx, "seen", 0) + 1
            return g * ctx.seen

        def forward(ctx, x):
            ctx.scale = 3
            return x * 1

        x = leaf(1.0)
        y = function(forward, backward).apply(x)
        y.backward(retain_graph=True)
        y.backward()
        assert x.grad.item() == 3.0

    def test_saved_tensors_keep_the_value_that_they_had(self):
        x = leaf(2.0)
        y = x * 1
        z = Cube.apply(y)
        y += 100
        z.backward()
        assert x.grad.item() == 12.0

    def test_saved_tensors_of_all_kinds(self):
        seen = []

        def forward(ctx, x):
            between = x * 2
            y = between * 3
            ctx.save_for_backward(x, None, between, y)
            return y

        def backward(ctx, g):
            x, nothing, between, y = ctx.saved_tensors
            seen.append((x.requires_grad, nothing, between.requires_grad, y.requires_grad))
            return g * 6

        x = leaf(1.0)
        function(forward, backward).apply(x).backward()
        assert seen == [(True, None, False, True)]

    def test_saved_tensors_after_the_call(self):
        kept = []

        def forward(ctx, x):
            ctx.save_for_backward(x)
            kept.append(ctx)
            assert ctx.saved_tensors == (x,)
            return x * 2

        function(forward, lambda ctx, g: g).apply(leaf(1.0))
        with pytest.raises(RuntimeError, match="this ctx was kept after the call"):
            _ = kept[0].saved_tensors


class TestHigherOrder:
    def test_what_backward_does_is_recorded(self):
        x = leaf(2.0)
        (first,) = autograd.grad(Cube.apply(x), x, create_graph=True)
        (second,) = autograd.grad(first, x, create_graph=True)
        (third,) = autograd.grad(second, x)
        assert (first.item(), second.item(), third.item()) == (12.0, 12.0, 6.0)

    def test_through_a_saved_output(self):
        x = leaf(0.5)
        y = Exp.apply(x)
        for _ in range(3):
            (y,) = autograd.grad(y, x, create_graph=True)
            assert y.item() == pytest.approx(numpy.exp(0.5))

    def test_through_a_saved_output_of_several(self):
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return x * 1, y

        x = leaf(0.5)
        _, y = function(forward, lambda ctx, one, g: one + g * ctx.saved_tensors[0]).apply(x)
        (g,) = autograd.grad(y, x, create_graph=True)
        assert autograd.grad(g, x)[0].item() == pytest.approx(numpy.exp(0.5))

    def test_through_the_incoming_gradient(self):
        x, w = leaf(2.0), leaf(3.0)
        (g,) = autograd.grad(Cube.apply(x) * w, x, create_graph=True)
        assert autograd.grad(g, w)[0].item() == 12.0

    def test_once_differentiable(self):
        class Once(Cube):
            backward = staticmethod(once_differentiable(Cube.backward))

        x = leaf(2.0)
        Once.apply(x).backward()
        assert x.grad.item() == 12.0
        (g,) = autograd.grad(Once.apply(x), x, create_graph=True)
        assert g.item() == 12.0
        with pytest.raises(
            RuntimeError, match="differentiate twice a function that was marked with @once_differentiable"
        ):
            autograd.grad(g, x)


class TestComplex:
    def test_the_user_sees_conjugated_gradients(self):
        seen = []

        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z * z

        def backward(ctx, g):
            seen.append(g.item())
            return g * (2 * ctx.saved_tensors[0]).conj()

        z = tensor(1 + 2j, dtype=polygrad.complex128, requires_grad=True)
        square = function(forward, backward)
        (square.apply(z) * (3 - 1j)).real.backward()
        assert seen == [3 + 1j]
        other = z.detach().requires_grad_()
        (other * other * (3 - 1j)).real.backward()
        assert z.grad.item() == pytest.approx(other.grad.item())

    def test_second_order_agrees_with_the_built_in_operation(self):
        def forward(ctx, z):
            ctx.save_for_backward(z)
            return z * z * z

        def backward(ctx, g):
            return g * (3 * ctx.saved_tensors[0] ** 2).conj()

        cube = function(forward, backward)
        found = []
        for operation in (cube.apply, lambda z: z * z * z):
            z = tensor(1 + 2j, dtype=polygrad.complex128, requires_grad=True)
            (g,) = autograd.grad(operation(z).real, z, create_graph=True)
            found.append(autograd.grad(g.imag + g.real, z)[0].item())
        assert found[0] == pytest.approx(found[1])


class TestLife:
    def test_a_second_backward_names_the_function(self):
        y = Cube.apply(leaf(2.0))
        y.backward()
        with pytest.raises(
            RuntimeError, match="second time, but the values that <CubeBackward> saved .the result of Cube"
        ):
            y.backward()

    def test_a_second_backward_works_where_nothing_was_saved(self):
        x = leaf(2.0)
        y = function(lambda ctx, x: x * 2, lambda ctx, g: g * 2).apply(x)
        y.backward()
        y.backward()
        assert x.grad.item() == 4.0

    @pytest.mark.parametrize("style", ["saved", "attribute"])
    def test_an_output_kept_by_ctx_makes_no_reference_cycle(self, style):
        def forward(ctx, x):
            y = x.exp()
            if style == "saved":
                ctx.save_for_backward(y)
            else:
                ctx.y = y
            return y

        gc.collect()
        gc.disable()
        try:
            y = function(forward, lambda ctx, g: g).apply(leaf(2.0))
            node = weakref.ref(y.grad_fn)
            y.backward(retain_graph=True)
            del y
            assert node() is None
        finally:
            gc.enable()

    def test_hooks_on_its_node(self):
        x = leaf(2.0)
        y = Cube.apply(x)
        y.grad_fn.register_hook(lambda into, out: (into[0] * 10,))
        y.backward()
        assert x.grad.item() == 120.0
        assert y.grad_fn.next_functions[0][0].variable is x


class TestErrors:
    @pytest.mark.parametrize(
        ("returned", "error", "text"),
        [
            (
                lambda g: (g, g, g),
                RuntimeError,
                "MadeBackward returned an incorrect number of gradients .expected 2, got 3",
            ),
            (lambda g: g, RuntimeError, "MadeBackward returned an incorrect number of gradients .expected 2, got 1"),
            (
                lambda g: (g, g),
                RuntimeError,
                "MadeBackward returned a gradient different than None at position 2, but the corresponding forward",
            ),
            (
                lambda g: (polygrad.ones(3), None),
                RuntimeError,
                r"MadeBackward returned an invalid gradient at index 0 - got \[3\] but expected",
            ),
            (lambda g: (g * 1j, None), RuntimeError, "MadeBackward .* got complex128 but the input is real"),
            (lambda g: (3, None), TypeError, r"MadeBackward: expected a Tensor or None at position 1 \(got int\)"),
        ],
    )
    def test_gradients_that_do_not_fit(self, returned, error, text):
        x = leaf(1.0, 2.0)
        y = function(lambda ctx, x, k: x * k, lambda ctx, g: returned(g)).apply(x, 2)
        with pytest.raises(error, match=text):
            y.sum().backward()
        assert x.grad is None

    def test_trailing_nones_are_allowed(self):
        x = leaf(1.0)
        function(lambda ctx, x: x * 2, lambda ctx, g: (g, None, None)).apply(x).backward()
        assert x.grad.item() == 1.0

    def test_what_cannot_be_saved(self):
        def forward(ctx, x):
            ctx.save_for_backward(x, 3)

        with pytest.raises(TypeError, match="save_for_backward can only save tensors, but argument 1 is of type int"):
            function(forward, None).apply(leaf(1.0))

    def test_a_leaf_changed_in_place_gets_its_value_back(self):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.add_(1)

        x = leaf(1.0)
        with pytest.raises(
            RuntimeError, match="a leaf tensor that requires grad has been used in an in-place operation"
        ):
            function(forward, lambda ctx, g: g).apply(x)
        assert x.item() == 1.0 and x.is_leaf

    def test_what_is_dirty_is_returned(self):
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.add_(1) * 2

        with pytest.raises(RuntimeError, match="marked as dirty during the forward method were not returned"):
            function(forward, lambda ctx, g: g).apply(leaf(1.0) * 1)

    def test_methods_that_are_missing(self):
        class Empty(Function):
            pass

        with pytest.raises(NotImplementedError, match="must implement the forward function"):
            Empty.apply(leaf(1.0))
        made = type("Made", (Function,), {"forward": staticmethod(lambda ctx, x: x * 1)})
        with pytest.raises(NotImplementedError, match="must implement the backward method"):
            made.apply(leaf(1.0)).backward()

    def test_a_function_is_not_instantiated(self):
        with pytest.raises(TypeError, match=r"write Cube.apply\(...\)"):
            Cube()


class Twice(Function):
    """One tensor, returned twice."""

    @staticmethod
    def forward(ctx, x):
        output = x * 2
        return output, output

    @staticmethod
    def backward(ctx, first, second):
        return first * 2 + second * 2


def test_a_tensor_that_is_returned_twice_is_one(backend):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    a, b = Twice.apply(x)
    assert a is b
    (a + b * 3).sum().backward()
    assert x.grad.tolist() == [8.0, 8.0]
    c, d = Twice.apply(x.detach())
    assert c is d


def test_only_inputs_are_dirty(backend):
    class Marks(Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 3
            ctx.mark_dirty(y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * 3

    x = polygrad.ones(2, requires_grad=True)
    with pytest.warns(UserWarning, match="not an input"):
        y = Marks.apply(x)
    y.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_an_output_that_is_not_used_has_a_gradient_of_zeros(backend):
    class Two(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, first, second):
            assert second.tolist() == [0.0, 0.0] and second.device == first.device and second.dtype is first.dtype
            return first * 2 + second * 3

    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    Two.apply(x)[0].sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
