"""Grad modes, which switch recording off and on: context managers, and decorators of functions and generators."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, Self, TypeVar, overload

from .._state import grad_mode
from .._state import inference_mode as _inference

F = TypeVar("F", bound=Callable[..., Any])


class _Mode:
    """Base class of grad modes: re-entrant contexts, and decorators of functions, generators and coroutines.

    A decorated generator function has the mode only while it runs: while it is suspended, its consumer has its own
    mode.
    """

    _enabled = True

    def __init__(self) -> None:
        self._tokens: list[Any] = []

    def _enter(self) -> Any:
        return grad_mode.set(self._enabled)

    def _exit(self, token: Any) -> None:
        grad_mode.reset(token)

    def __enter__(self) -> None:
        self._tokens.append(self._enter())

    def __exit__(self, *exc: Any) -> None:
        self._exit(self._tokens.pop())

    def _fresh(self) -> _Mode:
        return type(self)()

    def __call__(self, function: F) -> F:
        if inspect.isclass(function):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
                "methods: of a class only __init__ is decorated.",
                FutureWarning,
                stacklevel=2,
            )
            function.__init__ = self(function.__init__)  # type: ignore[method-assign]  # of any class
            return function
        if inspect.isgeneratorfunction(function):
            return _for_generator(self, function)  # type: ignore[return-value]  # of the same signature
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def coroutine(*args: Any, **kwargs: Any) -> Any:
                with self._fresh():
                    return await function(*args, **kwargs)

            return coroutine  # type: ignore[return-value]  # of the same signature

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return wrapper  # type: ignore[return-value]  # of the same signature


def _for_generator(mode: _Mode, function: Callable) -> Callable:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with mode._fresh():
            generator = function(*args, **kwargs)
            inside = grad_mode.get()
        step, value = generator.send, None
        try:
            while True:
                token = grad_mode.set(inside)
                try:
                    item = step(value)
                except StopIteration as stop:
                    return stop.value
                finally:
                    inside = grad_mode.get()
                    grad_mode.reset(token)
                try:
                    value = yield item
                    step = generator.send
                except GeneratorExit:
                    raise
                except BaseException as error:
                    step, value = generator.throw, error
        finally:
            token = grad_mode.set(inside)
            try:
                generator.close()
            finally:
                grad_mode.reset(token)

    return wrapper


class no_grad(_Mode):
    """Disable recording: results do not require grad.  A context manager and a decorator.

    Args:
        function: the function to decorate, where it is a decorator without parentheses.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> with polygrad.no_grad():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    _enabled = False

    @overload
    def __new__(cls, function: None = None) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...  # type: ignore[misc]  # a decorator without parentheses
    def __new__(cls, function: Any = None) -> Any:
        """A context manager; or ``function``, decorated."""
        return super().__new__(cls) if function is None else cls()(function)


class enable_grad(no_grad):
    """Enable recording inside a `no_grad`.  A context manager and a decorator.

    Args:
        function: the function to decorate, where it is a decorator without parentheses.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> with polygrad.no_grad():
        ...     with polygrad.enable_grad():
        ...         y = x * 2
        >>> y.requires_grad
        True
    """

    _enabled = True


class inference_mode(_Mode):
    """Disable recording, as `no_grad`, visible to `is_inference_mode_enabled`.  A context manager and a decorator.

    Unlike in PyTorch, tensors made in it are ordinary tensors, which can be used in a graph afterwards.

    Args:
        mode: whether to switch it on.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> with polygrad.inference_mode():
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    def __init__(self, mode: bool = True):
        super().__init__()
        self._mode = mode

    @overload
    def __new__(cls, mode: bool = True) -> Self: ...
    @overload
    def __new__(cls, mode: F) -> F: ...  # type: ignore[misc]  # a decorator without parentheses
    def __new__(cls, mode: Any = True) -> Any:
        """A context manager; or ``mode``, decorated, where it is a function."""
        return cls()(mode) if callable(mode) else super().__new__(cls)

    def _fresh(self) -> inference_mode:
        return type(self)(self._mode)

    def _enter(self) -> Any:
        return (grad_mode.set(grad_mode.get() and not self._mode), _inference.set(self._mode))

    def _exit(self, token: Any) -> None:
        grad_mode.reset(token[0])
        _inference.reset(token[1])


class set_grad_enabled(_Mode):
    """Switch recording on or off: at once when called, until the end of the block as a context manager.

    Args:
        mode: whether operations are recorded.

    Example::

        >>> x = polygrad.tensor(1.0, requires_grad=True)
        >>> with polygrad.set_grad_enabled(False):
        ...     y = x * 2
        >>> y.requires_grad
        False
    """

    def __init__(self, mode: bool):
        super().__init__()
        self._enabled = bool(mode)
        self._before: Any = grad_mode.get()
        grad_mode.set(self._enabled)

    def _fresh(self) -> _Mode:
        return enable_grad() if self._enabled else no_grad()

    def _enter(self) -> Any:
        grad_mode.set(self._enabled)
        return self._before

    def _exit(self, token: Any) -> None:
        grad_mode.set(token)

    def __call__(self, function: F) -> F:
        """Decorate ``function``, and restore the mode from before."""
        grad_mode.set(self._before)  # it is used as a decorator only
        return super().__call__(function)


def is_grad_enabled() -> bool:
    """Whether operations are recorded.

    Returns:
        A bool.

    Example::

        >>> with polygrad.no_grad():
        ...     polygrad.is_grad_enabled()
        False
    """
    return grad_mode.get()


def is_inference_mode_enabled() -> bool:
    """Whether `inference_mode` is active.

    Returns:
        A bool.

    Example::

        >>> with polygrad.inference_mode():
        ...     polygrad.is_inference_mode_enabled()
        True
    """
    return _inference.get()
