"""The smallest training loop: learn y = 2x + 1 from three points."""

from __future__ import annotations

import polygrad
from polygrad import nn, optim

polygrad.manual_seed(0)
x = polygrad.tensor([[1.0], [2.0], [3.0]])
y = polygrad.tensor([[3.0], [5.0], [7.0]])

model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.05)

for _ in range(1000):
    loss = criterion(model(x), y)  # forward: the graph is recorded
    optimizer.zero_grad()  # forget the gradients of the last step
    loss.backward()  # backward: gradients by the chain rule
    optimizer.step()  # parameters move against their gradients

print(f"learned weight: {model.weight.item():.3f}")
print(f"learned bias:   {model.bias.item():.3f}")
