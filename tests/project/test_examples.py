"""The examples: the same curves on every backend, and a clear exit if a backend is missing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest

import polygrad as pg

EXAMPLES = Path(__file__).parents[2] / "examples"
OTHERS = [name for name in pg.backends.available() if name != "numpy"]

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
pytest.importorskip("rich", reason="the examples show their progress with rich")


@pytest.fixture
def digits(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    yield __import__("digits")
    pg.set_backend(None)


def course(digits, backend, model, compiled=False):
    """First weights, and losses and accuracies of two epochs."""
    from rich.console import Console
    from rich.progress import Progress

    assert digits.choose_backend(backend) is None
    pg.manual_seed(3)
    data, network = digits.load(), digits.build(model)
    weights = np.concatenate([np.ravel(p.detach().tolist()) for p in network.parameters()])
    with Progress(console=Console(file=io.StringIO())) as progress:
        history = digits.train(network, data, 2, compiled, progress)
    return weights, np.asarray([history.train_loss, history.test_loss, history.train_accuracy, history.test_accuracy])


@pytest.mark.parametrize("model", ["mlp", "cnn"])
@pytest.mark.parametrize("backend", OTHERS)
def test_the_same_seed_gives_the_same_curves(digits, backend, model):
    weights, curves = course(digits, "numpy", model)
    others, other_curves = course(digits, backend, model)
    np.testing.assert_allclose(others, weights, atol=1e-7)
    np.testing.assert_allclose(other_curves, curves, atol=1e-5)
    assert curves[3, -1] > 0.85
    if "jit" in pg.get_backend(backend).capabilities:
        np.testing.assert_allclose(course(digits, backend, model, True)[1], curves, atol=1e-5)


def test_a_backend_that_is_missing_ends_in_a_sentence(digits, capsys, monkeypatch):
    assert digits.main(["--backend", "nump", "--epochs", "1"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert "Did you mean 'numpy'?" in err

    def missing(name):
        raise pg.backends.UnknownBackendError(f"there is no backend {name!r}")

    with monkeypatch.context() as patch:
        patch.setattr(pg, "set_backend", missing)
        assert digits.main(["--backend", "cupy"]) == 2
    wanted = "backend 'cupy' is not installed; install it: python -m pip install -e backends/polygrad-cupy\n"
    assert capsys.readouterr().err == wanted


def test_a_picture_is_drawn(digits, capsys, tmp_path):
    pytest.importorskip("matplotlib")
    file = tmp_path / "digits.png"
    assert digits.main(["--epochs", "1", "--plot", str(file)]) == 0
    out = capsys.readouterr().out
    assert "test accuracy" in out
    assert file.read_bytes().startswith(b"\x89PNG")


def test_the_smallest_loop_learns_the_line(capsys):
    exec(compile((EXAMPLES / "linear_model.py").read_text(encoding="utf-8"), "linear_model.py", "exec"), {})
    assert capsys.readouterr().out == "learned weight: 2.000\nlearned bias:   1.000\n"
    assert "linear_model" not in sys.modules
