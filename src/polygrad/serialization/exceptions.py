"""Errors of reading a file."""

from __future__ import annotations

import pickle

__all__ = ["DamagedFileError", "UnsafeFileError"]


class DamagedFileError(pickle.UnpicklingError):
    """The file is damaged, cut off, or was not written by `polygrad.save`; the message says what is wrong.

    It is a `pickle.UnpicklingError`, as is `UnsafeFileError`.

    Example::

        >>> import io
        >>> try:
        ...     polygrad.load(io.BytesIO(b"something else"))
        ... except polygrad.serialization.DamagedFileError:
        ...     print("no model")
        no model
    """


class UnsafeFileError(pickle.UnpicklingError):
    """The file asks for something that can run any program; the message names it and says how to allow it.

    Example::

        >>> from fractions import Fraction
        >>> polygrad.save(Fraction(1, 2), "half.pt")
        >>> try:
        ...     polygrad.load("half.pt")
        ... except polygrad.serialization.UnsafeFileError as error:
        ...     print(str(error).partition(",")[0])
        the file asks for fractions.Fraction
    """


class EnvironmentMismatch(Exception):
    """Carries an error whose cause is not the file: a backend or a device that is not available."""

    def __init__(self, error: Exception):
        self.error = error
