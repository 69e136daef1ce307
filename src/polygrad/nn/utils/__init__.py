"""Utilities for training loops: clip gradients, convert parameters to one vector, pack sequences."""

from __future__ import annotations

from ..._paths import paths_in as _paths_in
from . import rnn
from .clip import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .vectors import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "parameters_to_vector",
    "rnn",
    "vector_to_parameters",
]

# PyTorch's paths of modules in here.
globals().update(__getattr__=_paths_in(__name__))
