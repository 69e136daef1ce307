"""A user's program, which type checkers in their strict mode and Python accept: `assert_type` says what they must find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_type

import numpy as np

import polygrad
import polygrad.nn.functional as F
from polygrad import Tensor, nn
from polygrad.func import grad, vmap
from polygrad.optim import Adam, lr_scheduler
from polygrad.utils.data import DataLoader, Dataset, TensorDataset


def tensors() -> None:
    x = polygrad.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
    assert_type(x, Tensor)
    assert_type(x * x + 2 - 1 / x, Tensor)
    assert_type(-x @ x.mT, Tensor)
    assert_type(x > 0, Tensor)
    assert_type(x == x, Tensor)
    assert_type(x[0, :, None], Tensor)
    assert_type(x + np.float32(1.0), Tensor)
    assert_type(x.sum(), Tensor)
    assert_type(x.sum(dim=(0, 1), keepdim=True), Tensor)
    assert_type(polygrad.relu(x).reshape(-1).max(), Tensor)
    assert_type(x.max(dim=1).values, Tensor)
    values, indices = x.max(dim=1)
    assert_type((values, indices), tuple[Tensor, Tensor])
    assert_type(x.shape[0], int)
    assert_type(x.size(0) + x.dim() + x.numel(), int)
    assert_type(x.dtype, polygrad.DType)
    assert_type(x.requires_grad, bool)
    assert_type(polygrad.zeros(2, 3, dtype=polygrad.float64).device, polygrad.Device)
    assert_type(polygrad.cat([x, x], dim=0), Tensor)
    assert_type(x.split(1), tuple[Tensor, ...])
    assert_type(polygrad.where(x > 0, x, 0.0), Tensor)
    assert_type(polygrad.unique(x, return_counts=True), tuple[Tensor, Tensor])
    assert_type(polygrad.linalg.qr(x).Q, Tensor)
    for row in x:
        assert_type(row, Tensor)
    x.sum().backward()
    assert_type(x.grad, Tensor | None)
    with polygrad.no_grad():
        x.sub_(0.1 * polygrad.ones_like(x)).clamp_(min=0.0)
        x[0] = 1.0
    array: np.ndarray = x.detach().numpy()
    loss: float = x.sum().item()
    print(array.shape, loss, x.detach().to(polygrad.int64).tolist())


class Block(nn.Module):
    """A layer of a user's own."""

    def __init__(self, width: int, activation: Callable[[Tensor], Tensor] = F.gelu) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.activation = activation
        self.scale = nn.Parameter(polygrad.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.activation(self.linear(self.norm(x)))
        assert_type(self.linear(x), Tensor)
        return x + self.scale * hidden


class Points(Dataset[tuple[Tensor, Tensor]]):
    """Points in the plane, and whether they are in the unit circle."""

    def __init__(self, count: int) -> None:
        generator = polygrad.Generator().manual_seed(0)
        self.points = polygrad.randn(count, 2, generator=generator)
        self.labels = (self.points.square().sum(dim=1) < 1).long()

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.points[index], self.labels[index]


def batches(data: Dataset[tuple[Tensor, Tensor]]) -> Iterator[tuple[Tensor, Tensor]]:
    yield from DataLoader(data, batch_size=16, shuffle=True)


def train(model: nn.Module, data: Dataset[tuple[Tensor, Tensor]], epochs: int) -> list[float]:
    optimizer = Adam(model.parameters(), lr=1e-2)
    schedule = lr_scheduler.StepLR(optimizer, step_size=1)

    @polygrad.compile
    def step(points: Tensor, labels: Tensor) -> Tensor:
        loss = F.cross_entropy(model(points), labels)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss

    losses: list[float] = []
    for _ in range(epochs):
        for points, labels in batches(data):
            loss = step(points, labels)
            assert_type(loss, Tensor)
            losses.append(loss.item())
        schedule.step()
    return losses


@polygrad.no_grad()
def accuracy(model: nn.Module, points: Tensor, labels: Tensor) -> float:
    model.eval()
    return float((model(points).argmax(dim=1) == labels).float().mean())


def transforms() -> None:
    def energy(x: Tensor) -> Tensor:
        return (x**3).sum()

    slope = grad(energy)
    x = polygrad.arange(4.0)
    rows = vmap(energy)(polygrad.stack([x, x]))
    assert_type(rows, Tensor)
    total: Tensor = slope(x)
    print(rows.shape, total)


def main() -> None:
    polygrad.manual_seed(0)
    tensors()
    transforms()
    data = Points(64)
    model = nn.Sequential(nn.Linear(2, 8), Block(8), nn.Tanh(), nn.Linear(8, 2))
    losses = train(model, data, epochs=2)
    print(losses[0], losses[-1], accuracy(model, data.points, data.labels))
    pairs = TensorDataset(data.points, data.labels)
    assert_type(len(pairs), int)
    state = model.state_dict()
    model.load_state_dict(state)
    names: list[str] = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    print(names)


if __name__ == "__main__":
    main()
