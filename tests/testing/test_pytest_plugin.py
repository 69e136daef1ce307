"""``pytest --gradcheck``: what is marked is checked, and nothing else costs anything."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import polygrad
from polygrad.autograd import GradcheckError
from polygrad.testing import check_gradients

FILE = """
import polygrad, pytest
from polygrad import nn

@pytest.mark.gradcheck(inputs=((2, 3),))
def swish(x):
    return x * polygrad.sigmoid(x)

@pytest.mark.gradcheck(inputs=lambda: (polygrad.ones(3, 2), polygrad.tensor([0, 1, 0])), order=1)
@pytest.mark.gradcheck(inputs=(polygrad.full((2, 2), 0.5), polygrad.tensor([1, 1])))
def loss(x, target):
    return nn.functional.cross_entropy(x, target)

@pytest.mark.gradcheck(inputs=((4, 3),))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    def forward(self, x):
        return self.layers(x)

class Cube(polygrad.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3
    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.saved_tensors[0] ** 2

@pytest.mark.gradcheck(inputs=((3,),), check_forward_ad=False, check_batched_grad=False)
def wrong(x):
    return Cube.apply(x)

def test_something_else():
    pass
"""


def run(tmp_path, *arguments):
    (tmp_path / "test_marked.py").write_text(FILE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "polygrad.testing.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
    ]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # starts in a tenth of the time
    return subprocess.run(
        [*command, "--rootdir", tmp_path, *arguments, tmp_path], capture_output=True, text=True, env=alone
    )


def test_what_is_marked_is_checked(tmp_path):
    done = run(tmp_path, "--gradcheck", "-v", "--strict-markers")
    assert done.returncode == 1, done.stdout + done.stderr
    for name in ("swish", "loss[0]", "loss[1]", "Net", "test_something_else"):
        assert f"::{name} PASSED" in done.stdout, done.stdout
    assert "::wrong FAILED" in done.stdout and "the gradient of wrong is wrong" in done.stdout


def test_nothing_is_checked_without_the_option(tmp_path):
    done = run(tmp_path, "--strict-markers")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_imports_nothing_that_costs_time():
    code = "import sys, pytest; import polygrad.testing.pytest_plugin; print(*[n for n in sys.modules if n in ('numpy', 'polygrad._core', 'polygrad.autograd')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.split()


def test_what_check_gradients_says():
    check_gradients(polygrad.nn.Linear(2, 3), ((4, 2),), order=1)
    with pytest.raises(TypeError, match="a tuple of arguments"):
        check_gradients(polygrad.exp, [1.0])
    with pytest.raises(ValueError, match="order is 1 or 2"):
        check_gradients(polygrad.exp, ((2,),), order=3)
    with pytest.raises(GradcheckError):
        check_gradients(lambda x: x * x.detach(), ((2,),))
