"""Backward and grad: arguments, accumulation, hooks, the graph, higher orders, the complex convention."""

import gc
import weakref

import numpy
import pytest

import polygrad
from polygrad import autograd, tensor
from polygrad.autograd.graph import Node, get_gradient_edge


def leaf(*values, dtype=polygrad.float64):
    return tensor(values[0] if len(values) == 1 else list(values), dtype=dtype, requires_grad=True)


class TestBackward:
    def test_gradient_seeds_the_sweep(self):
        x = leaf(1.0, 2.0)
        (x * x).backward(tensor([1.0, 10.0]))
        assert x.grad.tolist() == [2.0, 40.0]

    def test_gradient_takes_the_type_of_its_tensor(self):
        x = leaf(1.0, 2.0)
        (x * x).backward(tensor([1, 10]))
        assert x.grad.tolist() == [2.0, 40.0] and x.grad.dtype is polygrad.float64

    def test_retain_graph(self):
        x = leaf(3.0)
        y = x * x
        y.backward(retain_graph=True)
        y.backward(retain_graph=True)
        y.backward()
        assert x.grad.item() == 18.0

    def test_a_graph_that_saved_nothing_can_be_gone_through_again(self):
        x = leaf(3.0)
        y = -(x + x)
        y.backward()
        y.backward()
        assert x.grad.item() == -4.0

    def test_inputs_restrict_accumulation(self):
        x, y = leaf(2.0), leaf(3.0)
        (x * y).backward(inputs=x)
        assert x.grad.item() == 3.0 and y.grad is None

    def test_inputs_may_be_intermediate(self):
        x = leaf(2.0)
        y = x * 3
        z = (y * y).sum()
        z.backward(inputs=[y], retain_graph=True)
        z.backward(inputs=[y])
        assert y.grad.item() == 24.0 and x.grad is None and y.retains_grad

    def test_nothing_beyond_the_inputs_is_computed_or_freed(self):
        x = leaf(2.0)
        y = x * x
        autograd.grad(y.exp(), y)
        y.backward()
        assert x.grad.item() == 4.0

    def test_several_tensors_at_once(self):
        x = leaf(1.0, 2.0)
        autograd.backward([x.sum(), x * x], [None, polygrad.ones(2)])
        assert x.grad.tolist() == [3.0, 5.0]

    def test_the_same_tensor_twice(self):
        x = leaf(2.0)
        y = x * x
        autograd.backward([y, y])
        assert x.grad.item() == 8.0

    def test_a_leaf_itself(self):
        x = leaf(2.0)
        x.backward()
        x.backward(tensor(3.0))
        assert x.grad.item() == 4.0

    def test_paths_that_meet_are_added(self):
        x = leaf(2.0)
        y = x * x
        (y * x + y.exp() - y).backward()
        assert x.grad.item() == pytest.approx(3 * 4 + 4 * numpy.exp(4) - 4)

    def test_broadcast_operands_get_gradients_of_their_own_shape(self):
        x, y, z = leaf(numpy.ones((3, 1))), leaf(numpy.ones(4)), leaf(1.0)
        (x * y * z).sum().backward()
        assert x.grad.tolist() == [[4.0]] * 3 and y.grad.tolist() == [3.0] * 4 and z.grad.item() == 12.0

    def test_a_long_chain_needs_no_recursion(self):
        x = leaf(1.0)
        y = x
        for _ in range(20_000):
            y = y + 1.0
        y.backward()
        assert x.grad.item() == 1.0

    def test_grad_belongs_to_the_leaf_alone(self):
        x, y = leaf(1.0), leaf(1.0)
        for create_graph in (False, True):
            x.grad = y.grad = None
            (x + y).backward(create_graph=create_graph)
            with polygrad.no_grad():
                x.grad.zero_()
            assert x.grad.item() == 0.0 and y.grad.item() == 1.0

    @pytest.mark.parametrize("create_graph", [False, True])
    def test_the_seed_is_not_the_gradient(self, create_graph):
        x, seed = leaf(1.0, 2.0), polygrad.ones(2, dtype=polygrad.float64)
        x.backward(seed, create_graph=create_graph)
        with polygrad.no_grad():
            x.grad.zero_()
        assert seed.tolist() == [1.0, 1.0]

    def test_a_parameter_may_be_the_seed_under_create_graph(self):
        x = leaf(2.0)
        seed = polygrad.nn.Parameter(leaf(3.0))
        (x * x).backward(seed, create_graph=True)
        assert x.grad.item() == 12.0
        x.grad.backward()
        assert seed.grad.item() == 4.0

    def test_accumulation_keeps_the_gradient_object(self):
        x = leaf(1.0)
        (x * 2).backward()
        grad = x.grad
        (x * 3).backward()
        assert x.grad is grad and grad.item() == 5.0

    def test_a_backward_that_fails_changes_no_grad(self):
        x, y = leaf(2.0), leaf(3.0)
        product = x * y
        kept = x * 5
        kept.retain_grad()

        def fail(grad):
            raise KeyboardInterrupt

        product.register_hook(fail)
        with pytest.raises(KeyboardInterrupt):
            (product + kept * 2).backward()
        assert x.grad is None and y.grad is None and kept.grad is None
        assert polygrad.is_grad_enabled()
        (x * y).backward()
        assert x.grad.item() == 3.0


