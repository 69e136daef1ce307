"""What can be wrong with a file, and what else can go wrong when it is read."""

from __future__ import annotations

import pickle

__all__ = ["DamagedFileError", "UnsafeFileError"]


class DamagedFileError(pickle.UnpicklingError):
    """The file is damaged, cut off, or was not written by `polygrad.save`; the message says what does not fit.

    It is a `pickle.UnpicklingError`, as is `UnsafeFileError`.

    Example::

        try:
            checkpoint = polygrad.load("checkpoint.pt")
        except polygrad.serialization.DamagedFileError:
            checkpoint = polygrad.load("checkpoint-before.pt")
    """


class UnsafeFileError(pickle.UnpicklingError):
    """The file asks for something that could run any program; the message names it and says how to allow it.

    Example::

        try:
            model = polygrad.load("model.pt")
        except polygrad.serialization.UnsafeFileError as error:
            print(error)  # ... asks for my_package.MyModel, which could run any program; if you trust it, list it ...
    """


class NotTheFile(Exception):
    """Carries an error for which the file is not to blame: a backend or a device that is not there."""

    def __init__(self, error: Exception):
        self.error = error
