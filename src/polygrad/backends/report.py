"""A report of all backends, for people: everything that is installed is tried."""

from __future__ import annotations

from typing import NamedTuple

from .base import Backend
from .exceptions import BackendError
from .plugins import ANYTHING, BackendPlugin, brief
from .registry import REGISTRY, Registry

__all__ = ["BackendInfo", "available", "describe", "errors"]


class BackendInfo(NamedTuple):
    """A row of ``python -m polygrad backends``.

    Args:
        name: the name of the backend.
        distribution: the distribution that provides it.
        version: the version of the distribution.
        api_version: the version of the plugin interface that it was written for, or None.
        devices: the names of its devices.
        capabilities: its capabilities.
        state: ``"ready"``, ``"unavailable"`` or ``"disabled"``.
        error: why it cannot be used, or None.

    Example::

        >>> info = polygrad.backends.describe()[0]
        >>> info.name, info.state
        ('numpy', 'ready')
    """

    name: str
    distribution: str
    version: str
    api_version: int | None
    devices: list[str]
    capabilities: list[str]
    state: str
    error: str | None


def available(registry: Registry = REGISTRY) -> list[str]:
    """The names of the backends that can be used.  It imports their libraries to find out.

    Args:
        registry: the backends to look at; by default those of the process.

    Returns:
        A list of names.

    Example::

        >>> "numpy" in polygrad.backends.available()
        True
    """
    return [info.name for info in describe(registry) if info.state == "ready"]


def errors(registry: Registry = REGISTRY) -> dict[str, BackendError]:
    """Why installed backends and extensions cannot be used.

    A backend that an environment variable disables is not an error.

    Args:
        registry: the backends to look at; by default those of the process.

    Returns:
        A dict from the name to the `BackendError`, whose ``__cause__`` is the plugin's own exception.

    Example::

        >>> "numpy" in polygrad.backends.errors()
        False
    """
    found: dict[str, BackendError] = {}
    for plugin in registry.discovery.plugins():
        outcome = _try(registry, plugin)
        if isinstance(outcome, BackendError) and plugin.disabled_by is None:
            # Two plugins of one name share their error; one that took a working backend's name is listed separately.
            key = f"{plugin.name} ({plugin.distribution})" if plugin.name in registry.made else plugin.name
            found.setdefault(key, outcome)
    for backend in registry.registered:
        if backend.name in registry.failed:
            found[backend.name] = registry.failed[backend.name]
    for extension in registry.discovery.extensions():
        if extension.error is not None:
            found[f"{extension.name} (extension)"] = extension.error
    return found


def describe(registry: Registry = REGISTRY) -> list[BackendInfo]:
    """Describe each backend that is installed or registered.

    Args:
        registry: the backends to look at; by default those of the process.

    Returns:
        A list of `BackendInfo`.

    Example::

        >>> polygrad.backends.describe()[0].name
        'numpy'
    """
    rows = []
    for plugin in registry.discovery.plugins():
        outcome = _try(registry, plugin)
        state = "disabled" if plugin.disabled_by else "ready" if isinstance(outcome, Backend) else "unavailable"
        version = plugin.record.api_version if plugin.disabled_by is None and plugin.error is None else None
        rows.append(BackendInfo(plugin.name, plugin.distribution, plugin.version, version, *_abilities(outcome, state)))
    for backend in registry.registered:
        if backend.level == 0:
            rows.append(BackendInfo(backend.name, "(registered)", "", None, *_abilities(backend, "ready")))
    return rows


def _try(registry: Registry, plugin: BackendPlugin) -> Backend | BackendError:
    """The plugin's backend, or why there is none.  What failed once is not tried again here: that can take seconds."""
    kept = plugin.error or (None if plugin.disabled_by else registry.failed.get(plugin.name))
    if kept is not None:
        return kept
    try:
        return registry.make(plugin)
    except BackendError as error:
        return error


def _abilities(outcome: Backend | BackendError, state: str) -> tuple[list[str], list[str], str, str | None]:
    if isinstance(outcome, BackendError):
        return [], [], state, str(outcome)
    try:
        devices = [outcome.device_name(device) for device in outcome.devices()]
    except ANYTHING as error:
        return [], sorted(outcome.capabilities), "unavailable", f"its devices() raised {brief(error)}"
    return devices, sorted(outcome.capabilities), state, None
