"""Random programs: eager code, its replay on NumPy, its compiled form on JAX, and PyTorch agree.

A slice of what ``python -m nox -s fuzz`` runs; `program_fuzzer` says how to run one program again.
"""

from __future__ import annotations

import sys

import pytest

from polygrad.compiler.replay import may_alias
from polygrad.compiler.replay import program as replay
from tests.tools import program_fuzzer
from tests.tools.program_fuzzer import Tally, check, compared, program, shortened


def run(seeds: range, way: str) -> Tally:
    """Compare the programs of ``seeds``; fails with what differs, program by program."""
    tally = Tally()
    reports = list(check(seeds, [way], tally))
    assert not reports, "\n".join(reports)
    return tally


@pytest.mark.parametrize("start", range(0, 150, 50))
def test_replays_give_what_eager_code_gives(start):
    assert run(range(start, start + 50), "replay").compared["replay"] > 40


@pytest.mark.backend("jax")
def test_programs_compiled_on_jax_give_what_eager_code_on_numpy_gives():
    assert run(range(1000, 1015), "jax").compared["jax"] > 10


@pytest.mark.parity
def test_eager_programs_give_what_pytorch_gives():
    assert run(range(150), "torch").compared["torch"] > 100


# -- it finds differences ----------------------------------------------------------------------------------------------


def first_difference(count: int = 400) -> str:
    """What is reported of the first program that differs."""
    return next(check(range(count), ["replay"], Tally()), "")


def test_a_view_that_still_names_what_was_merged_is_found(monkeypatch):
    renamed = replay._rename
    monkeypatch.setattr(replay, "_rename", lambda o, same: renamed(o, same)._replace(views=o.views))
    found = first_difference()
    assert "eager and replay differ" in found
    assert "--seed" in found


def test_memory_that_is_thought_free_too_early_is_found(monkeypatch):
    monkeypatch.setattr(may_alias.Memories, "of", lambda self, slot: slot)
    assert "eager and replay differ" in first_difference()


def test_a_write_into_an_argument_is_found(monkeypatch):
    init = may_alias.Memories.__init__

    def without_inputs(self, recording, operations):
        init(self, recording, operations)
        self.outside = {self.of(slot) for slot in recording.constants}

    monkeypatch.setattr(may_alias.Memories, "__init__", without_inputs)
    assert "eager and replay differ" in first_difference()


def test_a_report_is_short_and_can_be_run_again(monkeypatch, capsys):
    monkeypatch.setattr(may_alias.Memories, "of", lambda self, slot: slot)
    seed = next(seed for seed in range(400) if _differs(program(seed)))
    short = shortened(program(seed), _differs)
    assert _differs(short)
    assert len(short.lines) < len(program(seed).lines)
    monkeypatch.setattr(sys, "argv", ["program_fuzzer.py", "--seed", str(seed)])
    assert program_fuzzer.main() == 1
    assert f"--seed {seed}" in capsys.readouterr().out
    monkeypatch.undo()
    monkeypatch.setattr(sys, "argv", ["program_fuzzer.py", "--seed", str(seed)])
    assert program_fuzzer.main() == 0


def _differs(candidate) -> bool:
    try:
        return compared(candidate, "replay") is not None
    except program_fuzzer.Refused:
        return False
