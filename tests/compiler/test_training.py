"""Training programs give the same compiled, eagerly and in PyTorch, over many steps."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import polygrad
import tests.cases.training_projects  # noqa: F401  (further programs)
from polygrad.backends import available
from tests.cases.training_programs import (
    OPTIMIZERS,
    OURS,
    PROGRAMS,
    SEVERAL,
    agree,
    data,
    moments,
    number_of_programs,
    result_of,
    small,
)

BACKENDS = [name for name in ("jax", "numpy", "strict") if name in available()]
#: The programs with the optimizers, whose steps are fused in single precision too.
OPTIMIZED = [f"{kind} {number}" for kind, choices in OPTIMIZERS.items() for number in range(len(choices))]


@contextlib.contextmanager
def dtype_for_new_tensors(dtype):
    before = polygrad.get_default_dtype()
    polygrad.set_default_dtype(dtype)
    try:
        yield
    finally:
        polygrad.set_default_dtype(before)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [*PROGRAMS, *OURS])
def test_compiled_as_eager(name, backend):
    """In double precision, where no program's own condition hides a difference."""
    program = PROGRAMS.get(name) or OURS[name]
    with polygrad.use_backend(backend), dtype_for_new_tensors(polygrad.float64):
        compiled = result_of(polygrad, program, True)
        agree(compiled, result_of(polygrad, program, False), 1e-9)
    again = backend == "strict" and name in ("dropout", "random_numbers")  # the generator's state is NumPy's at first
    assert number_of_programs(compiled[2]) == SEVERAL.get(name, 1) + again


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OPTIMIZED)
def test_compiled_as_eager_in_single_precision(name, backend):
    """As near to the result in double precision as the eager program, whose distance from it is the program's condition."""
    program = PROGRAMS[name]
    with polygrad.use_backend(backend):
        compiled, eager = result_of(polygrad, program, True), result_of(polygrad, program, False)
        with dtype_for_new_tensors(polygrad.float64):
            exact = result_of(polygrad, program, False)
    for one, other, right in zip(compiled[1], eager[1], exact[1], strict=True):
        rounding = np.finfo(np.float32).eps * np.abs(right).max()
        assert np.abs(one - right).max() <= 8 * (np.abs(other - right).max() + rounding)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore:`torch.jit")
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_as_pytorch(name, backend):
    torch = pytest.importorskip("torch")
    with polygrad.use_backend(backend):
        agree(result_of(polygrad, PROGRAMS[name], True), result_of(torch, PROGRAMS[name], False), 2e-4)


# -- what goes wrong -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("place", ["before", "between", "after"])
@pytest.mark.parametrize("steps", [0, 2])
def test_an_exception_in_a_trace_changes_nothing(backend, place, steps):
    with polygrad.use_backend(backend):
        model = small(polygrad, polygrad.nn.BatchNorm1d(8), polygrad.nn.Dropout(0.5))
        optimizer = polygrad.optim.Adam(model.parameters(), lr=0.1)
        scheduler = polygrad.optim.lr_scheduler.StepLR(optimizer, 1)
        x, y = data(polygrad)
        wrong = [True]

        @polygrad.compile
        def step(x, y):
            def stop(here):
                if wrong[0] and here == place:
                    raise KeyError(here)

            loss = polygrad.nn.functional.cross_entropy(model(x), y)
            stop("before")
            optimizer.zero_grad()
            loss.backward()
            stop("between")
            optimizer.step()
            scheduler.step()
            model.eval()
            stop("after")
            model.train()
            return loss

        def everything():
            return (
                [t.tolist() for t in (*model.parameters(), *model.buffers(), *moments(optimizer))],
                [p.grad if p.grad is None else (id(p.grad), p.grad.tolist()) for p in model.parameters()],
                [id(t) for t in (*optimizer.state, *moments(optimizer))],
                optimizer.param_groups[0]["lr"], scheduler.last_epoch, model.training, polygrad.get_rng_state().tolist(),
            )  # fmt: skip

        wrong[0] = False
        for _ in range(steps):
            step(x, y)
        wrong[0] = True
        rows = 8 if steps else 16  # other shapes, so that there is another trace
        before = everything()
        for _ in range(2):
            with pytest.raises(KeyError, match=place):
                step(x[:rows], y[:rows])
            assert everything() == before
        wrong[0] = False
        assert step(x[:rows], y[:rows]).item() > 0
        assert everything() != before


class Own(polygrad.optim.Optimizer):
    """An optimizer whose step does to a parameter and its state what ``change`` does."""

    def __init__(self, params, change):
        super().__init__(params, {"lr": 0.1})
        self.change = change

    @polygrad.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter -= group["lr"] * parameter.grad
                self.change(group, self.state[parameter])


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda group, state: state.update(step=state.get("step", 0) + 1),
            "the Python number 'step'.*keep it in a tensor",
        ),
        (lambda group, state: group.update(lr=group["lr"] * 0.5), "changes the settings in its param_groups"),
    ],
)
def test_python_numbers_that_an_optimizer_of_ones_own_changes_are_refused(backend, change, message):
    with polygrad.use_backend(backend):
        weight = polygrad.ones(2, requires_grad=True)
        optimizer = Own([weight], change)

        @polygrad.compile
        def step(x):
            optimizer.zero_grad()
            (weight * x).sum().backward()
            optimizer.step()

        with pytest.raises(polygrad.compiler.CompileError, match=message):
            step(polygrad.ones(2))
        assert weight.tolist() == [1, 1]
        assert weight.grad is None
        assert not any(optimizer.state.values())
        assert optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_optimizer_of_ones_own_makes_its_state_in_a_first_call_that_runs_eagerly(backend):
    with polygrad.use_backend(backend):
        weight = polygrad.ones(2, requires_grad=True)
        optimizer = Own([weight], lambda group, state: state.setdefault("count", polygrad.zeros(())).add_(1))

        @polygrad.compile
        def step(x):
            optimizer.zero_grad()
            (weight * x).sum().backward()
            optimizer.step()

        with pytest.raises(polygrad.compiler.CompileError, match="creates the state 'count'.*once without compile"):
            step.lower(polygrad.ones(2))
        assert not optimizer.state[weight]
        for _ in range(4):
            step(polygrad.ones(2))
        optimizer.param_groups[0]["lr"] = 0.0
        step(polygrad.ones(2))
        assert optimizer.state[weight]["count"].item() == 5
        np.testing.assert_allclose(weight.tolist(), [0.6, 0.6], rtol=1e-6)
        assert number_of_programs(step) == 2
