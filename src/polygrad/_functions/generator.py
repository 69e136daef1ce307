"""Generators of random numbers.

A generator is a key and a counter, in one cell that is read and rebound at every draw like any other state, so that
recorders see it.  A draw takes whole blocks of the key's stream, as many as its shape and type need, whichever library
computes the numbers: a seed gives the same numbers everywhere.
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
from .._interpreters.trace import stack as active_traces
from ..backends.registry import BY_TYPE
from .public import FUNCTIONS, public_function

_WORD = 2**64 - 1
#: PyTorch's seed of a generator that is not seeded.
_DEFAULT_SEED = 67280421310721


#: Serializes draws and changes of state, of all generators.
_lock = lock()


@public_function()
class Generator:
    """A stream of random numbers.

    Two generators with one seed give the same numbers, on every backend and device.  Drawing is thread-safe.

    Args:
        device: accepted for compatibility with PyTorch: one generator serves all devices.

    Example::

        >>> generator = polygrad.Generator().manual_seed(0)
        >>> polygrad.rand(2, generator=generator)
        tensor([0.7899, 0.0872])
    """

    def __init__(self, device: Any = "cpu"):
        self.device = device
        self._seed = _DEFAULT_SEED
        self._state = cell(np.asarray([_DEFAULT_SEED, 0], dtype=np.uint64))

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of a seed.

        Args:
            seed: an int of 64 bits; a negative one counts from ``2**64`` down.

        Returns:
            This generator.

        Raises:
            ValueError: the seed does not fit into 64 bits.
        """
        number = int(seed)
        if not -(2**63) <= number <= _WORD:
            raise ShapeError(f"manual_seed(): the seed must be from {-(2**63)} to {_WORD}, but it is {number}")
        with _lock:
            self._seed = number % 2**64
            self._state._rebind(np.asarray([self._seed, 0], dtype=np.uint64), None)
        return self

    def seed(self) -> int:
        """Start the stream of a seed from the operating system's source of randomness, and return that seed."""
        return self.manual_seed(int.from_bytes(os.urandom(8), "little")).initial_seed()

    def initial_seed(self) -> int:
        """Return the seed of the stream."""
        return self._seed

    def get_state(self) -> Tensor:
        """Return the state, as a tensor of two uint64 elements."""
        return cell(self._state._read())

    def set_state(self, new_state: Tensor) -> Generator:
        """Continue from a state.

        Args:
            new_state: what `get_state` returned.

        Returns:
            This generator.

        Raises:
            TypeError: ``new_state`` is not a tensor.
            RuntimeError: ``new_state`` is not a tensor of two uint64 elements.
        """
        if not isinstance(new_state, Tensor):
            raise TypeError(
                f"set_state(): the state must be a Tensor that get_state() returned, not {type(new_state).__name__}"
            )
        if new_state.dtype is not _dtypes.uint64 or tuple(new_state.shape) != (2,):
            raise RuntimeError(
                f"set_state(): the state must be a tensor of two uint64 elements, not {new_state.dtype.name} of shape "
                f"{tuple(new_state.shape)}"
            )
        values = np.array(new_state.backend.to_numpy(new_state._read()))
        with _lock:
            self._seed = int(values[0])
            self._state._rebind(values, None)
        return self

    def clone_state(self) -> Generator:
        """Return another generator that continues from the same state."""
        return Generator(self.device).set_state(self.get_state())

    def bits(self, words: int, backend: Any, device: Any) -> Tensor:
        """Return at least ``words`` fresh random words, a uint64 tensor on ``device`` of ``backend``.

        Inside vmap with ``randomness="different"`` there are as many for every example.
        """
        batches: list[Any] = [trace for trace in active_traces.get() if trace.randomness != "same"]
        if not batches:
            return cell(self._words(words, backend, device))
        shape = (*[trace.length_of_random() for trace in batches], 4 * -(-words // 4))
        array = backend.xp.reshape(self._words(math.prod(shape), backend, device), shape)
        for trace in batches:
            array = trace.wrap(array, True)
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
        self.__init__(saved["device"])  # type: ignore[misc]  # a constructor is called as a method
        self._seed = saved["seed"]
        self._state._rebind(saved["state"], None)

    def __repr__(self) -> str:
        return f"<polygrad.Generator, seed {self._seed}>"


#: The generator of draws without ``generator=``.
default_generator: Generator = Generator()
FUNCTIONS["default_generator"] = default_generator
default_generator.seed()


@public_function()
def manual_seed(seed: int) -> Generator:
    """Start the stream of a seed in the default generator.

    Args:
        seed: an int of 64 bits; a negative one counts from ``2**64`` down.

    Returns:
        The default generator.

    Raises:
        ValueError: the seed does not fit into 64 bits.

    Example::

        >>> generator = polygrad.manual_seed(0)
        >>> polygrad.rand(2)
        tensor([0.7899, 0.0872])
    """
    return default_generator.manual_seed(seed)


@public_function()
def seed() -> int:
    """Start the stream of a seed from the operating system's source of randomness in the default generator.

    Returns:
        The seed, an int.

    Example::

        >>> number = polygrad.seed()
        >>> number == polygrad.initial_seed()
        True
    """
    return default_generator.seed()


@public_function()
def initial_seed() -> int:
    """Return the seed of the default generator.

    Returns:
        An int.

    Example::

        >>> generator = polygrad.manual_seed(7)
        >>> polygrad.initial_seed()
        7
    """
    return default_generator.initial_seed()


@public_function()
def get_rng_state() -> Tensor:
    """Return the state of the default generator, for `set_rng_state`.

    Returns:
        A tensor of two uint64 elements.

    Example::

        >>> state = polygrad.get_rng_state()
        >>> state.shape, state.dtype
        (polygrad.Size([2]), polygrad.uint64)
    """
    return default_generator.get_state()


@public_function()
def set_rng_state(new_state: Tensor) -> None:
    """Let the default generator continue from a state.

    Args:
        new_state: what `get_rng_state` returned.

    Raises:
        TypeError: ``new_state`` is not a tensor.
        RuntimeError: ``new_state`` is not a tensor of two uint64 elements.

    Example::

        >>> state = polygrad.get_rng_state()
        >>> first = polygrad.rand(2)
        >>> polygrad.set_rng_state(state)
        >>> polygrad.equal(first, polygrad.rand(2))
        True
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """Restore the state of the default generator at the end of a ``with`` block.

    Args:
        devices: accepted for compatibility with PyTorch.
        enabled: whether to restore the state.

    Example::

        >>> state = polygrad.get_rng_state()
        >>> with polygrad.random.fork_rng():
        ...     numbers = polygrad.rand(2)
        >>> polygrad.equal(state, polygrad.get_rng_state())
        True
    """
    state, first = default_generator.get_state(), default_generator.initial_seed()
    try:
        yield
    finally:
        if enabled:
            default_generator.set_state(state)
            default_generator._seed = first
