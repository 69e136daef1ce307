"""The convolutional network by hand, one image after the other, so that what is between two products stays in the cache.

Images have their channels last, and their pixels stand in one row.  Three pixels of a line side by side are then a row of a
matrix, and such a matrix, shifted by a line, times a third of the kernel is a third of a convolution.  At the ends of lines the
windows reach into the next one: those results are in no one's way, and their gradients stay zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from ..harness import Step, library
from .by_hand import cross_entropy, momentum, stepping

CHANNELS, FEATURES, WIDE, HIGH = 32, 64, 26, 24
#: From the first pixel of the results to the last, and of the windows that they need.
PLACES, WINDOWS = (HIGH - 1) * WIDE + HIGH, WIDE * WIDE - 2


def by_hand(parameters: dict[str, np.ndarray], images: np.ndarray, labels: np.ndarray) -> Step:
    """A training step; its parameters are laid out for channels that stand last."""
    sgemm = library("scipy.linalg.blas").sgemm
    batch = len(images)
    half = HIGH // 2
    values = {
        **parameters,
        "0.weight": parameters["0.weight"].reshape(CHANNELS, 9).T.copy(),
        "2.weight": parameters["2.weight"].transpose(2, 3, 1, 0).reshape(3, 3 * CHANNELS, FEATURES).copy(),
        "6.weight": parameters["6.weight"].reshape(128, FEATURES, -1).transpose(0, 2, 1).reshape(128, -1).copy(),
    }
    gradients = {name: np.empty_like(value) for name, value in values.items()}
    patches = np.empty((batch, WIDE, WIDE, 3, 3), np.float32)
    first = np.empty((batch, WIDE * WIDE, CHANNELS), np.float32)
    g_first = np.empty((WIDE * WIDE, CHANNELS), np.float32)
    windows, g_windows = np.empty((2, WINDOWS, 3, CHANNELS), np.float32)
    second, g_second = np.zeros((2, HIGH * WIDE, FEATURES), np.float32)
    pooled, g_pooled = np.empty((2, batch, half, half, FEATURES), np.float32)
    largest = np.empty((batch, 4, half, half, FEATURES), bool)
    taken = np.empty((half, half, FEATURES), bool)
    hidden, g_hidden = np.empty((2, batch, 128), np.float32)
    logits, g_logits = np.empty((2, batch, 10), np.float32)
    scratch = np.empty((9, CHANNELS), np.float32)

    def corners(rows: np.ndarray) -> list[np.ndarray]:
        """The four pixels of each square that is pooled."""
        image = rows.reshape(HIGH, WIDE, FEATURES)[:, :HIGH]
        return [image[i::2, j::2] for i in range(2) for j in range(2)]

    def spread(image: np.ndarray) -> np.ndarray:
        """Each window of three pixels side by side, as a row."""
        windows[:] = as_strided(image, windows.shape, (image.strides[0], *image.strides))
        return windows.reshape(WINDOWS, -1)

    def shifted(rows: np.ndarray, line: int) -> np.ndarray:
        """The windows that a line of the kernel meets; transposed, as BLAS counts columns."""
        return rows.reshape(WINDOWS, -1)[line * WIDE : line * WIDE + PLACES].T

    def forward_of_image(index: int, weights: list[np.ndarray]) -> None:
        np.matmul(patches[index].reshape(-1, 9), values["0.weight"], first[index])
        np.add(first[index], values["0.bias"], first[index])
        np.maximum(first[index], 0, out=first[index])
        rows = spread(first[index])
        result = second[:PLACES].T
        for line, weight in enumerate(weights):
            sgemm(1, weight.T, shifted(rows, line), float(line > 0), result, overwrite_c=1)
        a, b, c, d = parts = corners(second)
        top = pooled[index]
        np.maximum(a, b, out=top)
        np.maximum(top, c, out=top)
        np.maximum(top, d, out=top)
        # The first of equals is the largest.
        np.equal(a, top, largest[index, 0])
        taken[:] = largest[index, 0]
        for mine, part in zip(largest[index, 1:], parts[1:], strict=True):
            np.equal(part, top, mine)
            np.greater(mine, taken, mine)
            np.logical_or(taken, mine, taken)

    def backward_of_image(index: int, weights: list[np.ndarray]) -> None:
        for part, mine in zip(corners(g_second), largest[index], strict=True):
            np.multiply(g_pooled[index], mine, part)
        rows, g = spread(first[index]), g_second[:PLACES].T
        g_windows.fill(0)
        for line, weight in enumerate(weights):
            sgemm(1, g, shifted(rows, line), 1, gradients["2.weight"][line].T, trans_b=1, overwrite_c=1)
            sgemm(1, weight.T, g, 1, shifted(g_windows, line), trans_a=1, overwrite_c=1)
        g_first[:WINDOWS] = g_windows[:, 0]
        g_first[WINDOWS:] = 0
        for pixel in (1, 2):
            window = g_first[pixel : pixel + WINDOWS]
            np.add(window, g_windows[:, pixel], window)
        np.multiply(g_first, first[index] > 0, g_first)
        np.matmul(patches[index].reshape(-1, 9).T, g_first, scratch)
        np.add(gradients["0.weight"], scratch, gradients["0.weight"])
        gradients["0.bias"] += g_first.sum(0)

    def differentiate(values: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
        weights = list(values["2.weight"])
        patches[:] = sliding_window_view(images[:, 0], (3, 3), (1, 2))
        for index in range(batch):
            forward_of_image(index, weights)
        # Before these as after them, the largest of four is the same.
        np.add(pooled, values["2.bias"], pooled)
        np.maximum(pooled, 0, out=pooled)
        flat, g_flat = pooled.reshape(batch, -1), g_pooled.reshape(batch, -1)
        np.matmul(flat, values["6.weight"].T, hidden)
        np.add(hidden, values["6.bias"], hidden)
        np.maximum(hidden, 0, out=hidden)
        np.matmul(hidden, values["8.weight"].T, logits)
        np.add(logits, values["8.bias"], logits)
        loss = cross_entropy(logits, labels, g_logits)
        np.matmul(g_logits.T, hidden, gradients["8.weight"])
        np.add.reduce(g_logits, 0, out=gradients["8.bias"])
        np.matmul(g_logits, values["8.weight"], g_hidden)
        np.multiply(g_hidden, hidden > 0, g_hidden)
        np.matmul(g_hidden.T, flat, gradients["6.weight"])
        np.add.reduce(g_hidden, 0, out=gradients["6.bias"])
        np.matmul(g_hidden, values["6.weight"], g_flat)
        np.multiply(g_pooled, pooled > 0, g_pooled)
        np.add.reduce(g_pooled.reshape(-1, FEATURES), 0, out=gradients["2.bias"])
        for name in ("0.weight", "0.bias", "2.weight"):
            gradients[name].fill(0)
        for index in range(batch):
            backward_of_image(index, weights)
        return loss, gradients

    return stepping(values, differentiate, momentum)
