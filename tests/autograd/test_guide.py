"""The user's guide to autograd: every block of code runs, and every statement is true.

The blocks stand here as they stand in the guide.  ``import torch`` becomes ``import polygrad as torch``, and that is
the only change.
"""

import contextlib
import io
import re
import tracemalloc

import numpy
import pytest

import polygrad as torch
import polygrad.nn as nn
import polygrad.optim as optim
from polygrad.autograd.functional import hessian, jacobian, jvp, vjp


def run(block, **names):
    """Run a block of the guide; returns its variables, and what it printed."""
    printed = io.StringIO()
    block = re.sub(r"^import torch$", "import polygrad as torch", block, flags=re.MULTILINE)
    block = re.sub(r"^import torch\.", "import polygrad.", block, flags=re.MULTILINE)
    assert not re.search(r"import torch\b", block)
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "<guide>", "exec"), names)
    return names, printed.getvalue()


SECTION_3_1 = """
import torch
w = torch.tensor([2.0], requires_grad=True) # Learnable weight
b = torch.tensor([1.0], requires_grad=True) # Learnable bias
x = torch.tensor([5.0])                     # Input data (doesn't need tracking)
"""

SECTION_3_2 = """
z = w * x + b     # Forward: z = 2*5 + 1 = 11
L = z ** 2        # Loss: L = 11^2 = 121

L.backward()      # Triggers gradient computation

# Gradient results:
# dL/dw = 110 (as calculated by the chain rule)
# dL/db = 22
print(w.grad)  # tensor([110.])
print(b.grad)  # tensor([22.])
"""

SECTION_3_3 = """
optimizer.zero_grad() # MUST be called before the forward pass of a new iteration
"""

SECTION_3_4_NO_GRAD = """
with torch.no_grad():
    output = model(x)
"""

SECTION_3_4_DETACH = """
y_detached = x.detach() # No gradients will flow back through y_detached
"""

SECTION_7 = """
import torch
import torch.nn as nn
import torch.optim as optim

# Data (y = 2x + 1)
x = torch.tensor([[1.0], [2.0], [3.0]])
y = torch.tensor([[3.0], [5.0], [7.0]])

# Model (w and b are initialized as requires_grad=True by nn.Linear)
model = nn.Linear(1, 1)

# Loss + Optimizer
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)

# Training Loop
for epoch in range(100):
    pred = model(x)           # Forward pass (Graph built)
    loss = criterion(pred, y) # Compute loss (Scalar tensor)

    optimizer.zero_grad()     # Clears W.grad and B.grad
    loss.backward()           # Backward pass (Autograd computes gradients)
    optimizer.step()          # Updates W = W - lr * W.grad (using the gradients)

print("Learned weight (W):", model.weight.item())
print("Learned bias (B):", model.bias.item())
"""


@pytest.fixture
def line():
    """The guide's w, b and x."""
    return run(SECTION_3_1)[0]


def variables(*values):
    return [torch.tensor(value, requires_grad=True) for value in values]


