"""Generators: where random numbers come from.

A generator is a key and a counter, in one cell that is read and rebound at every draw as any other state is, so that
what records reads and writes sees it.  A draw takes whole blocks of the key's stream, as many as its shape and type
need, whatever library makes the numbers: the same seed gives the same numbers everywhere.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.tensor import Tensor, cell
from .._forking import lock
from .._interpreters.trace import stack as frames
from ..backends.registry import BY_TYPE
from .public import FUNCTIONS, public_function

_WORD = 2**64 - 1
#: The seed of a generator that was given none, as in PyTorch.
_DEFAULT_SEED = 67280421310721


#: One generator's numbers are drawn, or its state is set, at a time.
_lock = lock()


@public_function()
class Generator:
    """A stream of random numbers.

    Two generators of one seed give the same numbers, on every backend and device.  Drawing is safe from several
    threads.

    Example::

        generator = polygrad.Generator().manual_seed(0)
        polygrad.rand(2, generator=generator)
    """

    def __init__(self, device: Any = "cpu"):
        self.device = device
        self._seed = _DEFAULT_SEED
        self._state = cell(np.asarray([_DEFAULT_SEED, 0], dtype=np.uint64))

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of ``seed`` and return the generator.

        Raises ValueError (and RuntimeError) for a seed that does not fit into 64 bits; negative ones count from ``2**64`` down.
        """
        number = int(seed)
        if not -(2**63) <= number <= _WORD:
            raise ShapeError(f"a seed is a number of 64 bits, from {-(2**63)} to {_WORD}, not {number}")
        with _lock:
            self._seed = number % 2**64
            self._state._rebind(np.asarray([self._seed, 0], dtype=np.uint64), None)
        return self

    def seed(self) -> int:
        """Start a stream that the operating system's randomness chooses, and return its seed."""
        return self.manual_seed(int.from_bytes(os.urandom(8), "little")).initial_seed()

    def initial_seed(self) -> int:
        """The seed of the stream."""
        return self._seed

    def get_state(self) -> Tensor:
        """Key and counter, as a tensor of two uint64."""
        return cell(self._state._read())

    def set_state(self, new_state: Tensor) -> Generator:
        """Go on from a state that `get_state` gave; return this generator.

        Raises TypeError or RuntimeError for anything else.
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a Tensor that get_state() returned, but got {type(new_state).__name__}")
        if new_state.dtype is not _dtypes.uint64 or tuple(new_state.shape) != (2,):
            raise RuntimeError(
                f"a generator's state is a tensor of two uint64, not {new_state.dtype.name} of shape "
                f"{tuple(new_state.shape)}"
            )
        values = np.array(new_state.backend.to_numpy(new_state._read()))
        with _lock:
            self._seed = int(values[0])
            self._state._rebind(values, None)
        return self

    def clone_state(self) -> Generator:
        """Another generator that goes on from the same state."""
        return Generator(self.device).set_state(self.get_state())

    def bits(self, words: int, backend: Any, device: Any) -> Tensor:
        """At least ``words`` fresh random words, a tensor of uint64 on ``device`` of ``backend``.

        Inside of vmap, as many for every example, if these are to be different.
        """
        batches: list[Any] = [frame for frame in frames.get() if frame.randomness != "same"]
        if not batches:
            return cell(self._words(words, backend, device))
        shape = (*[frame.length_of_random() for frame in batches], 4 * -(-words // 4))
        array = backend.xp.reshape(self._words(math.prod(shape), backend, device), shape)
        for frame in batches:
            array = frame.wrap(array, True)
        return cell(array)

    def _words(self, words: int, backend: Any, device: Any) -> Any:
        blocks = -(-words // 4)
        with _lock:
            state = self._state._read()
            owner = BY_TYPE[type(state)]
            if owner.is_traced(state):  # the state is an input of the program that is being captured
                key, counter = state[0], state[1]
                self._state._rebind(owner.xp.stack([key, counter + blocks]), None)
                return owner.xp.philox(key, counter, blocks, device=None)
            key, counter = (int(word) for word in owner.to_numpy(state))
            following = np.asarray([key, (counter + blocks) & _WORD], dtype=np.uint64)
            if not isinstance(state, np.ndarray):  # a compiled function left its own library's array
                following = owner.asarray(following, dtype=state.dtype, device=owner.device(state))
            self._state._rebind(following, None)
        return backend.random_bits(key, counter, blocks, device)

    def __getstate__(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "seed": self._seed,
            "state": np.asarray(self.get_state().tolist(), dtype=np.uint64),
        }

    def __setstate__(self, saved: dict[str, Any]) -> None:
        self.__init__(saved["device"])  # type: ignore[misc]  # the constructor of this very class
        self._seed = saved["seed"]
        self._state._rebind(saved["state"], None)

    def __repr__(self) -> str:
        return f"<polygrad.Generator, seed {self._seed}>"


#: What draws without a ``generator=`` use.
default_generator = FUNCTIONS["default_generator"] = Generator()
default_generator.seed()


@public_function()
def manual_seed(seed: int) -> Generator:
    """Start the default generator's stream of ``seed``, and return that generator.  Raises as `Generator.manual_seed`.

    Example::

        polygrad.manual_seed(0)
        polygrad.rand(2)
    """
    return default_generator.manual_seed(seed)


@public_function()
def seed() -> int:
    """Start a stream that the operating system's randomness chooses, and return its seed."""
    return default_generator.seed()


@public_function()
def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


@public_function()
def get_rng_state() -> Tensor:
    """The state of the default generator, for `set_rng_state`."""
    return default_generator.get_state()


@public_function()
def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator go on from a state that `get_rng_state` gave."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """Context after which the default generator goes on as if nothing had been drawn inside."""
    state, first = default_generator.get_state(), default_generator.initial_seed()
    try:
        yield
    finally:
        if enabled:
            default_generator.set_state(state)
            default_generator._seed = first
