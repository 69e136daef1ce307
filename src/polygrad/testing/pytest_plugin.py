"""The plugin for pytest: ``pytest --gradcheck`` checks the gradients of what is marked.

Nothing of polygrad is imported before something is checked, so that pytest starts as fast without the option as without
polygrad.
"""

from __future__ import annotations

import importlib
from typing import Any

pytest: Any = importlib.import_module("pytest")

_HELP = """gradcheck(inputs, order=2, **options): with --gradcheck, compare the gradients of this function, or of a module of
this class, with finite differences in double precision; order is how often it is differentiated, and options are those of
polygrad.autograd.gradcheck"""


def pytest_addoption(parser: Any) -> None:
    """Add the option ``--gradcheck``."""
    parser.getgroup("polygrad").addoption(
        "--gradcheck", action="store_true", help="check the gradients of what is marked with pytest.mark.gradcheck"
    )


def pytest_configure(config: Any) -> None:
    """Declare the mark."""
    config.addinivalue_line("markers", " ".join(_HELP.split()))


def pytest_pycollect_makeitem(collector: Any, name: str, obj: Any) -> Any:
    """Collect what is marked, if the option is given; pytest collects its own tests as ever."""
    if not collector.config.getoption("--gradcheck", False):
        return None
    marks = [mark for mark in _marks(obj) if mark.name == "gradcheck"]
    if not marks or collector.funcnamefilter(name) or collector.classnamefilter(name):
        return None
    return [
        GradcheckItem.from_parent(collector, name=f"{name}[{number}]" if len(marks) > 1 else name, obj=obj, mark=mark)
        for number, mark in enumerate(reversed(marks))
    ]


def _marks(obj: Any) -> list[Any]:
    """The marks of a function or class itself, not those that a class inherits."""
    try:
        found = vars(obj).get("pytestmark", [])
    except TypeError:  # it has no attributes
        return []
    return found if isinstance(found, list) else [found]


class GradcheckItem(pytest.Item):
    """The check of one marked function or module."""

    def __init__(self, *, obj: Any, mark: Any, **arguments: Any):
        super().__init__(**arguments)
        self.marked, self.mark = obj, mark

    def runtest(self) -> None:
        """Check it.  Raises GradcheckError where a gradient is wrong."""
        checks = importlib.import_module("polygrad.testing.gradient_checks")
        checks.check_gradients(self.marked, *self.mark.args, **self.mark.kwargs)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The message of a wrong gradient alone: no line of the user's is at fault in the traceback."""
        if type(excinfo.value).__name__ == "GradcheckError":
            return f"the gradient of {self.name} is wrong: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Where it is."""
        code = getattr(self.marked, "__code__", None)
        return self.path, None if code is None else code.co_firstlineno - 1, f"gradcheck: {self.name}"