class TestOverview:
    def test_gradients_of_tensors_and_of_neural_networks_are_computed_automatically(self):
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        model(torch.ones(5, 3)).sum().backward()
        assert [tuple(p.grad.shape) for p in model.parameters()] == [(4, 3), (4,), (1, 4), (1,)]

    def test_the_graph_is_created_as_the_code_runs(self):
        (x,) = variables(2.0)
        y = x
        names = []
        for step in range(3):
            y = y * x if step % 2 == 0 else y + x
            names.append(y.grad_fn.name())
        assert names == ["MultiplyBackward", "AddBackward", "MultiplyBackward"]

    @pytest.mark.parametrize(("value", "slope"), [(3.0, 6.0), (-3.0, -1.0)])
    def test_conditional_logic_records_the_branch_that_ran(self, value, slope):
        (x,) = variables(value)
        y = x * x if x > 0 else -x
        y.backward()
        assert x.grad.item() == slope

    @pytest.mark.parametrize("length", [1, 4, 17])
    def test_input_lengths_may_differ_from_run_to_run(self, length):
        (w,) = variables(0.5)
        state = torch.tensor(0.0)
        for _ in range(length):
            state = w * state + 1.0
        state.backward()
        assert w.grad.item() == pytest.approx(sum(k * 0.5 ** (k - 1) for k in range(1, length)))

    def test_every_operation_is_tracked(self):
        (x,) = variables([[1.0, 2.0], [3.0, 4.0]])
        for y in (
            x + 1,
            x * x,
            x @ x,
            x.sum(),
            x[0],
            x.T,
            x.exp(),
            torch.stack([x, x]),
            x.reshape(4),
            torch.where(x > 2, x, 0.0),
        ):
            assert y.requires_grad and y.grad_fn is not None

    def test_the_backward_pass_applies_the_chain_rule(self):
        (x,) = variables(0.3)
        torch.exp(torch.sin(x) ** 2).backward()
        sine, cosine = numpy.sin(0.3), numpy.cos(0.3)
        assert x.grad.item() == pytest.approx(numpy.exp(sine**2) * 2 * sine * cosine)

    def test_it_is_the_backward_pass_of_gradient_descent(self):
        (x,) = variables(4.0)
        for _ in range(50):
            x.grad = None
            ((x - 1.0) ** 2).backward()
            with torch.no_grad():
                x -= 0.1 * x.grad
        assert x.item() == pytest.approx(1.0, abs=1e-3)


class TestCoreConcepts:
    def test_tracking_is_asked_for_by_requires_grad(self):
        assert torch.tensor([1.0], requires_grad=True).requires_grad
        assert not torch.tensor([1.0]).requires_grad
        assert not (torch.tensor([1.0]) * 2).requires_grad
        assert (torch.tensor([1.0], requires_grad=True) * 2).requires_grad

    def test_a_tensor_has_data_grad_and_grad_fn(self):
        x, loss = *variables([1.0, 2.0]), None
        loss = (x * x).sum()
        assert x.grad is None and x.grad_fn is None
        loss.backward()
        assert x.data.tolist() == [1.0, 2.0] and not x.data.requires_grad
        assert x.grad.tolist() == [2.0, 4.0]
        assert loss.grad_fn.name() == "SumBackward"

    def test_grad_is_accumulated(self):
        (x,) = variables(3.0)
        (x * 2).backward()
        (x * 5).backward()
        assert x.grad.item() == 7.0

    def test_grad_fn_is_the_function_that_created_the_tensor(self, line):
        z = line["w"] * line["x"] + line["b"]
        assert z.grad_fn.name() == "AddBackward"
        assert [node.name() for node, _ in z.grad_fn.next_functions] == ["MultiplyBackward", "AccumulateGrad"]

    def test_the_graph_is_directed_and_has_no_cycles(self):
        x, y = variables(1.0, 2.0)
        shared = x * y
        loss = shared.exp() + shared.sin() * y

        def check(node, path):
            assert node not in path
            for following, _ in node.next_functions:
                if following is not None:
                    check(following, [*path, node])

        check(loss.grad_fn, [])

    def test_it_records_the_whole_sequence_of_operations(self):
        (x,) = variables(1.0)
        node, names = (x.exp() * 2 + 1).sqrt().grad_fn, []
        while node.name() != "AccumulateGrad":
            names.append(node.name())
            node = node.next_functions[0][0]
        assert names == ["SqrtBackward", "AddBackward", "MultiplyBackward", "ExpBackward"]
        assert node.variable is x

    def test_grad_fn_holds_the_logic_of_the_local_derivative(self, line):
        # The node itself turns the gradient of z into those of w and b.
        seen = []
        product = line["w"] * line["x"]
        product.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
        product.backward()
        ((inputs, outputs),) = seen
        assert outputs[0].tolist() == [1.0]
        assert inputs[0].tolist() == [5.0] and inputs[1] is None


