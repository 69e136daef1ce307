"""Train a small network to read handwritten digits, on any backend.

    python examples/digits.py
    python examples/digits.py --model cnn --backend jax --plot digits.png

The data are the 1,797 images of 8 × 8 pixels that come with scikit-learn (Alpaydin and Kaynak, 1998); 360 of them are held
out for testing.  Nothing in the training loop knows the backend.  Weights, the order of the images and dropout come from
polygrad's own random numbers, so the same seed gives the same weights and the same curves everywhere.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field

# The matrices are small: BLAS's threads would spend their time waiting for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import polygrad as pg
from polygrad import nn, optim

BATCH = 64
HELD_OUT = 360


def load() -> list[pg.Tensor]:
    """Images for training and for testing, and their labels: always the same split."""
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, None]  # (1797, 1, 8, 8), from 0 to 1
    parts = train_test_split(images, digits.target, test_size=HELD_OUT, stratify=digits.target, random_state=0)
    return [pg.tensor(part) for part in parts]


def build(name: str) -> nn.Module:
    """A multilayer perceptron, or a small convolutional network."""
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(),
            nn.Linear(64, 256), nn.SiLU(), nn.Dropout(0.3),
            nn.Linear(256, 128), nn.SiLU(), nn.Dropout(0.3),
            nn.Linear(128, 10),
        )  # fmt: skip
    # Everything is smooth, as it is above: the last digit, in which libraries differ, cannot tip the scales of a maximum.
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.SiLU(),
        nn.Conv2d(16, 32, 3, padding=1), nn.SiLU(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Dropout(0.3),
        nn.Linear(32 * 4 * 4, 10),
    )  # fmt: skip


@dataclass
class History:
    """What is remembered of the training: one entry for each epoch."""

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)


def train(model: nn.Module, data: list[pg.Tensor], epochs: int, compiled: bool, progress: Progress) -> History:
    """The training loop."""
    images, test_images, labels, test_labels = data
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)

    def step(x: pg.Tensor, y: pg.Tensor) -> tuple[pg.Tensor, pg.Tensor]:
        scores = model(x)  # forward: the graph is recorded
        loss = criterion(scores, y)
        optimizer.zero_grad()
        loss.backward()  # backward: every parameter gets its gradient
        optimizer.step()
        return loss.detach(), (scores.argmax(1) == y).sum()

    if compiled:
        step = pg.compile(step)
    history = History()
    bar = progress.add_task("training", total=epochs * len(images))
    for epoch in range(1, epochs + 1):
        model.train()
        order = pg.randperm(len(images))
        total_loss = total_right = 0
        for start in range(0, len(images), BATCH):
            batch = order[start : start + BATCH]
            loss, right = step(images[batch], labels[batch])
            total_loss += loss.item() * len(batch)
            total_right += right.item()
            progress.advance(bar, len(batch))
        scheduler.step()
        scores = predict(model, test_images)
        history.train_loss.append(total_loss / len(images))
        history.train_accuracy.append(total_right / len(images))
        history.test_loss.append(criterion(scores, test_labels).item())
        history.test_accuracy.append((scores.argmax(1) == test_labels).float().mean().item())
        progress.console.print(
            f"epoch {epoch:3}   loss {history.train_loss[-1]:.4f}   test loss {history.test_loss[-1]:.4f}   "
            f"test accuracy {history.test_accuracy[-1]:6.2%}"
        )
    return history


@pg.no_grad()
def predict(model: nn.Module, images: pg.Tensor) -> pg.Tensor:
    """The scores of every class, without dropout and without a graph."""
    return model.eval()(images)


def summary(options: argparse.Namespace, model: nn.Module, history: History, seconds: float) -> Table:
    """The result as a table."""
    table = Table(title="handwritten digits", title_justify="left", show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    first = next(model.parameters())
    for name, value in {
        "model": f"{options.model}, {sum(p.numel() for p in model.parameters()):,} parameters",
        "backend": f"{first.backend.name} on {first.device}{', compiled' * options.compile}",
        "seed, epochs": f"{options.seed}, {options.epochs}",
        "training loss": f"{history.train_loss[-1]:.4f}",
        "training accuracy": f"{history.train_accuracy[-1]:.2%}",
        "test loss": f"{history.test_loss[-1]:.4f}",
        "test accuracy": f"[bold]{history.test_accuracy[-1]:.2%}[/]",
        "time": f"{seconds:.1f} s",
    }.items():
        table.add_row(name, value)
    return table


def choose_backend(name: str) -> str | None:
    """Make new tensors on that backend; returns, where that is impossible, why, and what to do."""
    try:
        pg.set_backend(name)
        pg.zeros(1).item()
    except pg.backends.UnknownBackendError as error:
        if name in ("jax", "cupy", "strict"):
            return f"backend {name!r} is not installed; install it: python -m pip install -e backends/polygrad-{name}"
        return str(error)
    except pg.backends.BackendError as error:
        return str(error)
    return None


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", choices=("mlp", "cnn"), default="mlp", help="which network (default: mlp)")
    parser.add_argument("--backend", default="numpy", help="numpy (default), jax, cupy, strict, or any other")
    parser.add_argument("--seed", type=int, default=0, help="for weights, order and dropout (default: 0)")
    parser.add_argument("--epochs", type=int, default=30, help="times through the training images (default: 30)")
    parser.add_argument("--compile", action="store_true", help="compile the training step, where the backend can")
    parser.add_argument("--plot", metavar="FILE.png", help="write curves and a sheet of test digits there")
    options = parser.parse_args(arguments)
    if options.epochs < 1:
        parser.error("--epochs must be at least 1")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Train, and say how it went.  Returns the exit status."""
    options = parse(arguments)
    problem = choose_backend(options.backend)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 2

    pg.manual_seed(options.seed)
    data = load()
    model = build(options.model)

    console = Console(highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    start = time.perf_counter()
    with Progress(*columns, console=console) as progress:
        history = train(model, data, options.epochs, options.compile, progress)
    console.print(summary(options, model, history, time.perf_counter() - start))

    if options.plot:
        from digits_plot import plot  # matplotlib is slow to import

        _, test_images, _, test_labels = data
        scores = predict(model, test_images).softmax(1)
        title = (
            f"{options.model} on {options.backend}: {history.test_accuracy[-1]:.1%} of {HELD_OUT} held-out digits right"
        )
        plot(options.plot, title, history, *(np.asarray(t.tolist()) for t in (test_images, test_labels, scores)))
        console.print(f"plot written to {options.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