class TestGrad:
    def test_leaves_grad_alone(self):
        x = leaf(3.0)
        (g,) = autograd.grad(x * x, x)
        assert g.item() == 6.0 and x.grad is None and not g.requires_grad

    def test_sums_over_outputs(self):
        x = leaf(3.0)
        (g,) = autograd.grad([x * x, x * 2], [x])
        assert g.item() == 8.0

    def test_grad_outputs(self):
        x = leaf(1.0, 2.0)
        (g,) = autograd.grad((x * x, x), x, (tensor([1.0, 0.0]), tensor([5.0, 5.0])))
        assert g.tolist() == [7.0, 5.0]

    def test_with_respect_to_intermediates(self):
        x = leaf(2.0)
        y = x * 3
        z = y.exp()
        dz, dy, dx = autograd.grad(z * 2, (z, y, x))
        assert dz.item() == 2.0
        assert dy.item() == pytest.approx(2 * numpy.exp(6)) and dx.item() == pytest.approx(6 * numpy.exp(6))

    def test_of_a_tensor_with_respect_to_itself(self):
        x = leaf(2.0)
        y = x * x
        assert autograd.grad(y, y)[0].item() == 1.0
        assert autograd.grad(x, x)[0].item() == 1.0

    def test_outputs_that_lead_to_no_input_are_left_alone(self):
        x, y = leaf(2.0), leaf(3.0)
        other = y * y
        assert autograd.grad([x * x, other], x)[0].item() == 4.0
        other.backward()
        assert y.grad.item() == 6.0

    def test_allow_unused(self):
        x, y = leaf(2.0), leaf(1.0, 2.0)
        with pytest.raises(RuntimeError, match="input 1, of shape \\(2,\\), was not used.*allow_unused=True"):
            autograd.grad(x * x, (x, y))
        z = x * x
        with pytest.raises(RuntimeError, match="input 0"):
            autograd.grad(z, y)
        assert autograd.grad(z, x)[0].item() == 4.0  # what failed had freed nothing
        gx, gy = autograd.grad(x * x, (x, y), allow_unused=True)
        assert gx.item() == 4.0 and gy is None

    def test_materialize_grads(self):
        x, y = leaf(2.0), leaf(1.0, 2.0)
        _, gy = autograd.grad(x * x, (x, y), materialize_grads=True)
        assert gy.tolist() == [0.0, 0.0] and gy.dtype is polygrad.float64
        with pytest.raises(ValueError, match="contradict"):
            autograd.grad(x * x, (x, y), allow_unused=False, materialize_grads=True)

    def test_batched_grad_outputs(self):
        x = leaf(1.0, 2.0)
        (g,) = autograd.grad(
            (x * x, x), x, (tensor([[1.0, 0.0], [0.0, 1.0]]), tensor([[0.0, 0.0], [5.0, 5.0]])), is_grads_batched=True
        )
        assert g.tolist() == [[2.0, 0.0], [5.0, 9.0]]

    @pytest.mark.parametrize("shapes", [((2, 2), (3, 2)), ((3, 2), (2, 2)), ((0, 2), (0, 2))])
    def test_batched_grad_outputs_of_different_lengths_or_none_raise(self, shapes):
        x = leaf(1.0, 2.0)
        with pytest.raises(ValueError, match="grad_outputs of one length, at least 1.*got shapes"):
            autograd.grad(
                (x * x, x), x, [polygrad.ones(shape, dtype=x.dtype) for shape in shapes], is_grads_batched=True
            )

    @pytest.mark.parametrize("seeds", [None, tensor(1.0)])
    def test_batched_grad_outputs_that_are_no_batch_raise(self, seeds):
        x = leaf(1.0, 2.0)
        with pytest.raises(RuntimeError, match="needs a batch of grad_outputs for every output"):
            autograd.grad(x.sum(), x, seeds, is_grads_batched=True)

    def test_an_edge_stands_for_a_tensor_that_is_gone(self):
        x = leaf(2.0)
        y = x * x
        loss, edge = y.exp(), get_gradient_edge(y)
        del y
        assert autograd.grad(loss, edge)[0].item() == pytest.approx(numpy.exp(4))
        assert edge.node.name() == "MultiplyBackward" and edge.output_nr == 0

    def test_grads_under_create_graph_are_tensors_of_their_own(self):
        x, y = leaf(1.0), leaf(1.0)
        gx, gy = autograd.grad(x + y, (x, y), create_graph=True)
        assert gx is not gy


