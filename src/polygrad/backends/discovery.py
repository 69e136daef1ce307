"""Finding plugins: which there are, by entry-point metadata alone.

A plugin's module is loaded only when its backend is asked for, or when an array of an unknown type appears.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .exceptions import BackendError
from .plugins import ANYTHING, LOCK, BackendPlugin, Plugin, brief

#: Plugins that bring a backend; the entry point has the backend's name.
BACKENDS_GROUP = "polygrad.backends"
#: Plugins that bring kernels for another plugin's backend, or primitives.  They are not asked for by name, so all that are
#: not switched off are loaded when the first backend is made.
EXTENSIONS_GROUP = "polygrad.extensions"

BUILT_IN = "numpy"
_BUILT_IN_MODULE = "polygrad.backends.numpy.plugin"


class Discovery:
    """The plugins of this environment.

    ``entry_points`` gives the entry points of a group; ``environ`` has the variables ``POLYGRAD_BACKENDS_ALLOW``,
    ``POLYGRAD_BACKENDS_DISABLE`` (names, separated by commas) and ``POLYGRAD_PLUGIN_STRICT``.
    """

    built_in: BackendPlugin

    def __init__(
        self, entry_points: Callable[[str], Iterable[Any]] | None = None, environ: Mapping[str, str] = os.environ
    ):
        self._entry_points = entry_points or _installed_entry_points
        self._environ = environ
        self._plugins: list[BackendPlugin] | None = None
        self._extensions: list[Plugin] | None = None
        self._primitives_imported = False
        # Known without metadata: a source tree works, and NumPy arrays need no search.
        self.built_in = self._backend_plugin(BUILT_IN, _BUILT_IN_MODULE)

    @property
    def strict(self) -> bool:
        """Whether broken plugins raise as soon as plugins are looked for, and not only when they are asked for."""
        return self._environ.get("POLYGRAD_PLUGIN_STRICT", "0") not in ("", "0")

    def switch(self, variable: str) -> list[str]:
        """The names that the environment variable lists."""
        return [name.strip() for name in self._environ.get(variable, "").split(",") if name.strip()]

    # -- backends --------------------------------------------------------------------------------------------------

    def plugins(self) -> list[BackendPlugin]:
        """Every backend plugin, the built-in one first.  Those with an error or a `disabled_by` are among them."""
        with LOCK:
            if self._plugins is None:
                found = [
                    self._backend_plugin(entry_point.name, entry_point.value, entry_point)
                    for entry_point in self._entry_points(BACKENDS_GROUP)
                    if entry_point.value != _BUILT_IN_MODULE
                ]
                found.sort(key=lambda plugin: (plugin.name, plugin.distribution))
                self._refuse_duplicates(found)
                if self.strict:
                    for plugin in found:
                        if plugin.disabled_by is None:
                            plugin.record  # noqa: B018  raises what is wrong with it
                self._plugins = [self.built_in, *found]
            return self._plugins

    def find(self, name: str) -> BackendPlugin | None:
        """The plugin of the backend ``name``; for the built-in one without a search."""
        if name == BUILT_IN:
            return self.built_in
        return next((plugin for plugin in self.plugins() if plugin.name == name), None)

    def _backend_plugin(self, name: str, value: str, entry_point: Any = None) -> BackendPlugin:
        plugin = BackendPlugin(name, value, entry_point)
        plugin.disabled_by = self._disabled_by(name, built_in=entry_point is None)
        return plugin

    def _disabled_by(self, name: str, built_in: bool = False) -> str | None:
        """The variable that switches the plugin of that entry point off, if one does."""
        allowed = self.switch("POLYGRAD_BACKENDS_ALLOW")
        if name in self.switch("POLYGRAD_BACKENDS_DISABLE"):
            return "POLYGRAD_BACKENDS_DISABLE"
        if allowed and name not in allowed and not built_in:  # the built-in backend needs no permission
            return "POLYGRAD_BACKENDS_ALLOW"
        return None

    def _refuse_duplicates(self, found: list[BackendPlugin]) -> None:
        """Use neither of two plugins with one name; the built-in name stays with the built-in backend."""
        by_name: dict[str, list[BackendPlugin]] = {}
        for plugin in found:
            if plugin.disabled_by is None:
                by_name.setdefault(plugin.name, []).append(plugin)
        for name, plugins in by_name.items():
            names = " and ".join(map(str, plugins))
            if name == BUILT_IN:
                error = f"the backend name {name!r} is polygrad's own, but {names} uses it too; that plugin is ignored"
            elif len(plugins) > 1:
                error = f"two plugins have a backend named {name!r}: {names}; neither is used"
            else:
                continue
            for plugin in plugins:
                plugin.error = BackendError(
                    f"{error}. Uninstall one: python -m pip uninstall {plugins[-1].distribution}"
                )

    # -- extensions ------------------------------------------------------------------------------------------------

    def extensions(self) -> list[Plugin]:
        """Every extension, loaded unless it is switched off; those with an error or a `disabled_by` are among them."""
        with LOCK:
            if self._extensions is None:
                self._extensions = [Plugin(e.name, e.value, e) for e in self._entry_points(EXTENSIONS_GROUP)]
                self._extensions.sort(key=lambda plugin: plugin.distribution)
                for extension in self._extensions:
                    extension.disabled_by = self._disabled_by(extension.name)
                for extension in self._extensions:
                    self._guard(Plugin.load, extension)
            return self._extensions

    def kernels_for(self, backend: str) -> dict[str, tuple[Plugin, Callable[..., Any]]]:
        """The kernels that extensions bring for ``backend``, and who brings each.

        Of two for one primitive, the last distribution's.
        """
        found: dict[str, tuple[Plugin, Callable[..., Any]]] = {}

        def ask(extension: Plugin) -> None:
            kernels = extension.call("polygrad_kernels", backend=backend) or {}
            if not isinstance(kernels, dict) or not all(map(callable, kernels.values())):
                raise extension.broken(
                    f"its hook polygrad_kernels() returned {kernels!r}, not primitive name → function"
                )
            found.update((name, (extension, kernel)) for name, kernel in kernels.items())

        for extension in self.extensions():
            self._guard(ask, extension)
        return found

    def import_primitives(self) -> None:
        """Import, once, the modules in which extensions declare primitives."""
        import importlib

        if self._primitives_imported:
            return
        self._primitives_imported = True  # first: these modules may make arrays

        def ask(extension: Plugin) -> None:
            for module in extension.call("polygrad_primitives") or ():
                try:
                    importlib.import_module(module)
                except ANYTHING as error:
                    raise extension.broken(
                        f"importing its primitives {module!r} raised {brief(error)}", error
                    ) from error

        for extension in self.extensions():
            self._guard(ask, extension)

    def _guard(self, step: Callable[[Plugin], None], extension: Plugin) -> None:
        """Keep an error of ``step`` with the extension, or raise it if the environment says so."""
        if extension.error is not None or extension.disabled_by is not None:
            return
        try:
            step(extension)
        except BackendError as error:
            extension.error = error
            if self.strict:
                raise


def _installed_entry_points(group: str) -> Iterable[Any]:
    if not _may_have_entry_points(group):
        return ()
    import importlib.metadata

    return importlib.metadata.entry_points(group=group)


def _may_have_entry_points(group: str) -> bool:
    """Whether a distribution on ``sys.path`` has an entry point of ``group``, or one that this does not look into may have.

    `importlib.metadata` imports half of the standard library's ``email``, which takes longer than the first gradient of a
    process; most environments have no extensions.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if any(getattr(finder, "__module__", None) != "_frozen_importlib_external" for finder in finders):
        return True
    text = group.encode()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except FileNotFoundError:
            continue
        except OSError:  # an archive, for example
            return True
        for name in names:
            if name[-8:].lower() in ("ist-info", "egg-info"):  # ``.dist-info``, ``.egg-info`` or ``EGG-INFO``
                try:
                    with open(os.path.join(folder, name, "entry_points.txt"), "rb", buffering=0) as file:
                        if text in file.readall():
                            return True
                except (FileNotFoundError, NotADirectoryError):
                    pass
                except OSError:
                    return True
    return False
