"""The mathematics: every primitive, by chapter.  Importing the package declares them."""

from . import (
    arithmetic,
    attention,
    bessel,
    comparison,
    convolution,
    decompositions,
    elementwise,
    fft,
    indexing,
    linalg,
    losses,
    manipulation,
    neural,
    normalization,
    pooling,
    random,
    recurrent,
    reductions,
    sorting,
    special,
)
