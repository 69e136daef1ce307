"""Mistakes that a type checker must find: one on each line that says so, and none on the others.  It is never run."""

import polygrad
import polygrad.nn.functional as F
from polygrad import Tensor, nn
from polygrad.optim import SGD

x = polygrad.tensor([[1.0, 2.0]])
number: int = x.sum()  # error
polygrad.zzz  # error
x + "1"  # error
x.summ()  # error
x.sum(dim="rows")  # error
x.sum(axes=0)  # error
polygrad.zeros("2")  # error
polygrad.zeros(2, dtype="float32")  # error
polygrad.relu([1.0])  # error
x.max(dim=1).value  # error
largest: Tensor = x.max(dim=1)  # error
x["name"]  # error
x.shape = (2, 1)  # error
x.requires_grad = "yes"  # error
nn.Linear("2", 1)  # error
nn.Linear(2, 1)([1.0])  # error
nn.Linear(2)  # error
output: int = nn.Linear(2, 1)(x)  # error
nn.Softmax(dim="last")  # error
F.cross_entropy(x, x, reduction=1)  # error
F.softmaxx(x)  # error
SGD(x, lr="fast")  # error
polygrad.manual_seed("seed")  # error
x.backward(create_graph="yes")  # error
polygrad.use_backend(3)  # error


@polygrad.compile
def double(x: Tensor) -> Tensor:
    return 2 * x


double("x")  # error
doubled: str = double(x)  # error