class TestHigherOrder:
    def test_derivatives_of_every_order(self):
        x = leaf(0.7)
        y = x.sin() * x**3
        found = [y]
        for _ in range(4):
            found += autograd.grad(found[-1], x, create_graph=True)
        s, c, v = numpy.sin(0.7), numpy.cos(0.7), 0.7
        exact = [
            s * v**3,
            c * v**3 + 3 * s * v**2,
            -s * v**3 + 6 * c * v**2 + 6 * s * v,
            -c * v**3 - 9 * s * v**2 + 18 * c * v + 6 * s,
            s * v**3 - 12 * c * v**2 - 36 * s * v + 24 * c,
        ]
        assert [float(f.item()) for f in found] == pytest.approx(exact)

    def test_backward_with_create_graph(self):
        x = leaf(2.0)
        (x**3).backward(create_graph=True)
        first = x.grad
        assert first.requires_grad and first.item() == 12.0
        x.grad = None
        first.backward()
        assert x.grad.item() == 12.0

    def test_a_gradient_penalty(self):
        x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
        (g,) = autograd.grad(((x * w) ** 2).sum(), x, create_graph=True)
        (g**2).sum().backward()
        assert w.grad.tolist() == pytest.approx([4 * 4 * 27.0, 4 * 4 * 4 * 64.0])

    def test_create_graph_retains_the_graph(self):
        x = leaf(2.0)
        y = x**3
        autograd.grad(y, x, create_graph=True)
        assert autograd.grad(y, x)[0].item() == 12.0

    def test_through_several_outputs(self):
        x = leaf(1.0, 2.0, 4.0)
        a, b = polygrad.var_mean(x)
        (g,) = autograd.grad(a * b, x, create_graph=True)
        (h,) = autograd.grad(g[0], x)
        step = 1e-4

        def slope(values):
            y = leaf(*values)
            v, m = polygrad.var_mean(y)
            return autograd.grad(v * m, y)[0][0].item()

        values = numpy.array([1.0, 2.0, 4.0])
        numeric = [(slope(values + step * e) - slope(values - step * e)) / (2 * step) for e in numpy.eye(3)]
        assert h.tolist() == pytest.approx(numeric, rel=1e-5)


