"""`polygrad.tune_allocator`, in separate processes: its effect cannot be undone."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

#: A few arrays' worth of page faults, of 768 for each array: where small objects lie between freed arrays, one more array is
#: touched now and then.  What is given back to the system costs one for every page of every round.
FEW = 5 * 768

#: Page faults of a loop that makes and drops arrays of several sizes, after some rounds in which memory is found.
_FAULTS = """
import resource
import polygrad
import numpy as np
polygrad.ones(1)
def rounds(times, count):
    for _ in range(times):
        kept = [np.ones(3 << 18, np.float32) for _ in range(count)]
rounds(3, {count})
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
rounds(5, {count})
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(count=100, first="", **environment):
    return int(_run(first + _FAULTS.replace("{count}", str(count)), **environment))


def _run(text, **environment):
    command = [sys.executable, "-c", text]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout.strip()


glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")


@glibc
def test_freed_memory_is_kept():
    assert _faults() > 10 * FEW
    assert _faults(first="import polygrad; assert polygrad.tune_allocator() is True") < FEW


@glibc
def test_an_environment_variable_does_the_same():
    assert _faults(POLYGRAD_TUNE_MALLOC="1") < FEW


@glibc
def test_some_memory_is_always_kept():
    assert _faults(count=30) < FEW


def test_other_c_libraries_are_left_alone():
    text = """
import ctypes
class Library:
    def __init__(self, name):
        pass
ctypes.CDLL = Library
import polygrad
print(polygrad.tune_allocator())
"""
    assert _run(text) == "False"
