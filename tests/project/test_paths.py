"""PyTorch's module paths can be imported, and give polygrad's own classes."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys

import pytest

import polygrad
from polygrad import _paths

PATHS = [*_paths.BEHIND, "types", "nn.parameter", "nn.functional", "nn.init", "optim.lr_scheduler", "optim.optimizer"]
PRIVATE = {
    "nn.modules.conv": "_ConvNd",
    "nn.modules.batchnorm": "_BatchNorm _NormBase",
    "nn.modules.loss": "_Loss _WeightedLoss",
    "nn.modules.dropout": "_DropoutNd",
    "nn.modules.utils": "_ntuple _single _pair _triple _quadruple",
    "optim.lr_scheduler": "_LRScheduler",
    "types": "_size _dtype _device _int _float _bool Number Device",
    "_C": "device dtype Generator Size TensorBase",
    "utils.data._utils.collate": "default_collate default_convert",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_importable_in_a_program_of_its_own(path):
    module = importlib.import_module(f"polygrad.{path}")
    assert module.__name__ == f"polygrad.{path}" and module is sys.modules[module.__name__]
    for name in PRIVATE.get(path, "").split():
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        module.nothing
    with pytest.raises(ImportError):
        importlib.import_module(f"polygrad.{path}.nothing")
    names: dict = {}
    exec(f"from polygrad.{path} import *", names)
    assert set(getattr(module, "__all__", ())) <= set(names)


@pytest.mark.parity
@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_what_pytorchs_has(path):
    torch = pytest.importorskip("torch")
    theirs, ours = importlib.import_module(f"torch.{path}"), importlib.import_module(f"polygrad.{path}")
    package = path.rpartition(".")[0].removesuffix(".modules").removesuffix("._utils") or "nn"
    home, their_home = importlib.import_module(f"polygrad.{package}"), importlib.import_module(f"torch.{package}")
    for name in vars(theirs):
        found = getattr(theirs, name)
        if not name.startswith("_") and isinstance(found, type) and getattr(their_home, name, None) is found:
            if found.__module__ == theirs.__name__ and hasattr(home, name):
                assert getattr(ours, name) is getattr(home, name)
    for name in PRIVATE.get(path, "").split():
        assert hasattr(theirs, name), f"PyTorch has no {name} in {path}"
    assert torch


def test_the_bases_of_layers_tell_layers_apart():
    nn = polygrad.nn
    for kind, yes, no in (
        (
            nn.modules.batchnorm._BatchNorm,
            [nn.BatchNorm1d(2), nn.BatchNorm2d(2)],
            [nn.LayerNorm(2), nn.InstanceNorm2d(2)],
        ),
        (nn.modules.batchnorm._NormBase, [nn.BatchNorm1d(2), nn.InstanceNorm2d(2)], [nn.LayerNorm(2)]),
        (nn.modules.conv._ConvNd, [nn.Conv1d(1, 1, 1), nn.ConvTranspose2d(1, 1, 1)], [nn.Linear(1, 1)]),
        (nn.modules.loss._Loss, [nn.MSELoss(), nn.CrossEntropyLoss()], [nn.Tanh()]),
        (nn.modules.dropout._DropoutNd, [nn.Dropout(), nn.Dropout2d()], [nn.ReLU()]),
        (nn.modules.Module, [nn.Linear(1, 1)], [1]),
    ):
        assert all(isinstance(x, kind) for x in yes) and not any(isinstance(x, kind) for x in no)
    assert nn.modules.utils._pair(3) == (3, 3) and nn.modules.utils._pair([1, 2]) == (1, 2)


def test_attributes_without_an_import():
    program = (
        "import polygrad\n"
        "assert polygrad.nn.modules.conv.Conv2d is polygrad.nn.Conv2d\n"
        "assert polygrad.optim.adam.Adam is polygrad.optim.Adam\n"
        "assert polygrad.nn.utils.clip_grad.clip_grad_norm_ is polygrad.nn.utils.clip_grad_norm_\n"
        "assert polygrad.utils.data.dataloader.DataLoader is polygrad.utils.data.DataLoader\n"
        "assert polygrad._C.Size is polygrad.Size and polygrad.types.Number\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_nothing_is_made_before_it_is_asked_for():
    program = (
        "import sys, polygrad; polygrad.nn, polygrad.optim, polygrad.utils.data\n"
        "from polygrad import _paths\n"
        "print([name for name in sys.modules if name.removeprefix('polygrad.') in _paths.BEHIND])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_classes_are_pickled_by_their_own_module():
    kind = importlib.import_module("polygrad.nn.modules.conv").Conv2d
    assert pickle.loads(pickle.dumps(kind)) is polygrad.nn.Conv2d
