"""PyTorch's paths of modules, for what lives elsewhere here: ``from polygrad.nn.modules.conv import Conv2d``.

A module of such a path holds nothing.  It is made when it is imported, or first named, and looks its names up in the modules
behind it, so there is one of every class.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_ROOT = __name__.rpartition(".")[0]

#: Path → the modules behind it, without the package's name; "" is the package itself.
BEHIND = {
    "_C": ("",),
    "_C._nn": ("nn.functional",),
    "nn.modules": ("nn",),
    "nn.modules.activation": ("nn.activations", "nn.attention"),
    **dict.fromkeys(("nn.modules.batchnorm", "nn.modules.instancenorm"), ("nn.normalization", "nn.lazy")),
    "nn.modules.normalization": ("nn.normalization",),
    **dict.fromkeys(
        ("nn.modules.channelshuffle", "nn.modules.fold", "nn.modules.pixelshuffle", "nn.modules.upsampling"),
        ("nn.vision",),
    ),
    "nn.modules.adaptive": ("nn.adaptive_softmax",),
    "nn.modules.container": ("nn.containers",),
    "nn.modules.conv": ("nn.convolution", "nn.lazy"),
    **{f"nn.modules.{name}": (f"nn.{name}",) for name in ("distance", "dropout", "flatten")},
    "nn.modules.lazy": ("nn.lazy",),
    "nn.modules.linear": ("nn.linear", "nn.containers", "nn.lazy"),
    "nn.modules.loss": ("nn.losses",),
    "nn.modules.module": ("nn.module",),
    "nn.modules.padding": ("nn.padding",),
    "nn.modules.pooling": ("nn.pooling", "nn.adaptive_pooling", "nn.unpooling"),
    "nn.modules.rnn": ("nn.recurrent", "nn.recurrent_cells"),
    "nn.modules.sparse": ("nn.embedding",),
    "nn.modules.transformer": ("nn.transformer",),
    "nn.modules.utils": ("nn.tuples",),
    "nn.utils.clip_grad": ("nn.utils.clip",),
    "nn.utils.convert_parameters": ("nn.utils.vectors",),
    **dict.fromkeys(
        (f"optim.{name}" for name in ("adagrad", "adam", "adamw", "rmsprop", "sgd")), ("optim.optimizers",)
    ),
    **dict.fromkeys(
        (f"optim.{name}" for name in ("adadelta", "adamax", "asgd", "nadam", "radam", "rprop")),
        ("optim.further_optimizers",),
    ),
    "utils.data._utils": ("utils.data.loading",),
    "utils.data._utils.collate": ("utils.data.loading",),
    "utils.data.dataloader": ("utils.data.loading",),
    "utils.data.dataset": ("utils.data.datasets",),
    "utils.data.sampler": ("utils.data.samplers",),
}
#: PyTorch's names of base classes that programs ask for, by `isinstance` mostly.
_RENAMED = {
    "TensorBase": "Tensor",
    "_TensorBase": "Tensor",
    "_ConvNd": "_Convolution",
    "_ConvTransposeNd": "_Transposed",
    "_NormBase": "_Statistics",
    "_WeightedLoss": "_Weighted",
    "_DropoutNd": "_Dropout",
    "_MaxPoolNd": "_MaxPool",
    "_AvgPoolNd": "_Pool",
    "_AdaptiveAvgPoolNd": "_Adaptive",
    "_AdaptiveMaxPoolNd": "_AdaptiveMax",
}


def _full(path: str) -> str:
    return f"{_ROOT}.{path}" if path else _ROOT


def _is_path(name: str) -> bool:
    return name.startswith(_ROOT) and name[len(_ROOT) + 1 :] in BEHIND


class _Path(ModuleType):
    """A module of one of PyTorch's paths."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":  # what Python asks of a module itself
            raise AttributeError(name)
        if _is_path(f"{self.__name__}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        behind = [importlib.import_module(_full(path)) for path in BEHIND[self.__name__[len(_ROOT) + 1 :]]]
        if name == "__all__":
            return [one for module in behind for one in getattr(module, name, ())]
        for module in behind:
            for known in (name, _RENAMED.get(name, name)):
                if hasattr(module, known):
                    return getattr(module, known)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__all__})


class _Finder:
    """Finds the modules of these paths, after Python has found none: it is asked last."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not _is_path(name):
            return None
        inside = f"{name[len(_ROOT) + 1 :]}."
        loader: Any = _Finder
        return ModuleSpec(name, loader, is_package=any(other.startswith(inside) for other in BEHIND))

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _Path(spec.name)

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """There is nothing to execute."""


sys.meta_path.append(_Finder)


def paths_in(package: str) -> Callable[[str], Any]:
    """The ``__getattr__`` of ``package``: the modules of PyTorch's paths are its attributes without being imported first."""

    def __getattr__(name: str) -> Any:
        if _is_path(f"{package}.{name}"):
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return __getattr__
