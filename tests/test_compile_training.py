"""Training programs: compiled they give what they give eagerly, and what PyTorch gives, over many steps."""

from __future__ import annotations

import pytest
from training_programs import OURS, PROGRAMS, SEVERAL, agree, data, moments, number_of_programs, result_of, small

import polygrad
from polygrad.backends import available

BACKENDS = [name for name in ("jax", "numpy", "strict") if name in available()]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [*PROGRAMS, *OURS])
def test_compiled_as_eager(name, backend):
    program = PROGRAMS.get(name) or OURS[name]
    with polygrad.use_backend(backend):
        compiled = result_of(polygrad, program, True)
        agree(compiled, result_of(polygrad, program, False), 3e-5)
    again = backend == "strict" and name in ("dropout", "random_numbers")  # the generator's state is NumPy's at first
    assert number_of_programs(compiled[2]) == SEVERAL.get(name, 1) + again


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
