"""What goes wrong with a backend."""

from __future__ import annotations

__all__ = ["BackendError", "UnknownBackendError"]


class BackendError(RuntimeError):
    """A backend cannot be used: its plugin is broken, disabled or too old, or its library or device is missing.

    The message says what to do; ``__cause__`` is the plugin's own exception, if there was one.  The factory of a
    plugin may raise it with a better message.
    """

    __cause__: BaseException | None

    def because(self, cause: BaseException) -> BackendError:
        """This error with its cause, for an error that is kept now and raised later."""
        self.__cause__ = cause
        return self


class UnknownBackendError(BackendError, ValueError):
    """There is no backend of that name."""