class TestTensorHooks:
    def test_run_in_order_and_replace_the_gradient(self):
        x = leaf(1.0, 2.0)
        y = x * 3
        seen = []
        y.register_hook(lambda g: seen.append(g.tolist()) or g * 2)
        y.register_hook(lambda g: seen.append(g.tolist()))
        y.sum().backward()
        assert seen == [[1.0, 1.0], [2.0, 2.0]] and x.grad.tolist() == [6.0, 6.0]

    def test_on_a_leaf_see_the_sum_over_all_paths(self):
        x = leaf(2.0)
        seen = []
        x.register_hook(lambda g: seen.append(g.item()) or g * 10)
        (x * x + x).backward()
        assert seen == [5.0] and x.grad.item() == 50.0

    def test_what_is_retained_is_the_result_of_the_hooks(self):
        x = leaf(2.0)
        y = x * 3
        y.retain_grad()
        y.register_hook(lambda g: g + 1)
        (y * 2).backward()
        assert y.grad.item() == 3.0 and x.grad.item() == 9.0

    def test_retained_gradients_accumulate(self):
        x = leaf(2.0)
        y = x * 3
        y.retain_grad()
        assert y.retains_grad and not x.retains_grad
        z = y * y
        z.backward(retain_graph=True)
        z.backward()
        assert y.grad.item() == 24.0

    def test_removal(self):
        x = leaf(2.0)
        first = x.register_hook(lambda g: g * 2)
        with x.register_hook(lambda g: g * 3):
            first.remove()
            first.remove()
            (x * 1).backward()
        (x * 1).backward()
        assert x.grad.item() == 4.0

    def test_a_hook_may_remove_itself(self):
        x, seen = leaf(2.0), []
        handle = x.register_hook(lambda g: (seen.append(1), handle.remove(), None)[-1])
        (x * 1).backward()
        (x * 1).backward()
        assert seen == [1]

    def test_run_before_the_capture_by_grad(self):
        x = leaf(2.0)
        y = x * 3
        y.register_hook(lambda g: g * 2)
        assert autograd.grad(y * y, y)[0].item() == 24.0

    def test_changing_the_gradient_given_to_a_hook_changes_nothing(self):
        x = leaf(2.0)
        y = x * 3
        y.register_hook(lambda g: (g.detach().zero_(), None)[-1])
        y.backward(create_graph=True)
        assert x.grad.item() == 3.0

    def test_are_recorded_under_create_graph(self):
        x = leaf(2.0)
        y = x * x
        y.register_hook(lambda g: g * x)
        (g,) = autograd.grad(y, x, create_graph=True)  # 2x * x
        assert autograd.grad(g, x)[0].item() == 8.0

    def test_post_accumulate_hooks_see_the_tensor(self):
        x, seen = leaf(2.0), []
        x.register_post_accumulate_grad_hook(lambda t: seen.append((t is x, t.grad.item())))
        (x * 2).backward()
        (x * 2).backward()
        autograd.grad(x * 2, x)
        assert seen == [(True, 2.0), (True, 4.0)]

    @pytest.mark.parametrize(
        ("result", "error", "text"),
        [
            (lambda g: 3, TypeError, "hook '<lambda>' returned a int"),
            (lambda g: g[:1], RuntimeError, "hook '<lambda>' has changed the shape .*\\(2,\\) to \\(1,\\)"),
            (lambda g: g.float(), RuntimeError, "hook '<lambda>' has changed the dtype .*float64 to polygrad.float32"),
        ],
    )
    def test_a_result_that_does_not_fit_raises(self, result, error, text):
        x = leaf(1.0, 2.0)
        x.register_hook(result)
        with pytest.raises(error, match=text):
            (x * 2).sum().backward()
        assert x.grad is None


class TestNodes:
    def test_next_functions_have_an_entry_for_every_operand(self):
        x = leaf(1.0, 2.0)
        data = polygrad.ones(2)
        ((node, number), second) = (x * data).grad_fn.next_functions
        assert node.variable is x and number == 0 and second == (None, 0)
        stacked = polygrad.stack([data.double(), x]).grad_fn.next_functions
        assert [node is None for node, _ in stacked] == [True, False]
        assert x.grad_fn is None

    def test_outputs_of_one_operation_share_their_node(self):
        x = leaf(numpy.eye(2) * 2)
        values, vectors = polygrad.linalg.eigh(x)
        assert values.grad_fn is vectors.grad_fn
        assert (values.output_nr, vectors.output_nr) == (0, 1)
        assert (vectors * 2).grad_fn.next_functions[0] == (values.grad_fn, 1)
        assert isinstance(values.grad_fn, Node)

    def test_hooks_see_what_comes_in_and_what_goes_out(self):
        x = leaf(2.0)
        y = x * tensor(5.0, dtype=polygrad.float64)
        seen = []
        y.grad_fn.register_prehook(lambda grads: seen.append(grads[0].item()) or (grads[0] * 10,))
        y.grad_fn.register_hook(lambda into, out: seen.append((into[0].item(), into[1], out[0].item())))
        y.backward()
        assert seen == [1.0, (50.0, None, 10.0)] and x.grad.item() == 50.0

    def test_hooks_may_replace_what_goes_out(self):
        x = leaf(2.0)
        y = x * 5
        handle = y.grad_fn.register_hook(lambda into, out: (into[0] + 1, None))
        y.backward(retain_graph=True)
        handle.remove()
        y.backward()
        assert x.grad.item() == 6.0 + 5.0

    def test_tensor_hooks_come_before_those_of_the_node(self):
        x = leaf(2.0)
        y = x * 3
        y.grad_fn.register_prehook(lambda grads: (grads[0] * 10,))
        y.register_hook(lambda g: g + 1)
        y.retain_grad()
        y.backward()
        assert y.grad.item() == 2.0 and x.grad.item() == 60.0

    def test_hooks_on_an_operation_with_several_outputs(self):
        x = leaf(numpy.diag([1.0, 2.0]))
        values, _vectors = polygrad.linalg.eigh(x)
        seen = []
        values.grad_fn.register_prehook(lambda grads: seen.append([g is None for g in grads]))
        values.sum().backward()
        assert seen == [[False, True]]
        assert x.grad.numpy() == pytest.approx(numpy.eye(2))

    def test_a_result_of_the_wrong_length_raises(self):
        y = leaf(2.0) * 3
        y.grad_fn.register_hook(lambda into, out: (into[0],))
        with pytest.raises(RuntimeError, match="must return None or a tuple of 2"):
            y.backward()

    def test_names_and_repr(self):
        x = leaf(2.0)
        assert repr((x * 2).grad_fn) == "<MultiplyBackward>"
        assert "grad_fn=<MultiplyBackward>" in repr(x * 2)
        assert (x * 2).grad_fn.next_functions[0][0].name() == "AccumulateGrad"


