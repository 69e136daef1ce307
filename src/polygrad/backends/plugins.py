"""One plugin: what its entry point says and, once its module is loaded, what it offers or why it cannot be used.

Whatever goes wrong with a plugin is kept with that plugin, as a `BackendError` that says what to do and has the
plugin's own exception as its cause; other plugins go on.
"""

from __future__ import annotations

from typing import Any

from .._forking import lock
from .base import SUPPORTED_API_VERSIONS
from .exceptions import BackendError
from .record import BackendRecord

CORE_DISTRIBUTION = "polygrad-core"

#: The plugins that a checkout of polygrad has in its folder ``backends``: name of the backend → distribution.
KNOWN = {"cupy": "polygrad-cupy", "jax": "polygrad-jax", "strict": "polygrad-strict"}
#: How a plugin is installed whose library has several builds.
_EXTRAS = {"cupy": '"{}[cuda12]"'}
#: The packages whose arrays they own, where the name is another one.
_LIBRARIES = {"array_api_strict": "strict", "jaxlib": "jax"}

#: Loading runs code of others, which may come back to the registry: the lock is re-entrant, and there is only this one.
LOCK = lock()
#: What a plugin may raise without taking the program down: a plugin that calls ``sys.exit()`` is as broken as any.
ANYTHING: tuple[type[BaseException], ...] = (Exception, SystemExit)


class Plugin:
    """An entry point.  ``entry_point`` is None for the built-in plugin, which needs no installed metadata."""

    #: The environment variable that switches this plugin off, if one does.
    disabled_by: str | None = None

    name: str
    value: str

    def __init__(self, name: str, value: str, entry_point: Any = None):
        self.name, self.value = name, value
        self.error: BackendError | None = None
        #: Of an extension: the kernels that it brought, by the backend's name, and which of them had others before.
        self.kernels: dict[str, list[str]] = {}
        self.replaced: dict[str, list[str]] = {}
        self._entry_point = entry_point
        self._hooks: Any = None

    @property
    def distribution(self) -> str:
        """The name of the distribution that brings this plugin."""
        return CORE_DISTRIBUTION if self._entry_point is None else self._entry_point.dist.name

    @property
    def version(self) -> str:
        """The version of that distribution."""
        return version_of(CORE_DISTRIBUTION) if self._entry_point is None else self._entry_point.dist.version

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"

    def load(self) -> None:
        """Import the light module and check its hooks, once.  Raises the `BackendError` of a plugin that is broken."""
        with LOCK:
            if self._hooks is None and self.error is None:
                try:
                    self._hooks = self._import()
                except BackendError as error:
                    self.error = error
        if self.error is not None:
            raise self.error.with_traceback(None)

    def call(self, hook: str, **arguments: Any) -> Any:
        """What the plugin's implementation of ``hook`` returns, or None where it has none."""
        self.load()
        try:
            returned = getattr(self._hooks, hook)(**arguments)
        except ANYTHING as error:
            raise self.broken(f"its hook {hook}() raised {brief(error)}", error) from error
        return returned[0] if returned else None

    def _import(self) -> Any:
        import pluggy

        from . import hookspecs

        try:
            module = self._entry_point.load()
        except ANYTHING as error:
            raise self.broken(f"loading {self.value!r} raised {brief(error)}", error) from error
        # One manager for each plugin, so that an invalid one cannot disturb the others.
        manager = pluggy.PluginManager("polygrad")
        manager.add_hookspecs(hookspecs)
        try:
            manager.register(module)
            manager.check_pending()
        except (pluggy.PluginValidationError, ValueError, TypeError) as error:
            raise self.broken(f"its hooks do not fit: {error}", error) from error
        if not manager.get_hookcallers(module):
            kind = "a module" if type(module).__name__ == "module" else f"{module!r}, of type {type(module).__name__}"
            raise self.broken(
                f"its entry point {self.value!r} is {kind} without a polygrad hook; it must name a module that has a "
                f"function polygrad_backends() marked @polygrad.backends.hookimpl"
            )
        return manager.hook

    def _command(self) -> str:
        """In parentheses, the command that installs this plugin, where it is one of a checkout."""
        return f" ({command_for(self.name)})" if self.distribution == KNOWN.get(self.name) else ""

    def broken(self, what: str, cause: BaseException | None = None) -> BackendError:
        """The error that says that this plugin is broken, and what to do."""
        error = BackendError(
            f"plugin {self.name!r} ({self}) is broken: {what}. Update it{self._command()}, uninstall it "
            f"(python -m pip uninstall {self.distribution}), or set POLYGRAD_BACKENDS_DISABLE={self.name}"
        )
        return error if cause is None else error.because(cause)


