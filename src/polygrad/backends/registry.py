"""Array type → backend, name → backend, and which backend makes new tensors.

`BY_TYPE` is what every operation looks at.  A backend is made when it is first asked for by name, or when an array of a
library that is already imported first appears.  Until then neither its library nor its plugin's module is imported.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

from .base import Backend
from .discovery import BUILT_IN, Discovery
from .exceptions import BackendError, UnknownBackendError
from .plugins import ANYTHING, KNOWN, LOCK, BackendPlugin, brief, command_for, known_for

__all__ = [
    "BY_TYPE",
    "get_backend",
    "register_backend",
    "set_backend",
    "unregister_backend",
    "use_backend",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: The innermost `use_backend` of this thread or task, and the ones around it: ``(backend, outer)``.
_chosen: ContextVar[tuple[Backend, Any] | None] = ContextVar("polygrad_backend", default=None)


class ByType(dict[type, Backend]):
    """Array type → backend.  A type is looked for once, and kept."""

    def __init__(self, find: Callable[[type], Backend]):
        super().__init__()
        self._find = find

    def __missing__(self, array_type: type) -> Backend:
        backend = self[array_type] = self._find(array_type)
        return backend


class Registry:
    """The backends of one environment.  The process has one; tests make their own."""

    discovery: Discovery
    by_type: ByType

    def __init__(self, discovery: Discovery | None = None, environ: Mapping[str, str] = os.environ):
        self.discovery = discovery or Discovery(environ=environ)
        self.by_type = ByType(self._owner)
        self._environ = environ
        self.registered: list[Backend] = []
        #: Plugins' backends, and why there is none, by name.
        self.made: dict[str, Backend] = {}
        self.failed: dict[str, BackendError] = {}
        self._default: tuple[Backend, str] | None = None

    # -- by name ---------------------------------------------------------------------------------------------------

    def get_backend(self, name: str | Backend | None = None) -> Backend:
        """The backend of a name; without a name, the one that makes new tensors.

        That one is set by the innermost `use_backend`, else by `set_backend`, else by the environment variable
        ``POLYGRAD_BACKEND``, and is NumPy otherwise.

        Args:
            name: the name, or a backend, which is returned.

        Returns:
            A `Backend`.

        Raises:
            UnknownBackendError: there is no backend of that name.
            BackendError: the backend cannot be used.
            TypeError: ``name`` is not a string.

        Example::

            >>> polygrad.backends.get_backend("numpy").name
            'numpy'
        """
        if name is None:
            return self.default()[0]
        if isinstance(name, Backend):
            return name
        if not isinstance(name, str):
            raise TypeError(f"a backend is given by its name, such as {BUILT_IN!r}, not {name!r}")
        if name in self.made:
            return self.made[name]
        for backend in self.registered:
            if backend.name == name and backend.level == 0:
                return backend
        plugin = self.discovery.find(name)
        if plugin is None:
            raise self._unknown(name)
        return self.make(plugin)

    def default(self) -> tuple[Backend, str]:
        """The backend of new tensors, and what chose it."""
        chosen = _chosen.get()
        if chosen is not None:
            return chosen[0], "use_backend()"
        if self._default is None:
            name = self._environ.get("POLYGRAD_BACKEND", "").strip()
            try:
                self._default = self.get_backend(name or BUILT_IN), "POLYGRAD_BACKEND" if name else "built-in default"
            except BackendError as error:
                if not name:
                    raise
                raise type(error)(f"environment variable POLYGRAD_BACKEND={name}: {error}") from error.__cause__
        return self._default

    def set_backend(self, name: str | Backend | None) -> None:
        """Make new tensors on this backend, in the whole process.  Existing tensors stay where they are.

        Args:
            name: the name, or a backend; None returns to the choice of the environment.

        Raises:
            UnknownBackendError: there is no backend of that name.
            BackendError: the backend cannot be used.

        Example::

            >>> polygrad.set_backend("numpy")
            >>> polygrad.ones(3).backend.name
            'numpy'
            >>> polygrad.set_backend(None)
        """
        self._default = None if name is None else (self.get_backend(name), "set_backend()")

    # -- by array type ---------------------------------------------------------------------------------------------

    def register_backend(self, backend: Backend) -> Backend:
        """Add a backend that no installed plugin provides, such as one under development.

        Register it before its arrays are used.  The last registered backend is asked first for an array type.

        Args:
            backend: an instance of a subclass of `Backend`.

        Returns:
            The backend.

        Raises:
            BackendError: the name is taken.
            TypeError: it is not an instance of `Backend`.

        Example::

            >>> import array_api_compat.numpy
            >>> class MyArray(np.ndarray):
            ...     pass
            >>> class MyBackend(polygrad.backends.Backend):
            ...     name = "mine"
            ...
            ...     def owns(self, array_type):
            ...         return array_type is MyArray
            ...
            ...     def namespace(self):
            ...         return array_api_compat.numpy
            >>> backend = polygrad.backends.register_backend(MyBackend())
            >>> polygrad.backends.get_backend("mine") is backend
            True
            >>> polygrad.backends.unregister_backend(backend)
        """
        if not isinstance(backend, Backend):
            raise TypeError(f"register_backend() takes an instance of polygrad.backends.Backend, not {backend!r}")
        with LOCK:
            # An interpreter has no name that users write, so it costs no search for plugins.
            taken = backend.level == 0 and self.discovery.find(backend.name)
            if taken or any(other.name == backend.name for other in self.registered):
                raise BackendError(
                    f"there is a backend named {backend.name!r} already ({taken or 'registered'}); choose another "
                    f"name, or take the registered one back with unregister_backend()"
                )
            self.registered.append(backend)
        return backend

    def unregister_backend(self, backend: Backend) -> None:
        """Remove a backend that `register_backend` added.  Its arrays cannot be used any more.

        Args:
            backend: the registered backend.

        Raises:
            ValueError: it is not registered.

        Example::

            >>> import array_api_compat.numpy
            >>> class MyArray(np.ndarray):
            ...     pass
            >>> class MyBackend(polygrad.backends.Backend):
            ...     name = "mine"
            ...
            ...     def owns(self, array_type):
            ...         return array_type is MyArray
            ...
            ...     def namespace(self):
            ...         return array_api_compat.numpy
            >>> backend = polygrad.backends.register_backend(MyBackend())
            >>> polygrad.backends.unregister_backend(backend)
            >>> "mine" in polygrad.backends.available()
            False
        """
        with LOCK:
            if backend not in self.registered:
                names = ", ".join(repr(one.name) for one in self.registered) or "none is"
                raise ValueError(f"unregister_backend(): {backend!r} is not registered; registered: {names}")
            self.registered.remove(backend)
            for array_type in [array_type for array_type, owner in self.by_type.items() if owner is backend]:
                del self.by_type[array_type]

    def _owner(self, array_type: type) -> Backend:
        with LOCK:
            for backend in self._candidates(array_type):
                try:
                    if backend.owns(array_type):
                        return backend
                except ANYTHING as error:
                    text = f"backend {backend.name!r} is broken: its owns({array_type.__name__}) raised {brief(error)}"
                    self.failed[backend.name] = BackendError(text).because(error)
        raise self._unowned(array_type)

    def _candidates(self, array_type: type) -> Iterator[Backend]:
        """The backends to ask, those that are likelier and more specific first, each made only when it is its turn."""
        yield from reversed(self.registered)
        package = (getattr(array_type, "__module__", None) or "").partition(".")[0]
        built_in = self.discovery.built_in
        if package == built_in.name:  # the common case; the name is also its library's
            yield from self._makeable([built_in])
        if package == "builtins":  # a list or a string by mistake: not worth loading every plugin
            return
        usable = [plugin for plugin in self.discovery.plugins() if self._library_imported(plugin)]
        # The built-in backend comes last, since others' array types may be subclasses of its array type.
        usable.sort(key=lambda plugin: (plugin.record.library != package, plugin is built_in))
        yield from self._makeable(usable)

    def _library_imported(self, plugin: BackendPlugin) -> bool:
        """Whether there can be arrays of this plugin's library at all."""
        try:
            return plugin.record.library in sys.modules
        except BackendError:
            return False

    def _makeable(self, plugins: list[BackendPlugin]) -> Iterator[Backend]:
        for plugin in plugins:
            try:
                yield self.make(plugin)
            except BackendError:
                continue  # kept, and reported in the TypeError if no other backend owns the type

    # -- making a backend ------------------------------------------------------------------------------------------

    def make(self, plugin: BackendPlugin) -> Backend:
        """The plugin's backend, made once.  Raises the `BackendError` that says why there is none, and keeps it."""
        with LOCK:
            if plugin.name in self.made:
                return self.made[plugin.name]
            record = plugin.record
            self.failed.pop(plugin.name, None)
            try:
                backend = self._checked(plugin, record.factory())
                for name, (extension, kernel) in self.discovery.kernels_for(plugin.name).items():
                    extension.kernels.setdefault(plugin.name, []).append(name)
                    if name in backend.kernels:
                        extension.replaced.setdefault(plugin.name, []).append(name)
                    backend.kernels[name] = kernel
                    vars(backend.xp).pop(name, None)  # in case the backend has used the name already
            except BackendError as error:
                self.failed[plugin.name] = error
                raise
            except ImportError as error:
                self.failed[plugin.name] = self._not_importable(plugin, error)
                raise self.failed[plugin.name] from error
            except ANYTHING as error:
                self.failed[plugin.name] = plugin.broken(f"making its backend raised {brief(error)}", error)
                raise self.failed[plugin.name] from error
            self.made[plugin.name] = backend
            self.discovery.import_primitives()  # last: these modules may make arrays
        return backend

    @staticmethod
    def _checked(plugin: BackendPlugin, backend: Any) -> Backend:
        if not isinstance(backend, Backend):
            raise plugin.broken(f"its factory returned {backend!r}, which is no polygrad.backends.Backend")
        if not hasattr(backend, "xp"):
            raise plugin.broken(f"{type(backend).__name__}.__init__() does not call super().__init__()")
        if backend.name != plugin.name:
            raise plugin.broken(f"its backend is named {backend.name!r}, and its entry point {plugin.name!r}")
        return backend

    @staticmethod
    def _not_importable(plugin: BackendPlugin, error: ImportError) -> BackendError:
        library = plugin.record.library
        if (error.name or "").partition(".")[0] != library.partition(".")[0]:
            return plugin.broken(f"making its backend raised {brief(error)}", error)
        missing = isinstance(error, ModuleNotFoundError) and error.name == library
        what = "is not installed" if missing else f"cannot be imported ({brief(error)})"
        text = f"backend {plugin.name!r} needs the library {library!r}, which {what}; {plugin.remedy()}"
        return BackendError(text).because(error)

    # -- errors ----------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The names of all backends that are installed or registered, usable or not."""
        names = {plugin.name for plugin in self.discovery.plugins()}
        return sorted(names | {backend.name for backend in self.registered if backend.level == 0})

    def _unknown(self, name: str) -> UnknownBackendError:
        import difflib

        names = self.names()
        near = difflib.get_close_matches(name, [*names, *KNOWN], n=1, cutoff=0.5)
        meant = name if name in KNOWN else near[0] if near else None
        text = f"there is no backend {name!r}."
        if meant is not None and meant != name:
            text += f" Did you mean {meant!r}?"
        text += f" Installed: {', '.join(names)}."
        if meant is not None and meant not in names:
            text += f" {meant!r} is a plugin: {command_for(meant)}."
        return UnknownBackendError(text)

    def _unowned(self, array_type: type) -> TypeError:
        text = (
            f"no backend owns arrays of type {array_type.__module__}.{array_type.__qualname__}; backends here: "
            f"{', '.join(self.names())}. "
        )
        known = known_for(array_type.__module__.partition(".")[0])
        if known is not None and known not in self.names():
            text += f"The plugin {known!r} owns them: {command_for(known)}"
        else:
            text += "Make a tensor of the value with polygrad.tensor(), or install a plugin for its library"
        plugins = self.discovery.plugins()
        unusable: dict[str, object] = {plugin.name: plugin.error for plugin in plugins if plugin.error}
        unusable |= {plugin.name: f"disabled by {plugin.disabled_by}" for plugin in plugins if plugin.disabled_by}
        unusable |= self.failed
        if unusable:
            text += ". Not asked: " + "; ".join(f"{name}: {why}" for name, why in unusable.items())
        return TypeError(text)