class TestChainRule:
    def test_forward_goes_from_input_to_output_and_records_the_path(self, line):
        z = line["w"] * line["x"] + line["b"]
        loss = z**2
        assert z.item() == 11.0 and loss.item() == 121.0
        assert loss.grad_fn.next_functions[0][0] is z.grad_fn

    def test_backward_starts_from_one(self, line):
        loss = (line["w"] * line["x"] + line["b"]) ** 2
        loss.retain_grad()
        loss.backward()
        assert loss.grad.tolist() == [1.0]

    def test_each_derivative_is_the_product_that_the_chain_rule_says(self, line):
        w, b, x = line["w"], line["b"], line["x"]
        z = w * x + b
        z.retain_grad()
        (z**2).backward()
        assert z.grad.item() == 2 * 11.0  # dL/dz
        assert w.grad.item() == z.grad.item() * x.item()  # dL/dz * x
        assert b.grad.item() == z.grad.item() * 1.0  # dL/dz * 1

    @pytest.mark.parametrize("function", [torch.exp, torch.sin, lambda z: z**3, lambda z: z.sigmoid().log()])
    def test_for_any_loss_of_z(self, line, function):
        w, b, x = line["w"], line["b"], line["x"]
        z = w * x + b
        (slope,) = torch.autograd.grad(function(z), z, retain_graph=True)
        dw, db = torch.autograd.grad(function(w * x + b), (w, b))
        assert dw.item() == pytest.approx((slope * x).item())
        assert db.item() == pytest.approx(slope.item())


class TestPractice:
    def test_initializing_tensors(self, line):
        assert line["w"].requires_grad and line["b"].requires_grad and not line["x"].requires_grad
        assert line["w"].is_leaf and line["b"].is_leaf

    def test_running_backpropagation_prints_what_the_guide_says(self, line):
        names, printed = run(SECTION_3_2, **line)
        assert printed == "tensor([110.])\ntensor([22.])\n"
        assert names["z"].item() == 11.0 and names["L"].item() == 121.0
        assert names["x"].grad is None

    def test_gradients_accumulate_until_they_are_zeroed(self, line):
        optimizer = optim.SGD([line["w"], line["b"]], lr=0.1)
        run(SECTION_3_2, **line)
        _, printed = run(SECTION_3_2, **line)
        assert printed == "tensor([220.])\ntensor([44.])\n"
        run(SECTION_3_3, optimizer=optimizer)
        assert line["w"].grad is None
        assert run(SECTION_3_2, **line)[1] == "tensor([110.])\ntensor([22.])\n"

    def test_no_grad_records_nothing(self):
        model = nn.Linear(2, 1)
        names, _ = run(SECTION_3_4_NO_GRAD, torch=torch, model=model, x=torch.ones(3, 2))
        assert not names["output"].requires_grad and names["output"].grad_fn is None
        assert model(torch.ones(3, 2)).requires_grad

    def test_no_grad_saves_memory(self):
        x = torch.ones(200_000, requires_grad=True, backend="numpy")  # tracemalloc sees NumPy's memory

        def peak(context):
            tracemalloc.start()
            with context:
                y = x
                for _ in range(20):
                    y = y.sin()
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found

        assert peak(torch.no_grad()) < peak(contextlib.nullcontext()) / 4

    def test_no_gradient_flows_back_through_a_detached_tensor(self):
        (leaf,) = variables([2.0])
        x = leaf * 3
        y_detached = run(SECTION_3_4_DETACH, x=x)[0]["y_detached"]
        assert not y_detached.requires_grad and y_detached.grad_fn is None and y_detached.is_leaf
        (x * y_detached).backward()
        assert leaf.grad.tolist() == [3 * 6.0]  # and not 2 * 3 * 6

    def test_the_graph_itself_goes_on_without_the_detached_tensor(self):
        (x,) = variables([2.0])
        x.detach()
        (x * x).backward()
        assert x.grad.tolist() == [4.0]


