"""The picture that ``digits.py --plot`` draws: curves of loss and accuracy, and a sheet of digits with the predictions."""

from __future__ import annotations

from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

INK, FAINT, TRAINING, TEST, WRONG = "#22303c", "#8a97a3", "#4c78a8", "#e08214", "#c0392b"
STYLE = {
    "font.family": "sans-serif", "font.size": 10, "text.color": INK, "legend.frameon": False,
    "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 10,
    "axes.edgecolor": "#c9d1d8", "axes.labelcolor": FAINT, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": "#e8ecef", "grid.linewidth": 0.8,
    "xtick.color": FAINT, "ytick.color": FAINT, "xtick.major.size": 0, "ytick.major.size": 0, "ytick.minor.size": 0,
}  # fmt: skip
ROWS, COLUMNS = 4, 12


def plot(file: str, title: str, history: Any, images: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> None:
    """Write the picture to ``file``; ``scores`` are the classes' probabilities."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(11.5, 9), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.09, wspace=0.02, hspace=0.01)  # inches, and shares
        figure.suptitle(title, x=0.014, ha="left", fontsize=15, fontweight="bold")
        above, below = figure.subfigures(2, 1, height_ratios=(1, 1.3))
        curves(above, history)
        sheet(below, images, labels, scores)
        figure.savefig(file, dpi=150, facecolor="white")
        plt.close(figure)


def curves(figure: Any, history: Any) -> None:
    """Loss and accuracy over the epochs."""
    losses, accuracies = figure.subplots(1, 2)
    epochs = range(1, len(history.train_loss) + 1)
    for axes, training, test in (
        (losses, history.train_loss, history.test_loss),
        (accuracies, [100 * a for a in history.train_accuracy], [100 * a for a in history.test_accuracy]),
    ):
        marker = "o" if len(epochs) == 1 else None
        axes.plot(epochs, training, color=TRAINING, linewidth=2, label="training", marker=marker)
        axes.plot(epochs, test, color=TEST, linewidth=2, label="test", marker=marker)
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
        axes.legend()
    losses.set(title="Loss (cross-entropy)", yscale="log")
    accuracies.set_title("Accuracy in %")


def sheet(figure: Any, images: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> None:
    """Test digits with the predictions: first the wrong ones, then the least certain ones, then any."""
    predictions, certainty = scores.argmax(1), scores.max(1)
    wrong = np.flatnonzero(predictions != labels)
    right = np.flatnonzero(predictions == labels)
    doubtful = right[np.argsort(certainty[right], kind="stable")][:COLUMNS]
    shown = [*wrong[: 2 * COLUMNS], *doubtful, *np.setdiff1d(right, doubtful)][: ROWS * COLUMNS]
    figure.suptitle(
        f"Held-out digits, predictions and their certainty: the {len(wrong)} wrong ones, the least certain ones, and others",
        x=0.014, ha="left", fontsize=11, fontweight="bold",
    )  # fmt: skip
    for axes, index in zip(figure.subplots(ROWS, COLUMNS).flat, shown, strict=False):
        is_wrong = predictions[index] != labels[index]
        axes.imshow(images[index].reshape(8, 8), cmap="gray_r", interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.grid(visible=False)
        for spine in axes.spines.values():
            spine.set(visible=True, color=WRONG if is_wrong else "#d5dbe0", linewidth=1.8 if is_wrong else 0.8)
        text = f"{predictions[index]} (is {labels[index]})" if is_wrong else f"{predictions[index]}"
        axes.set_title(text, loc="center", fontsize=10, pad=4, color=WRONG if is_wrong else INK)
        axes.set_xlabel(f"{certainty[index]:.0%}", fontsize=8, labelpad=2)
