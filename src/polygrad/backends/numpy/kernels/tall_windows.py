"""Convolution with a tall and narrow kernel over few channels, as products with banded matrices.

Such a window has one or two elements of each row, so that gathering windows copies tiny pieces, many times over.
Instead a block of result rows is the product of one matrix, in which the kernel stands once for each row, a place further
each time, with the rows of the image that the block needs.  At most every second number in that matrix is one of the kernel.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: The most result rows that are computed at once; also no more than the kernel is high.
ROWS_BLOCK = 64
_LEAST_HEIGHT, _MOST_CHANNELS = 16, 64


def is_tall(image: Any, matrix: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """Whether to use `convolve_tall`: elsewhere gathered windows are faster, or infinite values forbid it."""
    channels = image.shape[3] * matrix.shape[0]
    if kernel[1] != 1 or kernel[0] < _LEAST_HEIGHT or channels > _MOST_CHANNELS or image.dtype.char not in "fd":
        return False
    if (*stride, *dilation) != (1, 1, 1, 1) or matrix.dtype != image.dtype:
        return False
    flat = image.reshape(-1)
    return math.isfinite(flat.dot(flat))  # an infinite number times a 0 of the band would be NaN


def convolve_tall(image: Any, matrix: Any, counts: Any, kernel: Any, out: Any) -> Any:
    """Write the convolution of ``image``, ``(N, H, W, C)``, into ``out``; ``matrix`` is ``(out, kernel height * C)``."""
    (batch, _, width, channels), outputs, height = image.shape, matrix.shape[0], kernel[0]
    count = min(ROWS_BLOCK, height, max(counts[0], 1))
    band = np.zeros((outputs, count, channels, count + height - 1), image.dtype)
    for row in range(count):
        band[:, row, :, row : row + height] = matrix.reshape(outputs, height, channels).transpose(0, 2, 1)
    for number in range(batch):
        for start in range(0, counts[0], count):
            rows = min(count, counts[0] - start)
            part = image[number, start : start + rows + height - 1].transpose(2, 0, 1)
            part = part.reshape(channels * (rows + height - 1), width)
            banded = band[:, :rows, :, : rows + height - 1].reshape(outputs * rows, part.shape[0])
            product = np.matmul(banded, part).reshape(outputs, rows, width)
            out[number, start : start + rows] = product.transpose(1, 2, 0)