class TestMathematicalNotes:
    matrix = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))

    def function(self, x):
        """From 3 to 2 variables."""
        return torch.sin(torch.tensor(self.matrix) @ x)

    def exact(self, x):
        matrix = numpy.array(self.matrix)
        return numpy.cos(matrix @ x)[:, None] * matrix

    def test_the_jacobian_contains_all_partial_derivatives(self):
        x = torch.tensor([0.1, 0.2, 0.3])
        J = jacobian(self.function, x)
        assert tuple(J.shape) == (2, 3)
        assert J.numpy() == pytest.approx(self.exact(x.numpy()), rel=1e-5)

    def test_element_i_j_is_the_derivative_of_output_i_by_input_j(self):
        x = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
        J = jacobian(self.function, x)
        for i in range(2):
            (row,) = torch.autograd.grad(self.function(x)[i], x)
            assert J[i].tolist() == pytest.approx(row.tolist())

    def test_the_vector_jacobian_product_is_v_times_j(self):
        x, v = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([2.0, -1.0])
        outputs, product = vjp(self.function, x, v)
        assert outputs.tolist() == self.function(x).tolist()
        assert product.numpy() == pytest.approx(v.numpy() @ self.exact(x.numpy()), rel=1e-5)

    def test_backward_computes_exactly_that_product(self):
        x = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
        v = torch.tensor([2.0, -1.0])
        self.function(x).backward(v)
        assert x.grad.tolist() == vjp(self.function, x, v)[1].tolist()

    def test_v_is_the_derivative_of_the_loss_by_the_output(self):
        x = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
        y = self.function(x)
        y.retain_grad()
        (y**2).sum().backward()
        assert x.grad.tolist() == vjp(self.function, x, y.grad)[1].tolist()

    def test_the_full_matrix_is_never_formed(self):
        # Its 4 * 10^10 elements would not fit into the memory of this computer.
        x = torch.ones(200_000, requires_grad=True, backend="numpy")
        tracemalloc.start()
        (x * x).backward(torch.ones_like(x))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20 * x.numel() * 4

    def test_the_other_products(self):
        x, direction = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([1.0, 0.0, -1.0])
        assert jvp(self.function, x, direction)[1].numpy() == pytest.approx(
            self.exact(x.numpy()) @ direction.numpy(), rel=1e-5
        )
        curvature = hessian(lambda x: (x**4).sum(), torch.tensor([1.0, 2.0]))
        assert curvature.tolist() == [[12.0, 0.0], [0.0, 48.0]]


class TestVisualArchitecture:
    def test_the_flow_of_training(self):
        """Inputs → recorded forward → graph → scalar loss → chain rule → .grad → update → zero_grad → again."""
        w = torch.tensor([0.0], requires_grad=True)
        optimizer = optim.SGD([w], lr=0.1)
        for _ in range(2):
            loss = ((w - 1.0) ** 2).sum()
            assert loss.grad_fn is not None and loss.ndim == 0
            assert w.grad is None
            loss.backward()
            before = w.item()
            optimizer.step()
            assert w.item() == pytest.approx(before - 0.1 * w.grad.item())
            optimizer.zero_grad()

    def test_the_example_is_drawn(self, line):
        w, b, x = line["w"], line["b"], line["x"]
        z = w * x + b
        L = z**2
        assert torch.viz.mermaid(L, shapes=False).splitlines() == [
            "graph LR",
            '    subgraph Forward_Pass["Forward Pass"]',
            '        W["w"]',
            '        X["x"]',
            '        B["b"]',
            '        Z["z = w * x + b"]',
            '        L["L = z²"]',
            "        W --> Z",
            "        X --> Z",
            "        B --> Z",
            "        Z --> L",
            "    end",
            '    subgraph Backward_Pass["Backward Pass"]',
            '        Z_grad["∂L/∂z"]',
            '        B_grad["∂L/∂b"]',
            '        W_grad["∂L/∂w"]',
            "        Z_grad --> W_grad",
            "        Z_grad --> B_grad",
            "    end",
            "    L -->|backward| Z_grad",
        ]


