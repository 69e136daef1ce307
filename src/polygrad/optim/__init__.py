"""Optimizers, under PyTorch's names.

The update rules are in `polygrad.optim.rules`, learning-rate schedules in `polygrad.optim.lr_scheduler`.
"""

from __future__ import annotations

from .._paths import paths_in as _paths_in
from . import lr_scheduler, rules
from .optimizer import Optimizer
from .optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler", "rules"]

# PyTorch's paths of modules in here.
globals().update(__getattr__=_paths_in(__name__))
