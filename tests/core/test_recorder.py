"""The recorder notices every read and write of a cell, which `compile` relies on."""

from __future__ import annotations

import threading

import pytest

import polygrad
from polygrad._core.tensor import cell
from polygrad._state import RECORDERS, Passive, Recorder, recording


class Log(Passive):
    """A recorder that remembers what it saw."""

    def __init__(self):
        self.reads, self.writes, self.grad_reads, self.grad_writes = [], [], [], []

    def read(self, cell):
        self.reads.append(cell)

    def write(self, cell):
        self.writes.append(cell)

    def read_grad(self, leaf):
        self.grad_reads.append(leaf)

    def write_grad(self, leaf):
        self.grad_writes.append(leaf)


def seen(cells, wanted):
    return any(one is wanted for one in cells)


def test_every_operand_of_an_operation_is_read():
    x, y, z = (polygrad.tensor([1.0, 2.0]) for _ in range(3))
    with recording(Log()) as log:
        polygrad.where(x > 0, y * 2 + z, polygrad.cat([x, z])[:2])
    assert all(seen(log.reads, one) for one in (x, y, z))


def test_a_recorder_may_replace_the_array_of_a_cell_while_it_is_read():
    x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([10.0, 20.0])

    class Doubling(Log):
        def read(self, cell):
            if seen((x, y), cell) and not seen(self.reads, cell):
                cell._data = cell._data * 2
            super().read(cell)

    with recording(Doubling()):
        assert (x + y).tolist() == [22.0, 44.0]
    with recording(Doubling()):
        assert polygrad.square(x).tolist() == [16.0, 64.0]


def test_values_that_leave_for_python_are_read():
    x = polygrad.tensor([[3.0]])
    for leave in (lambda t: t.item(), lambda t: t.numpy(), lambda t: t.tolist(), bool, float, lambda t: t.array):
        with recording(Log()) as log:
            leave(x)
        assert seen(log.reads, x)


def test_rebinding_is_a_write_also_through_views():
    x = polygrad.zeros(3, 2)
    view = x[0]
    with recording(Log()) as log:
        x += 1
        view[1] = 5.0
        x.copy_(polygrad.ones(3, 2))
    assert sum(one is x for one in log.writes) >= 3
    assert seen(log.writes, view)


def test_gradients_are_read_and_written():
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    with recording(Log()) as log:
        loss.backward()
        x.grad
        x.grad = None
    leaf = x._edge
    assert seen(log.grad_writes, leaf) and seen(log.grad_reads, leaf)
    assert len(log.grad_writes) == 2


def test_a_recorder_sees_its_own_thread_only():
    x = polygrad.tensor([1.0, 2.0])
    log = Log()

    def elsewhere():
        polygrad.exp(x)

    with recording(log):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert not log.reads
        polygrad.exp(x)
        assert seen(log.reads, x)
    assert not RECORDERS


def test_without_a_recorder_nothing_is_noted():
    log = Log()
    with recording(log):
        pass
    polygrad.exp(cell(polygrad.ones(2).array))
    assert not log.reads


def test_a_recorder_that_lacks_a_member_cannot_be_made():
    class Incomplete(Recorder):
        def read(self, cell):
            pass

    with pytest.raises(TypeError, match="abstract"):
        Incomplete()