class TestPitfalls:
    def test_gradients_accumulating(self):
        model = nn.Linear(2, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.0)
        model(torch.ones(1, 2)).sum().backward()
        once = model.weight.grad.tolist()
        model(torch.ones(1, 2)).sum().backward()
        assert model.weight.grad.tolist() == [[2 * v for v in once[0]]]
        optimizer.zero_grad()
        model(torch.ones(1, 2)).sum().backward()
        assert model.weight.grad.tolist() == once

    def test_non_scalar_loss(self):
        (x,) = variables([1.0, 2.0, 3.0])
        loss = x * x
        with pytest.raises(RuntimeError, match="grad can be implicitly created only for scalar outputs"):
            loss.backward()
        assert x.grad is None
        loss.backward(torch.ones_like(loss))
        assert x.grad.tolist() == [2.0, 4.0, 6.0]

    def test_in_place_operations_on_a_leaf(self):
        (x,) = variables([1.0])
        with pytest.raises(RuntimeError, match="a leaf .* in-place operation.*write x = x \\+ 1 instead of x \\+= 1"):
            x += 1
        assert x.tolist() == [1.0]
        y = x
        y = y + 1
        y.backward()
        assert x.grad.tolist() == [1.0]

    def test_in_place_operations_on_what_was_saved_do_not_break_the_chain(self):
        # PyTorch raises here.  A saved value never changes in polygrad, so the gradient is that of what was computed.
        (x,) = variables([3.0])
        y = x * 1
        z = y * y
        y += 1
        (z + y).backward()
        assert x.grad.tolist() == [7.0]

    def test_inference_without_autograd(self):
        model = nn.Linear(4, 4)
        x = torch.ones(2, 4)
        assert model(x).grad_fn is not None
        with torch.no_grad():
            assert model(x).grad_fn is None

    def test_calling_backward_twice(self):
        (x,) = variables(3.0)
        loss = x * x
        loss.backward()
        with pytest.raises(RuntimeError, match="second time.*retain_graph=True"):
            loss.backward()
        assert x.grad.item() == 6.0

    def test_the_graph_is_freed_by_the_first_backward(self):
        (x,) = variables(3.0)
        loss = x * x
        assert loss.grad_fn.saved is not None
        loss.backward()
        assert loss.grad_fn.saved is None

    def test_auxiliary_losses_with_retain_graph(self):
        (x,) = variables(3.0)
        shared = x * x
        main, auxiliary = shared * 2, shared.sin()
        main.backward(retain_graph=True)
        assert x.grad.item() == 12.0
        auxiliary.backward()
        assert x.grad.item() == pytest.approx(12.0 + 6 * numpy.cos(9.0), rel=1e-5)


class TestFullWorkingExample:
    def test_it_learns_the_line(self):
        names, printed = run(SECTION_7)
        weight, bias = names["model"].weight.item(), names["model"].bias.item()
        assert printed == f"Learned weight (W): {weight}\nLearned bias (B): {bias}\n"
        assert names["loss"].item() < 0.2
        assert 3 * weight + bias == pytest.approx(7.0, abs=0.5)

    def test_longer_training_finds_two_and_one(self):
        names, _ = run(SECTION_7.replace("range(100)", "range(4000)").replace("lr=0.01", "lr=0.1"))
        assert names["model"].weight.item() == pytest.approx(2.0, abs=1e-3)
        assert names["model"].bias.item() == pytest.approx(1.0, abs=1e-3)

    def test_parameters_of_a_layer_require_grad(self):
        model = nn.Linear(1, 1)
        assert model.weight.requires_grad and model.bias.requires_grad
        assert isinstance(nn.MSELoss()(model(torch.ones(3, 1)), torch.ones(3, 1)).item(), float)

    def test_each_step_is_the_one_that_the_comments_describe(self):
        x, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[3.0], [5.0], [7.0]])
        model = nn.Linear(1, 1)
        optimizer = optim.SGD(model.parameters(), lr=0.01)
        w, b = model.weight.item(), model.bias.item()
        for _ in range(5):
            pred = model(x)
            loss = nn.MSELoss()(pred, y)
            optimizer.zero_grad()
            assert model.weight.grad is None and model.bias.grad is None
            loss.backward()
            optimizer.step()
            errors = w * x.numpy() + b - y.numpy()
            assert loss.item() == pytest.approx(float((errors**2).mean()), rel=1e-4)
            w -= 0.01 * float((2 * errors * x.numpy()).mean())
            b -= 0.01 * float((2 * errors).mean())
            assert model.weight.item() == pytest.approx(w, rel=1e-4)
            assert model.bias.item() == pytest.approx(b, rel=1e-4, abs=1e-6)
