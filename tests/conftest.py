"""The ``backend`` fixture, and the option ``--backend NAME``, which runs the tests of one backend.

The backend of a test is that of its mark ``backend(name)``, of its parameter ``backend``, or of a fixture in `FIXTURES`.  A
test without one runs with ``--backend numpy``.  So the runs for all backends together run every test once.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from polygrad.backends import available, errors, use_backend
from polygrad.backends.numpy.kernels import blocking
from tests.cases.kernel_blocks import block_sizes

PLUGINS = Path(__file__).parent.parent / "backends"
#: Fixtures that give a backend, and which.
FIXTURES = {"cupy": "cupy", "jax": "jax", "on_jax": "jax", "strict": "strict"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--backend", metavar="NAME", help="run only the tests of this backend; numpy: and those of none")


def pytest_configure(config: pytest.Config) -> None:
    name = config.getoption("--backend")
    if name is not None and name not in available():
        reason = errors().get(name, "it is not installed")
        raise pytest.UsageError(f"backend {name!r} cannot be tested: {reason}; there are {', '.join(available())}")


def backend_of(item: pytest.Item) -> str:
    """The backend that a test is about."""
    mark = item.get_closest_marker("backend")
    if mark is not None:
        return mark.args[0]
    if PLUGINS in item.path.parents:
        return item.path.relative_to(PLUGINS).parts[0].removeprefix("polygrad-")
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    for parameter in ("backend", "backend_name"):
        if parameter in parameters:
            named = parameters[parameter]
            return named if isinstance(named, str) else named.name
    return next((FIXTURES[name] for name in getattr(item, "fixturenames", ()) if name in FIXTURES), "numpy")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker("backend")
        if mark is not None and mark.args[0] not in available():
            item.add_marker(pytest.mark.skip(reason=f"backend {mark.args[0]!r} is not installed"))
    chosen = config.getoption("--backend")
    if chosen is None:
        return
    others = [item for item in items if backend_of(item) != chosen]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if backend_of(item) == chosen]


@pytest.fixture(params=available())
def backend(request: pytest.FixtureRequest):
    """The name of every installed backend in turn; new tensors are made there."""
    with use_backend(request.param):
        yield request.param


@pytest.fixture
def blocks(monkeypatch):
    """A function that sets the size of all blocks of NumPy's kernels."""

    def resize(size):
        for module, name in block_sizes():
            monkeypatch.setattr(module, name, size)
        blocking.zeros.cache_clear()

    yield resize
    monkeypatch.undo()
    blocking.zeros.cache_clear()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thirty thousand tests are two million objects, which every full collection of garbage would look through again."""
    gc.collect()
    gc.freeze()
