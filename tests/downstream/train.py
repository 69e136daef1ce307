"""Train a network on the toy backend, and on NumPy: the same numbers."""

import sys

import polygrad
from polygrad import nn, optim


def train(backend):
    polygrad.manual_seed(0)
    with polygrad.use_backend(backend):
        x = polygrad.linspace(-1, 1, 64).reshape(64, 1)
        target = polygrad.sin(3 * x)
        model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
        optimizer = optim.Adam(model.parameters(), lr=0.05)
        losses = []
        for _ in range(200):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        assert all(parameter.backend.name == backend for parameter in model.parameters())
    return losses


if __name__ == "__main__":
    assert "toy" in polygrad.backends.available(), polygrad.backends.errors()
    assert "toy_array" in sys.modules
    toy, numpy = train("toy"), train("numpy")
    print(f"loss on toy: {toy[0]:.4f} → {toy[-1]:.6f}; on numpy: {numpy[0]:.4f} → {numpy[-1]:.6f}")
    assert toy[-1] < 0.02 * toy[0], "the network did not learn"
    assert max(abs(a - b) for a, b in zip(toy, numpy, strict=True)) < 1e-4, "the two backends differ"