class TestLife:
    def test_a_graph_dies_without_the_garbage_collector(self):
        gc.collect()
        gc.disable()
        try:
            x = leaf(2.0)
            y = x * x
            node = weakref.ref(y.grad_fn)
            z = y.exp() + y
            del y
            z.backward()
            del z
            assert node() is None
            assert gc.collect() == 0
        finally:
            gc.enable()

    def test_saved_values_are_freed_as_the_sweep_goes(self):
        x = leaf(2.0)
        y = x * x
        z = y.exp()
        z.backward()
        assert y.grad_fn.saved is None and z.grad_fn.saved is None


class TestComplex:
    """A gradient is the conjugate Wirtinger derivative: the direction of steepest ascent, as in PyTorch."""

    def test_of_the_squared_modulus(self):
        z = tensor([1 + 2j, -3j], requires_grad=True)
        (z * z.conj()).real.sum().backward()
        assert z.grad.tolist() == [2 + 4j, -6j]

    def test_of_a_holomorphic_function_is_the_conjugate_of_the_derivative(self):
        z = tensor(1 + 2j, dtype=polygrad.complex128, requires_grad=True)
        (z**3).backward(tensor(1.0 + 0j))
        assert z.grad.item() == pytest.approx(numpy.conj(3 * (1 + 2j) ** 2))

    def test_hooks_and_retained_gradients_are_in_the_same_convention(self):
        z = tensor(1 + 2j, dtype=polygrad.complex128, requires_grad=True)
        y, seen = z * (2 + 1j), []
        y.retain_grad()
        y.register_hook(lambda g: seen.append(g.item()))
        (y * (3 - 1j)).real.backward()
        assert seen == [3 + 1j] and y.grad.item() == 3 + 1j
        assert z.grad.item() == pytest.approx((3 + 1j) * (2 - 1j))

    def test_real_inputs_have_real_gradients(self):
        x = leaf(2.0)
        z = x * (1 + 2j)
        (z * z).real.backward()
        assert x.grad.dtype is polygrad.float64 and x.grad.item() == pytest.approx(2 * 2 * (1 - 4))

    def test_second_order(self):
        z = tensor(1 + 2j, dtype=polygrad.complex128, requires_grad=True)
        (g,) = autograd.grad((z**3).real, z, create_graph=True)
        (h,) = autograd.grad(g.real, z)
        assert g.item() == pytest.approx(numpy.conj(3 * (1 + 2j) ** 2))
        assert h.item() == pytest.approx(numpy.conj(6 * (1 + 2j)))

    def test_a_complex_scalar_needs_a_gradient(self):
        z = tensor(1 + 2j, requires_grad=True)
        with pytest.raises(RuntimeError, match="only for real scalar outputs"):
            (z * 2).backward()
        assert z.grad is None
