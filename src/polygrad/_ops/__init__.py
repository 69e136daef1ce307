"""The mathematics: every primitive, by chapter.  Importing the package declares them."""

from . import arithmetic, elementwise, indexing, linalg, reductions, shaping  # noqa: F401