class BackendPlugin(Plugin):
    """An entry point that brings a backend, which has the entry point's name."""

    _record: BackendRecord | None = None

    @property
    def record(self) -> BackendRecord:
        """What the plugin says about its backend.  Raises the `BackendError` of a plugin that cannot be used."""
        if self.disabled_by is not None:
            raise BackendError(
                f"backend {self.name!r} ({self}) is disabled by {self.disabled_by}; "
                f"change that environment variable and start Python again"
            )
        with LOCK:
            if self._record is None and self.error is None:
                try:
                    self._record = self._checked_record()
                except BackendError as error:
                    self.error = error
        if self._record is None:
            assert self.error is not None
            raise self.error.with_traceback(None)
        return self._record

    def _checked_record(self) -> BackendRecord:
        if self._entry_point is None:  # part of this package: no hooks to validate, and no pluggy to import
            return _import_module(self.value).RECORD
        offered = self.call("polygrad_backends")
        if offered is None:
            raise self.broken(
                "it has no hook polygrad_backends(); kernels for other backends, and primitives, belong into the "
                "entry-point group 'polygrad.extensions'"
            )
        if not isinstance(offered, list) or not all(isinstance(record, BackendRecord) for record in offered):
            raise self.broken(f"its hook polygrad_backends() returned {offered!r}, not a list of BackendRecord")
        for record in offered:
            if record.name == self.name:
                self._check_version(record)
                return record
        names = ", ".join(repr(record.name) for record in offered) or "nothing"
        raise self.broken(
            f"its entry point is named {self.name!r} but its hook polygrad_backends() offers {names}; "
            f"each backend needs an entry point with its name"
        )

    def _check_version(self, record: BackendRecord) -> None:
        wanted, oldest, newest = record.api_version, SUPPORTED_API_VERSIONS[0], SUPPORTED_API_VERSIONS[-1]
        if wanted in SUPPORTED_API_VERSIONS:
            return
        served = f"version {newest}" if oldest == newest else f"versions {oldest} to {newest}"
        if not isinstance(wanted, int):
            raise self.broken(f"it states plugin API version {wanted!r}, which is not an integer")
        if wanted < oldest:
            age, remedy = "too old", self.distribution + self._command()
        else:
            age, remedy = "too new", f"{CORE_DISTRIBUTION} (from a newer checkout of polygrad)"
        raise BackendError(
            f"plugin {self.name!r} ({self}) is {age}: it was written for plugin API version {wanted}, and "
            f"{CORE_DISTRIBUTION} {version_of(CORE_DISTRIBUTION)} serves {served}. Upgrade {remedy}"
        )

    def remedy(self) -> str:
        """How to install the array library, for messages; never a guess at a package name."""
        if self.distribution == KNOWN.get(self.name):
            return f"install it with its plugin: {command_for(self.name)}"
        library = self.record.library.replace("_", "-")
        for requirement in (self._entry_point and self._entry_point.dist.requires) or ():
            name = requirement.partition(";")[0].strip()
            if name.lower().replace("_", "-").startswith(library.lower()):
                return f'install what {self.distribution} asks for: python -m pip install "{name}"'
        return "install it as its documentation says"


def command_for(name: str) -> str:
    """The command that installs a plugin in `KNOWN`.

    It is about a checkout: on the package index anybody may have taken these names.
    """
    folder = f"./backends/{KNOWN[name]}"
    return f"python -m pip install {_EXTRAS.get(name, folder).format(folder)} (in a checkout of polygrad)"


def known_for(package: str) -> str | None:
    """The backend in `KNOWN` for arrays of ``package``."""
    name = _LIBRARIES.get(package, package)
    return name if name in KNOWN else None


def version_of(distribution: str) -> str:
    """The installed version of ``distribution``, or a word that says that there is no metadata."""
    import importlib.metadata

    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "(source tree)"


def brief(error: BaseException) -> str:
    """``error`` on one line."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _import_module(name: str) -> Any:
    import importlib

    return importlib.import_module(name)
