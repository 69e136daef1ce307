"""What a plugin says of a backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class BackendRecord(NamedTuple):
    """One backend that a plugin provides, described without importing its array library.

    Args:
        name: the name that users write.
        library: the import name of the array library.
        factory: makes the `Backend`; it is the first to import the library.
        api_version: the `PLUGIN_API_VERSION` that the plugin was written for.

    Example::

        >>> version = polygrad.backends.PLUGIN_API_VERSION
        >>> record = polygrad.backends.BackendRecord("mine", "my_library", lambda: None, version)
        >>> record.name
        'mine'
    """

    name: str
    library: str
    factory: Callable[[], Any]
    api_version: int
