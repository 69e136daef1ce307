"""The source speaks the field's language: names and phrases that were replaced do not come back."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for pattern in ("src/**/*.py", "backends/*/src/**/*.py") for path in ROOT.glob(pattern))

#: Identifiers that no source has, neither as a name nor as an attribute nor as an argument.
NAMES = """
    Again Argument CHANGES Condition Counted Crossing Direction EXPLAINED Form Frame Grounded Infinitesimal Interpreted Kept
    LENT Lent Outdated Packing Pair Region STALE Source Template UNIQUE Value Whole _adding _alias _become _calibrate _family
    _follow _leading_to _let_go _lineage _to_users _walk advise agree check_alike demand expanded_from from_user ground
    host_effect host_value is_standard known_values misfit only_if_recorded positions_beside positions_in
    pushforwards references settled svd_parts to_user traced_together widen widened with_plain_numbers written_through
""".split()
#: Words that may name a value, but no function and no class: a function is a verb, and says what it does.
NO_FUNCTIONS = """
    alike alone entry home joined lifted made picked plain_arguments raised references room rooms several top turns unused
""".split()
#: Modules that were renamed.
MODULES = """
    _core.alike _core.references _functions.assembling _functions.composed _functions.kinds _functions.neural _functions.norms
    _functions.picking _functions.pointwise _functions.products _functions.resizing _functions.shaping _interpreters.arrays
    _interpreters.backend _interpreters.batched _interpreters.batching_layers _interpreters.batching_rules _interpreters.crossing
    _interpreters.dual _interpreters.fallback _interpreters.forms _interpreters.frames _interpreters.recorded
    _interpreters.recording _interpreters.tangents _ops.shaping backends.inventory backends.numpy_kernels backends.windows
    compiler.branches compiler.calling compiler.discovery compiler.explain compiler.gradients compiler.jit compiler.keys
    compiler.leaks compiler.outside compiler.pytree compiler.regions compiler.staged compiler.turns compiler.writing
    nn.attributes nn.gradient_hooks nn.placement nn.resizing nn.shape nn.state optim.own_steps optim.running optim.state
""".split()
#: Phrases of comments, docstrings and errors.
PHRASES = """
    takes its time|apart from the tensor that was given|what all of the frame gives
    Array types that compute something else|Into a frame and out of it again
    in a form that its own fits into|after what it returned is gone|whose ints may carry something along
    Something that a library does not know|Be ``view`` from now on|which was stored past them
    without changing the type of|what operations inside of transforms mostly are here for
    What to say of an input|knows better than the engine|for Python's garbage collector to go through
    fails for nothing but indices|it is there to be computed again|faster than the generic texts
    and what is computed from them has no derivative; if none is meant
    , too,|as it is|beside|of its own|stands for|is told|what is made of
    in PyTorch's language|held between|by way of|nobody|somebody|everybody
    Whose turn it is|so nobody is missed|Backward through a compiled function from outside|What regions leave for the gradient
    of everything else the value|and how to say it to a user|The path of every call of a program|As for the whole program
    with a trace of its own|assumption that it has shown to be wrong|text over ``xp``
    while a recorder watches it|how parameters follow their gradients|A program, to look at|each time what it depends on was
    nobody knows how many steps|which is for what is the same for all examples|nested as the primals are, of
"""


def phrases(table: str) -> list[str]:
    """The phrases of a table."""
    return [phrase.strip() for line in table.strip().splitlines() for phrase in line.split("|")]


def prose(path: Path) -> str:
    """The text of a file in one line, as its comments and strings are read."""
    text = re.sub(r"\n\s*#:? ?", " ", path.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", re.sub(r'"\s*\n\s*f?"', "", text))


def occurrences(phrase: str) -> list[str]:
    """The files that have ``phrase``, as often as they have it."""
    pattern = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)
    return [str(path.relative_to(ROOT)) for path in SOURCES for _ in pattern.findall(PROSE[path])]


PROSE = {path: prose(path) for path in SOURCES}
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def names_of(node: ast.AST) -> list[str]:
    """The identifiers that a node of the syntax tree brings."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    return [node.arg] if isinstance(node, (ast.arg, ast.keyword)) and node.arg else []


def test_no_old_name_is_used():
    found = {
        f"{path.relative_to(ROOT)}:{node.lineno}: {name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        for name in names_of(node)
        if name in NAMES
    }
    assert not found, "\n".join(sorted(found))


def test_no_function_has_the_name_of_a_value():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name.strip("_") in NO_FUNCTIONS
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("module", MODULES)
def test_a_renamed_module_is_gone(module):
    assert not (ROOT / "src" / "polygrad" / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("phrase", phrases(PHRASES))
def test_a_replaced_phrase_is_gone(phrase):
    found = occurrences(phrase)
    assert not found, f"{phrase!r} is in {', '.join(found)}"


def test_the_search_finds_a_phrase_across_lines():
    assert occurrences("The engine: tensors, graph, primitives") == ["src/polygrad/_core/__init__.py"]
    assert "src/polygrad/_core/engine.py" in occurrences("every node is reached after all nodes that used its result")
