"""`save` to a path is atomic: the old file stays until the new one is complete."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

import polygrad
from polygrad.serialization import DamagedFileError, container

OLD = {"step": 1, "x": [1.0, 2.0]}
posix = pytest.mark.skipif(os.name != "posix", reason="about POSIX permissions and signals")


@pytest.fixture
def path(tmp_path):
    """A checkpoint that must survive."""
    path = tmp_path / "checkpoint.pt"
    polygrad.save(OLD, path)
    return path


def assert_untouched(path):
    assert polygrad.load(path) == OLD
    assert os.listdir(path.parent) == [path.name]


def test_a_file_is_replaced(path):
    polygrad.save({"step": 2}, path)
    assert polygrad.load(path) == {"step": 2}
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("broken", [lambda: 0, {"x": polygrad.ones(2), "file": open}.items(), (x for x in "a")])
def test_an_object_that_cannot_be_pickled_leaves_the_former_file(path, broken):
    with pytest.raises(Exception, match=r"pickle|lambda"):
        polygrad.save({"x": polygrad.ones(2), "more": broken}, path)
    assert_untouched(path)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_error_while_writing_leaves_the_former_file(path, monkeypatch, at):
    calls = []

    def full(file, chunk):
        if len(calls) == at:
            raise OSError(28, "No space left on device")
        calls.append(chunk)
        file.write(chunk)

    monkeypatch.setattr(container, "_write_all", full)
    with pytest.raises(OSError, match="No space left"):
        polygrad.save([polygrad.ones(3), polygrad.ones(3, dtype=polygrad.int64)], path)
    assert_untouched(path)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_error_or_an_interrupt_at_the_end_leaves_the_former_file(path, monkeypatch, step):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        polygrad.save({"step": 2}, path)
    monkeypatch.undo()
    assert_untouched(path)


@posix
def test_a_disk_that_is_full_leaves_the_former_file(path):
    limited = f"""
import resource, signal, polygrad
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    polygrad.save(polygrad.zeros(100_000), {str(path)!r})
except OSError as error:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", limited], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert_untouched(path)


KILLED = """
import os, signal, sys, polygrad
from polygrad.serialization import container

path, wait = sys.argv[1], int(sys.argv[2])
written = 0

def deadly(file, chunk):
    global written
    for byte in range(len(chunk)):
        if written == wait:
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        file.write(chunk[byte : byte + 1])
        written += 1

container._write_all = deadly
if wait < 0:  # everything is written, and not yet in its place
    os.replace = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
polygrad.save({"step": 2, "x": polygrad.ones(5)}, path)
"""


@posix
@pytest.mark.parametrize("wait", [0, 7, 100, 300, -1])
def test_a_process_that_is_killed_leaves_the_former_file(path, wait):
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(wait)], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert polygrad.load(path) == OLD
    left = [name for name in os.listdir(path.parent) if name != path.name]
    assert len(left) == 1 and left[0].startswith(".polygrad-")  # nothing could remove it any more


def test_who_reads_meanwhile_finds_the_former_file_or_the_new_one(path):
    polygrad.save(polygrad.full((1000,), 0.0), path)
    found, damage, done = set(), [], threading.Event()

    def read():
        while not done.is_set():
            try:
                x = polygrad.load(path)
                found.add((x[0].item(), x[-1].item()))
            except (OSError, DamagedFileError) as error:
                damage.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for step in range(30):
        polygrad.save(polygrad.full((1000,), float(step)), path)
    done.set()
    reader.join(60)
    assert not damage and all(first == last for first, last in found)


@posix
def test_permissions_are_those_that_open_would_have_given(tmp_path):
    before = os.umask(0o027)
    try:
        polygrad.save(1, tmp_path / "saved")
        (tmp_path / "opened").write_bytes(b"")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("saved", "opened")}
    assert modes == {0o640}


@posix
def test_permissions_of_a_file_that_is_replaced_stay(path):
    os.chmod(path, 0o600)
    polygrad.save(2, path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    os.chmod(path, 0o444)
    if not os.access(path, os.W_OK):  # root may write to it
        with pytest.raises(PermissionError, match=r"checkpoint\.pt"):
            polygrad.save(3, path)
        assert polygrad.load(path) == 2


@posix
def test_a_symbolic_link_stays_one(path):
    link = path.with_name("latest.pt")
    link.symlink_to(path.name)
    polygrad.save({"step": 2}, link)
    assert link.is_symlink() and polygrad.load(path) == {"step": 2}
    dangling = path.with_name("next.pt")
    dangling.symlink_to("made.pt")
    polygrad.save({"step": 3}, dangling)
    assert dangling.is_symlink() and polygrad.load(path.with_name("made.pt")) == {"step": 3}


@posix
def test_what_is_no_regular_file_is_written_to(tmp_path):
    polygrad.save(polygrad.ones(3), os.devnull)
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(polygrad.load(pipe)))
    reader.start()
    polygrad.save(polygrad.arange(3), pipe)
    reader.join(60)
    assert read[0].tolist() == [0, 1, 2]


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no such folder.*os\.makedirs.*runs"):
        polygrad.save(1, tmp_path / "runs" / "model.pt")
    with pytest.raises(OSError, match=tmp_path.name):
        polygrad.save(1, tmp_path)


def test_a_relative_path_and_a_long_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    polygrad.save(1, "model.pt")
    polygrad.save(2, "ü" * 120)
    assert polygrad.load("model.pt") == 1 and polygrad.load("ü" * 120) == 2


def test_a_file_that_takes_a_little_at_a_time(tmp_path):
    class Slow:
        def __init__(self):
            self.content = b""

        def write(self, chunk):
            self.content += bytes(chunk[:7])
            return min(7, len(chunk))

    slow = Slow()
    polygrad.save(polygrad.arange(10), slow)
    (tmp_path / "slow").write_bytes(slow.content)
    assert polygrad.load(tmp_path / "slow").tolist() == list(range(10))
