"""Random numbers: generators, their seeds and states, and tensors drawn from them.

Written by `python tools/stubs.py`.
"""

from collections.abc import Sequence
from ._core.tensor import Tensor
from ._core.typing import BackendLike, DTypeLike, DeviceLike
from ._functions.generator import (
    Generator as Generator,
    default_generator as default_generator,
    fork_rng as fork_rng,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)

def bernoulli(input: Tensor, p: float | None = None, *, generator: Generator | None = None) -> Tensor: ...
def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor: ...
def normal(
    mean: float | Tensor = 0.0,
    std: float | Tensor = 1.0,
    size: int | Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def rand(
    size: int | Sequence[int] = (),
    *others: int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def randint(
    low: int = 0,
    high: int | Sequence[int] | None = None,
    size: int | Sequence[int] | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def randint_like(
    input: Tensor,
    low: int = 0,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def randn(
    size: int | Sequence[int] = (),
    *others: int,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: DTypeLike | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    backend: BackendLike | None = None,
) -> Tensor: ...
