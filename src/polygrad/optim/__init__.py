"""Optimizers: how parameters follow their gradients, with PyTorch's names.

The mathematics is in `polygrad.optim.rules`, learning-rate schedules in `polygrad.optim.lr_scheduler`.
"""

from __future__ import annotations

from . import lr_scheduler, rules
from .optimizer import Optimizer
from .optimizers import SGD, Adagrad, Adam, AdamW, RMSprop

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler", "rules"]