def _named(name: str) -> Backend:
    return REGISTRY.get_backend(name)


#: A backend is pickled by its name.
Backend.__reduce__ = lambda self: (_named, (self.name,))  # type: ignore[attr-defined,method-assign]  # of a class that others define

REGISTRY = Registry()
BY_TYPE = REGISTRY.by_type
get_backend = REGISTRY.get_backend
set_backend = REGISTRY.set_backend
register_backend = REGISTRY.register_backend
unregister_backend = REGISTRY.unregister_backend


class use_backend:
    """Make new tensors on this backend inside a ``with`` block, or inside a function that it decorates.

    It applies to this thread or asyncio task only, and may be nested.

    Args:
        name: the name, or a backend.

    Raises:
        UnknownBackendError: on entry, there is no backend of that name.
        BackendError: on entry, the backend cannot be used.
        TypeError: it decorates a generator or coroutine function.

    Example::

        >>> with polygrad.use_backend("numpy"):
        ...     x = polygrad.ones(3)
        >>> x.backend.name
        'numpy'
    """

    def __init__(self, name: str | Backend):
        self._name = name

    def __enter__(self) -> Backend:
        backend = get_backend(self._name)
        _chosen.set((backend, _chosen.get()))
        return backend

    def __exit__(self, *exc_info: object) -> None:
        # No token is kept on the instance, so that one instance can be entered again, and in several threads.
        chosen = _chosen.get()
        assert chosen is not None
        _chosen.set(chosen[1])

    def __call__(self, function: _Function) -> _Function:
        delayed = (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction)
        if any(test(function) for test in delayed):
            raise TypeError(
                f"use_backend() cannot decorate {function.__qualname__}(), whose body runs after the call has "
                f"returned; write `with use_backend({self._name!r}):` inside it"
            )

        @functools.wraps(function)
        def on_backend(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return on_backend  # type: ignore[return-value]  # of the same signature
