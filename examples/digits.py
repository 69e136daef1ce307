"""Train a small network on handwritten digits, on whichever backend you like.

    python examples/digits.py
    python examples/digits.py --model cnn --backend jax --plot digits.png

The 1,797 images of 8 × 8 pixels come with scikit-learn (Alpaydin and Kaynak, 1998); a fifth of them is held out for the
test.  The training loop is the usual one: forward, ``loss.backward()``, ``optimizer.step()``.  Nothing in it depends on the
backend, and the same seed gives the same initial weights and the same curve on every one of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field

import numpy as np

import polygrad
from polygrad import nn, optim
from polygrad.nn import functional as F

CLASSES = 10
BATCH = 64


@dataclass
class History:
    """What is plotted: one entry per epoch."""

    train_loss: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)


def load_digits(seed: int):
    """Images (values from 0 to 1) and labels, split into four fifths for training and one for the test."""
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    images, labels = load(return_X_y=True)
    images = (images / 16.0).astype(np.float32)
    return train_test_split(images, labels.astype(np.int64), test_size=0.2, random_state=seed, stratify=labels)


def make_model(name: str) -> nn.Module:
    """A multilayer perceptron, or a small convolutional network."""
    if name == "mlp":
        return nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Dropout(0.3),
            nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.3),
            nn.Linear(128, CLASSES),
        )  # fmt: skip
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 4 * 4, CLASSES),
    )  # fmt: skip


def train_epoch(step, images, labels, order, progress) -> float:
    """Go through the training images once in the given order; returns the mean loss."""
    total = 0.0
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        loss = step(polygrad.tensor(images[batch]), polygrad.tensor(labels[batch]))
        total += loss.item() * len(batch)
        progress(len(batch))
    return total / len(order)


def evaluate(model: nn.Module, images, labels) -> tuple[float, float, np.ndarray]:
    """Loss, accuracy and predictions on the test images."""
    model.eval()
    with polygrad.no_grad():
        scores = model(polygrad.tensor(images))
        loss = F.cross_entropy(scores, polygrad.tensor(labels)).item()
        predictions = scores.argmax(dim=1).numpy()
    model.train()
    return loss, float((predictions == labels).mean()), predictions


def train(options: argparse.Namespace):
    """Train as the options say, and show how it goes."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    train_images, test_images, train_labels, test_labels = load_digits(options.seed)
    polygrad.manual_seed(options.seed)
    shuffle = np.random.default_rng(options.seed)
    model = make_model(options.model)
    optimizer = optim.AdamW(model.parameters(), lr=2e-3)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs)

    def step(x, y):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    if options.compile:
        step = polygrad.compile(step)

    history, predictions = History(), None
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("training", total=options.epochs * len(train_images))
        for epoch in range(1, options.epochs + 1):
            order = shuffle.permutation(len(train_images))
            loss = train_epoch(step, train_images, train_labels, order, lambda n: progress.advance(task, n))
            scheduler.step()
            test_loss, accuracy, predictions = evaluate(model, test_images, test_labels)
            history.train_loss.append(loss)
            history.test_loss.append(test_loss)
            history.test_accuracy.append(accuracy)
            console.print(
                f"epoch {epoch:2d}   training loss {loss:.4f}   test loss {test_loss:.4f}   test accuracy {accuracy:.1%}"
            )
    return model, history, test_images, test_labels, predictions


def show_table(options: argparse.Namespace, model: nn.Module, history: History, seconds: float) -> None:
    """The result, as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Handwritten digits", title_justify="left")
    table.add_column("")
    table.add_column("", justify="right")
    for name, value in (
        ("model", options.model),
        ("parameters", f"{sum(p.numel() for p in model.parameters()):,}"),
        ("backend", options.backend + (", compiled" if options.compile else "")),
        ("seed", str(options.seed)),
        ("epochs", str(options.epochs)),
        ("training loss", f"{history.train_loss[-1]:.4f}"),
        ("test loss", f"{history.test_loss[-1]:.4f}"),
        ("test accuracy", f"{history.test_accuracy[-1]:.2%}"),
        ("time", f"{seconds:.1f} s"),
    ):
        table.add_row(name, value)
    Console(highlight=False).print(table)


def plot(file: str, history: History, images, labels, predictions) -> None:
    """Loss and accuracy curves, and a sheet of test digits with what the network takes them for."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    rows, columns = 4, 10
    figure = plt.figure(figsize=(11, 7.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.15))
    losses, accuracies = above.subplots(1, 2)
    epochs = range(1, len(history.train_loss) + 1)
    losses.plot(epochs, history.train_loss, color="#4c72b0", label="training")
    losses.plot(epochs, history.test_loss, color="#dd8452", label="test")
    losses.set(title="Loss (cross-entropy)", xlabel="epoch", yscale="log")
    losses.legend(frameon=False)
    accuracies.plot(epochs, [100 * a for a in history.test_accuracy], color="#55a868")
    accuracies.set(title="Accuracy on the test images (%)", xlabel="epoch")
    for axes in (losses, accuracies):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)

    below.suptitle("Test digits and predictions; mistakes come first, in red, with the right answer")
    # Mistakes first: they are what one wants to see.
    order = np.argsort(predictions == labels, kind="stable")[: rows * columns]
    for axes, index in zip(below.subplots(rows, columns).flat, order, strict=False):
        right = predictions[index] == labels[index]
        axes.imshow(images[index].reshape(8, 8), cmap="gray_r")
        text = f"{predictions[index]}" if right else f"{predictions[index]} (is {labels[index]})"
        axes.set_title(text, fontsize=9, color="#333333" if right else "#c44e52")
        axes.set_axis_off()
    figure.savefig(file, dpi=120)
    plt.close(figure)


def main() -> int:
    """Run the example.  Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", choices=("mlp", "cnn"), default="mlp", help="the network (default: mlp)")
    parser.add_argument("--backend", default="numpy", help="numpy, jax, cupy, strict, or any other (default: numpy)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, split and order (default: 0)")
    parser.add_argument("--epochs", type=int, default=40, help="times through the training images (default: 40)")
    parser.add_argument("--compile", action="store_true", help="compile the training step, where the backend can")
    parser.add_argument("--plot", metavar="FILE.png", help="write curves and a sheet of digits there")
    options = parser.parse_args()
    if options.epochs < 1:
        parser.error("--epochs must be at least 1")
    try:
        polygrad.set_backend(options.backend)
        polygrad.zeros(1) + 1  # a library may be installed and still have no device to compute on
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        print(f"The backend {options.backend!r} is not available: {reason}", file=sys.stderr)
        return 2
    start = time.perf_counter()
    model, history, images, labels, predictions = train(options)
    show_table(options, model, history, time.perf_counter() - start)
    if options.plot:
        plot(options.plot, history, images, labels, predictions)
        print(f"plot written to {options.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
