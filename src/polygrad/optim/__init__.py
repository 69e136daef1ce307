"""Optimizers, under PyTorch's names.

The update rules are in `polygrad.optim.rules`, learning-rate schedules in `polygrad.optim.lr_scheduler`.
"""

from __future__ import annotations

from .._paths import paths_in as _paths_in
from . import lr_scheduler, rules
from .further_optimizers import ASGD, Adadelta, Adamax, NAdam, RAdam, Rprop
from .optimizer import Optimizer
from .optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = [
    "ASGD", "SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop",
    "lr_scheduler", "rules",
]  # fmt: skip

# PyTorch's paths of modules in here.
globals().update(__getattr__=_paths_in(__name__))
