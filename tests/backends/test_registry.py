"""Plugins: they are discovered lazily, and a broken one is reported and does not affect the others.

Every plugin here is a real distribution: a module and the metadata of an installed package, on ``sys.path``.
"""

import importlib
import importlib.metadata
import os
import re
import subprocess
import sys
import textwrap
import threading
import tomllib
import zipfile
from pathlib import Path

import numpy
import pytest

from polygrad.backends import (
    PLUGIN_API_VERSION,
    Backend,
    BackendError,
    UnknownBackendError,
    available,
    describe,
    discovery,
    errors,
    get_backend,
    register_backend,
    set_backend,
    unregister_backend,
    use_backend,
)
from polygrad.backends.discovery import Discovery
from polygrad.backends.registry import BY_TYPE, Registry

#: A whole plugin.
GOOD = """
import numpy
from polygrad.backends import Backend, BackendRecord, hookimpl

class Array(numpy.ndarray):
    pass

class GoodBackend(Backend):
    name = "{name}"

    def owns(self, array_type):
        {owns}

    def namespace(self):
        {namespace}
        return library

@hookimpl
def polygrad_backends():
    return [BackendRecord("{name}", "{library}", GoodBackend, {version})]
"""


class Environment:
    """Distributions in a separate folder, which is on ``sys.path``."""

    def __init__(self, folder: Path):
        self.folder = folder

    def module(self, name, source):
        (self.folder / f"{name}.py").write_text(textwrap.dedent(source))
        importlib.invalidate_caches()

    def install(self, distribution, source, *, module, names=None, value=None, group="polygrad.backends", requires=()):
        """Install ``distribution``, whose module has the text ``source``, with an entry point for each of ``names``."""
        self.module(module, source)
        metadata = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        metadata.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {distribution}", "Version: 1.0"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (metadata / "METADATA").write_text("\n".join(lines) + "\n")
        points = "\n".join(f"{name} = {value or module}" for name in names or [module])
        (metadata / "entry_points.txt").write_text(f"[{group}]\n{points}\n")

    def install_broken(self, source, **options):
        self.install("polygrad-broken", source, module="broken", **options)

    def install_good(self, name="good", *, distribution=None, module=None, requires=(), **changes):
        """Install the plugin `GOOD`, with ``changes`` to its text."""
        parts = {
            "library": name,
            "version": PLUGIN_API_VERSION,
            "owns": "return issubclass(array_type, Array)",
            "namespace": "import array_api_compat.numpy as library",
        }
        source = GOOD.format(name=name, **parts | changes)
        self.install(distribution or f"polygrad-{name}", source, module=module or name, names=[name], requires=requires)

    def entry_points(self, group):
        for distribution in importlib.metadata.distributions(path=[str(self.folder)]):
            yield from distribution.entry_points.select(group=group)

    def registry(self, **environ):
        """A registry that sees what is installed here, and nothing else that this Python has."""
        return Registry(Discovery(self.entry_points, environ), environ)


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    yield Environment(tmp_path)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def message(error):
    return str(error.value)


def assert_others_work(registry):
    assert registry.get_backend("good").name == "good"
    assert registry.get_backend("numpy").name == "numpy"
    assert registry.by_type[numpy.ndarray].name == "numpy"
    assert {"numpy", "good"} <= set(available(registry))


# -- what is broken ----------------------------------------------------------------------------------------------------


def test_plugin_that_fails_to_import(environment):
    environment.install_good()
    environment.install_broken("def inner():\n    return 1 / 0\ninner()")
    registry = environment.registry()
    with pytest.raises(
        BackendError, match=r"'broken' \(polygrad-broken 1.0\) is broken: loading 'broken' raised Zero"
    ) as error:
        registry.get_backend("broken")
    assert "Update it, uninstall it (python -m pip uninstall polygrad-broken)" in message(error)
    cause = error.value.__cause__
    assert isinstance(cause, ZeroDivisionError)
    names = []
    traceback = cause.__traceback__
    while traceback is not None:
        names.append(traceback.tb_frame.f_code.co_name)
        traceback = traceback.tb_next
    assert names[-1] == "inner"  # the plugin's own traceback, to its end
    assert set(errors(registry)) == {"broken"}
    assert_others_work(registry)


def test_plugin_that_exits_at_import_does_not_end_the_program(environment):
    environment.install_good()
    environment.install_broken("raise SystemExit(3)")
    registry = environment.registry()
    with pytest.raises(BackendError, match="SystemExit: 3"):
        registry.get_backend("broken")
    assert_others_work(registry)


HOOK = """
from polygrad.backends import BackendRecord, hookimpl

@hookimpl
def polygrad_backends({arguments}):
    {body}
"""


@pytest.mark.parametrize(
    ("arguments", "body", "text"),
    [
        ("", "raise OSError('no disk')", r"its hook polygrad_backends\(\) raised OSError: no disk"),
        ("", "return None", r"has no hook polygrad_backends\(\)|returned None"),
        ("", "return 3", r"returned 3, not a list of BackendRecord"),
        ("", "return ['broken']", r"returned \['broken'\], not a list of BackendRecord"),
        ("", "return []", r"entry point is named 'broken' but its hook polygrad_backends\(\) offers nothing"),
        ("", "return [BackendRecord('Broken', 'numpy', print, 1)]", r"named 'broken' but its .* offers 'Broken'"),
        ("engine", "return []", r"its hooks do not fit"),
        (
            "",
            "return [BackendRecord('broken', 'numpy', print, '1')]",
            r"plugin API version '1', which is not an integer",
        ),
        ("", "return [BackendRecord('broken', 'numpy', dict, 1)]", r"its factory returned {}, which is no polygrad"),
        ("", "return [BackendRecord('broken', 'numpy', lambda: 1 / 0, 1)]", r"making its backend raised ZeroDivision"),
    ],
)
def test_plugin_whose_hook_is_wrong(environment, arguments, body, text):
    environment.install_good()
    environment.install_broken(HOOK.format(arguments=arguments, body=body))
    registry = environment.registry()
    with pytest.raises(BackendError, match=text):
        registry.get_backend("broken")
    assert set(errors(registry)) == {"broken"}
    assert_others_work(registry)


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("number = 3", "broken:number", r"'broken:number' is 3, of type int without a polygrad hook"),
        ("", "broken", r"'broken' is a module without a polygrad hook; it must name a module"),
        ("", "broken:missing", r"loading 'broken:missing' raised AttributeError"),
        ("", "no_such_module", r"loading 'no_such_module' raised ModuleNotFoundError"),
        (
            HOOK.replace("polygrad_backends", "polygrad_backend").format(arguments="", body="return []"),
            "broken",
            "unknown hook",
        ),
        (
            HOOK.replace("backends(", "primitives(").format(arguments="", body="return []"),
            "broken",
            "has no hook polygrad_b",
        ),
    ],
)
def test_entry_point_of_the_wrong_kind(environment, source, value, text):
    environment.install_good()
    environment.install_broken(source, value=value)
    registry = environment.registry()
    with pytest.raises(BackendError, match=text):
        registry.get_backend("broken")
    assert_others_work(registry)


def test_backend_that_does_not_initialize_its_base(environment):
    namespace = "import array_api_compat.numpy as library"
    constructor = "\n        return library\n\n    def __init__(self):\n        library = None"
    environment.install_good("lazy", namespace=namespace + constructor)
    with pytest.raises(BackendError, match=r"GoodBackend.__init__\(\) does not call super"):
        environment.registry().get_backend("lazy")


def test_two_of_the_same_name(environment):
    environment.install_good()
    environment.install_good("twin", distribution="polygrad-twin")
    environment.install_good("twin", distribution="other-twin", module="twin_two", names=["twin"])
    registry = environment.registry()
    with pytest.raises(
        BackendError, match=r"named 'twin': other-twin 1.0 and polygrad-twin 1.0; neither is used"
    ) as error:
        registry.get_backend("twin")
    assert "python -m pip uninstall" in message(error)
    assert set(errors(registry)) == {"twin"}
    assert [info.state for info in describe(registry) if info.name == "twin"] == ["unavailable", "unavailable"]
    assert "twin" not in sys.modules
    assert_others_work(registry)


def test_a_plugin_cannot_take_the_built_in_name(environment):
    environment.install_good()
    environment.install_good("numpy", distribution="usurper", module="usurper", names=["numpy"])
    registry = environment.registry()
    assert type(registry.get_backend("numpy")).__name__ == "NumpyBackend"
    assert "usurper 1.0 uses it too" in str(errors(registry)["numpy (usurper)"])
    assert_others_work(registry)


def test_the_built_in_backend_is_not_counted_twice(environment):
    environment.install("polygrad-core", "", module="anything", names=["numpy"], value="polygrad.backends.numpy.plugin")
    registry = environment.registry()
    assert [plugin.name for plugin in registry.discovery.plugins()].count("numpy") == 1
    assert available(registry)[0] == "numpy"


def test_one_module_may_bring_two_backends(environment):
    environment.install_good()
    source = GOOD.format(
        name="first",
        library="numpy",
        version=PLUGIN_API_VERSION,
        owns="return False",
        namespace="import array_api_compat.numpy as library",
    )
    source = source.replace("return [", "return [BackendRecord('second', 'numpy', Second, 1), ")
    source += "\nclass Second(GoodBackend):\n    name = 'second'\n"
    environment.install("polygrad-pair", source, module="pair", names=["first", "second"])
    registry = environment.registry()
    assert [registry.get_backend(name).name for name in ("first", "second")] == ["first", "second"]
    assert_others_work(registry)


def test_unknown_name(environment):
    environment.install_good()
    registry = environment.registry()
    with pytest.raises(UnknownBackendError, match=r"no backend 'god'. Did you mean 'good'\?") as error:
        registry.get_backend("god")
    assert "Installed: good, " in message(error)
    assert "pip install" not in message(error)  # a name that anybody may have taken
    assert issubclass(UnknownBackendError, ValueError)
    with pytest.raises(UnknownBackendError, match="there is no backend 'zzz'") as error:
        registry.get_backend("zzz")
    assert "Did you mean" not in message(error)
    with pytest.raises(TypeError, match="by its name, such as 'numpy', not 3"):
        registry.get_backend(3)
    assert_others_work(registry)


@pytest.mark.parametrize(
    ("version", "age", "remedy"),
    [
        (0, "too old", "polygrad-aged"),
        (PLUGIN_API_VERSION + 1, "too new", "polygrad-core (from a newer checkout of polygrad)"),
    ],
)
def test_api_version(environment, version, age, remedy):
    environment.install_good()
    environment.install_good("aged", version=version)
    registry = environment.registry()
    with pytest.raises(BackendError, match=f"{age}: it was written for plugin API version {version}, and") as error:
        registry.get_backend("aged")
    assert f"serves version {PLUGIN_API_VERSION}. " in message(error)
    assert message(error).endswith(f"Upgrade {remedy}")
    assert_others_work(registry)


@pytest.mark.parametrize(
    "environ",
    [{"POLYGRAD_BACKENDS_DISABLE": "other, x"}, {"POLYGRAD_BACKENDS_ALLOW": "good"}],
    ids=["disable", "allow"],
)
def test_disabled(environment, environ):
    environment.install_good()
    environment.install("polygrad-other", module="other", source="raise AssertionError('a disabled plugin was loaded')")
    registry = environment.registry(**environ)
    with pytest.raises(BackendError, match=rf"'other' \(polygrad-other 1.0\) is disabled by {next(iter(environ))}"):
        registry.get_backend("other")
    assert errors(registry) == {}
    assert {info.name: info.state for info in describe(registry)}["other"] == "disabled"
    assert_others_work(registry)


def test_the_built_in_backend_can_be_disabled(environment):
    environment.install_good()
    registry = environment.registry(POLYGRAD_BACKENDS_DISABLE="numpy", POLYGRAD_BACKEND="good")
    assert registry.get_backend().name == "good"
    assert available(registry) == ["good"]
    with pytest.raises(BackendError, match="'numpy' .* is disabled by POLYGRAD_BACKENDS_DISABLE"):
        registry.get_backend("numpy")
    with pytest.raises(TypeError, match="Not asked: numpy: disabled by POLYGRAD_BACKENDS_DISABLE"):
        registry.by_type[numpy.ndarray]
    # A list of what is allowed is about plugins: the built-in backend needs no permission.
    assert environment.registry(POLYGRAD_BACKENDS_ALLOW="good").get_backend().name == "numpy"


def test_a_name_that_is_disabled_is_no_duplicate(environment):
    environment.install_good("twin")
    environment.install_good("twin", distribution="other-twin", module="twin_two", names=["twin"])
    assert errors(environment.registry(POLYGRAD_BACKENDS_DISABLE="twin")) == {}


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (
            "jax",
            r"no backend 'jax'. Installed: good, numpy. 'jax' is a plugin: python -m pip install ./backends/polygrad-jax ",
        ),
        (
            "jxa",
            r"Did you mean 'jax'\?.*'jax' is a plugin: python -m pip install ./backends/polygrad-jax \(in a checkout",
        ),
        ("cuyp", r'python -m pip install "./backends/polygrad-cupy\[cuda12\]" \(in a checkout'),
        ("stirct", r"python -m pip install ./backends/polygrad-strict"),
    ],
)
def test_known_plugins_are_installed_from_a_checkout(environment, asked, text):
    environment.install_good()
    with pytest.raises(UnknownBackendError, match=text):
        environment.registry().get_backend(asked)


def test_no_plugin_is_made_up(environment):
    environment.install_good("jax", library="numpy")
    registry = environment.registry()
    for asked in ("jxa", "tensorflow", "abacus", "mlx"):
        with pytest.raises(UnknownBackendError) as error:
            registry.get_backend(asked)
        assert "pip install" not in message(error)


@pytest.mark.parametrize(
    ("module", "name"), [("jaxlib._jax", "jax"), ("cupy", "cupy"), ("array_api_strict._x", "strict")]
)
def test_arrays_of_a_known_library_name_its_plugin(environment, module, name):
    with pytest.raises(TypeError, match=rf"'{name}' owns them: python -m pip install \"?./backends/polygrad-{name}"):
        environment.registry().by_type[type("Array", (), {"__module__": module})]
    with pytest.raises(TypeError) as error:
        environment.registry().by_type[type("Array", (), {"__module__": "abacus"})]
    assert "pip install" not in message(error)


def test_known_plugins_are_those_of_the_checkout():
    from polygrad.backends.plugins import KNOWN

    folders = Path(__file__).parents[2] / "backends"
    if not folders.is_dir():
        pytest.skip("no checkout")
    projects = {path.parent.name: tomllib.loads(path.read_text()) for path in folders.glob("*/pyproject.toml")}
    assert {name: name for name in projects} == {folder: text["project"]["name"] for folder, text in projects.items()}
    points = {
        backend: text["project"]["name"]
        for text in projects.values()
        for backend in text["project"]["entry-points"]["polygrad.backends"]
    }
    assert points == KNOWN


def test_a_broken_plugin_of_a_checkout_is_updated_from_there(environment):
    environment.install("polygrad-jax", "1 / 0", module="broken_jax", names=["jax"])
    with pytest.raises(
        BackendError, match=r"Update it \(python -m pip install ./backends/polygrad-jax \(in a checkout"
    ):
        environment.registry().get_backend("jax")


def test_a_library_is_not_guessed_by_the_name_that_it_is_imported_by(environment):
    environment.install_good("far", **FAR)
    with pytest.raises(BackendError, match="install it as its documentation says") as error:
        environment.registry().get_backend("far")
    assert "pip install" not in message(error)


FAR = {"library": "far_away", "namespace": "import far_away as library"}


def test_library_that_is_not_installed(environment):
    environment.install_good()
    environment.install_good("far", **FAR, requires=["polygrad-core", "far-away>=3; python_version > '3'"])
    registry = environment.registry()
    with pytest.raises(BackendError, match="'far' needs the library 'far_away', which is not installed") as error:
        registry.get_backend("far")
    assert 'python -m pip install "far-away>=3"' in message(error)
    assert isinstance(error.value.__cause__, ModuleNotFoundError)
    assert_others_work(registry)
    # Installing it helps at once, in a running notebook too.
    environment.module("far_away", "from array_api_compat.numpy import *")
    assert registry.get_backend("far").name == "far"
    assert errors(registry) == {}


def test_library_that_fails_to_import(environment):
    environment.install_good("far", **FAR)
    environment.module("far_away", "from far_away.core import missing")
    with pytest.raises(
        BackendError, match=r"'far_away', which cannot be imported \(ModuleNotFoundError: No module named"
    ):
        environment.registry().get_backend("far")


@pytest.mark.parametrize(
    "source", ["1 / 0", "x = 3", "from polygrad.backends import hookimpl\n@hookimpl\ndef polygrad_x(): pass"]
)
def test_strict_raises_when_plugins_are_looked_for(environment, source):
    environment.install_good()
    environment.install_broken(source)
    registry = environment.registry(POLYGRAD_PLUGIN_STRICT="1")
    with pytest.raises(BackendError, match="'broken'"):
        registry.get_backend("good")
    assert environment.registry(POLYGRAD_PLUGIN_STRICT="0").get_backend("good").name == "good"


def test_strict_raises_for_two_of_the_same_name(environment):
    environment.install_good("twin")
    environment.install_good("twin", distribution="other-twin", module="twin_two", names=["twin"])
    with pytest.raises(BackendError, match="two plugins have a backend named"):
        available(environment.registry(POLYGRAD_PLUGIN_STRICT="1"))


# -- array types -------------------------------------------------------------------------------------------------------


def test_unknown_array_type_names_the_type_and_the_broken_plugins(environment):
    environment.install_good()
    environment.install_broken("1 / 0")
    environment.install("polygrad-off", "", module="off")
    registry = environment.registry(POLYGRAD_BACKENDS_DISABLE="off")
    with pytest.raises(
        TypeError, match=r"no backend owns arrays of type tests\.backends\.test_registry\.\S*Unknown; backends here: "
    ) as error:
        registry.by_type[type("Unknown", (), {"__module__": __name__})]
    for text in (
        "good",
        "numpy",
        "polygrad.tensor()",
        "broken: plugin 'broken'",
        "ZeroDivisionError",
        "off: disabled by",
    ):
        assert text in message(error)
    assert_others_work(registry)


def test_backend_is_made_when_an_array_of_its_type_appears(environment):
    environment.install_good()
    registry = environment.registry()
    import good

    assert registry.by_type[good.Array] is registry.get_backend("good")
    # A subclass of a NumPy array is its own library's, not NumPy's.
    assert registry.by_type[type("Mine", (good.Array,), {})].name == "good"
    assert registry.by_type[type("Mine", (numpy.ndarray,), {})].name == "numpy"


def test_a_backend_whose_library_is_not_imported_is_not_made(environment):
    environment.install_good("far", library="far_away", namespace="raise AssertionError")
    registry = environment.registry()
    with pytest.raises(TypeError) as error:
        registry.by_type[Environment]
    assert "Not asked" not in message(error)


def test_owns_that_raises(environment):
    environment.install_good()
    environment.install_good("moody", owns="raise KeyError('moody')")
    registry = environment.registry()
    import moody  # noqa: F401

    with pytest.raises(TypeError, match=r"moody: backend 'moody' is broken: its owns\(Environment\) raised KeyError"):
        registry.by_type[Environment]
    assert_others_work(registry)


@pytest.mark.parametrize("array_type", [list, float, str, type(None)])
def test_python_objects_load_no_plugins(environment, array_type):
    environment.install_good()
    with pytest.raises(TypeError, match=f"no backend owns arrays of type builtins.{array_type.__name__}"):
        environment.registry().by_type[array_type]
    assert "good" not in sys.modules


def test_numpy_arrays_and_names_load_no_other_plugin(environment):
    environment.install_good()
    registry = environment.registry()
    assert registry.by_type[numpy.ndarray] is registry.by_type[numpy.float32] is registry.get_backend()
    assert registry.get_backend("numpy").name == "numpy"
    with pytest.raises(UnknownBackendError):
        registry.get_backend("unknown")
    assert "good" not in sys.modules


def test_installed_plugins_are_found(environment):
    environment.install_good()
    code = "import polygrad.backends as b, sys; assert 'good' not in sys.modules; print(b.get_backend().name)"
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(environment.folder), *sys.path]),
        "POLYGRAD_BACKEND": "good",
    }
    result = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "good"


def test_import_is_lazy():
    code = """
        import sys
        import polygrad.backends
        unwanted = {"pluggy", "importlib.metadata", "difflib", "polygrad.backends.hookspecs"} & set(sys.modules)
        assert not unwanted, unwanted
        polygrad.tensor([1.0, 2.0]).sum()
        unwanted = {"array_api_strict", "jax", "cupy", "torch", "polygrad_strict", "polygrad_jax"} & set(sys.modules)
        assert not unwanted, unwanted
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)


@pytest.mark.parametrize(
    "metadata",
    ["some-1.0.dist-info", "Some-1.0.Dist-Info", "some.egg-info", "some-1.0.egg/EGG-INFO", "archive.zip", "other"],
)
def test_the_quick_look_for_extensions_finds_what_is_there(tmp_path, monkeypatch, metadata):
    group = "polygrad.extensions"
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(tmp_path)])
    assert not discovery._may_have_entry_points(group)
    if metadata == "archive.zip":
        with zipfile.ZipFile(tmp_path / metadata, "w") as archive:
            archive.writestr("some-1.0.dist-info/METADATA", "Name: some\n")
            archive.writestr("some-1.0.dist-info/entry_points.txt", f"[{group}]\nsome = some\n")
        sys.path.append(str(tmp_path / metadata))
    elif metadata == "other":
        finder = type("Finder", (), {"find_spec": lambda *_: None, "find_distributions": lambda *_: iter(())})()
        monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, finder])
    else:
        folder = tmp_path / metadata
        folder.mkdir(parents=True)
        if folder.name == "EGG-INFO":
            sys.path.append(str(folder.parent))
        for name in ("METADATA", "PKG-INFO"):
            (folder / name).write_text("Name: some\n")
        (folder / "entry_points.txt").write_text("[polygrad.backends]\nsome = some\n")
        assert not discovery._may_have_entry_points(group)
        (folder / "entry_points.txt").write_text(f"[{group}]\nsome = some\n")
    assert discovery._may_have_entry_points(group)
    if metadata != "other":
        assert [point.name for point in discovery._installed_entry_points(group)] == ["some"]


class Registered(Backend):
    """A backend that no plugin provides, with a new array type."""

    name = "registered"

    class Array(numpy.ndarray):
        pass

    def owns(self, array_type):
        return issubclass(array_type, self.Array)

    def namespace(self):
        import array_api_compat.numpy

        return array_api_compat.numpy


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"apart": None}, r"Old.apart: .* use CompilingBackend.optimization_barrier"),
        ({"ask": None}, r"Old.ask: .* use CompilingBackend.assume"),
        ({"into": None}, r"Old.into: .* use an attribute replay_facts"),
        ({"capabilities": frozenset({"jit"}), "capture": None}, "must derive from polygrad.backends.CompilingBackend"),
    ],
)
def test_a_backend_for_the_former_interface_says_what_to_change(members, text):
    with pytest.raises(TypeError, match=text):
        type("Old", (Backend,), members)


def test_a_plugin_for_the_former_interface_says_what_to_change(environment):
    environment.install_good()
    environment.install_broken(
        "from polygrad.backends import Backend\n\n"
        "class Old(Backend):\n    name = 'broken'\n    def apart(self, function, arrays):\n        return []\n"
    )
    registry = environment.registry()
    with pytest.raises(BackendError, match=r"Old.apart: .* use CompilingBackend.optimization_barrier"):
        registry.get_backend("broken")
    assert_others_work(registry)


@pytest.fixture
def registered():
    backend = register_backend(Registered())
    yield backend
    unregister_backend(backend)


def test_registered_backend(registered):
    assert BY_TYPE[Registered.Array] is registered is get_backend("registered")
    assert "registered" in available()
    with pytest.raises(BackendError, match=r"named 'registered' already \(registered\); choose another name"):
        register_backend(Registered())
    with pytest.raises(TypeError, match="takes an instance of polygrad.backends.Backend, not <class"):
        register_backend(Registered)
    unregister_backend(registered)
    with pytest.raises(UnknownBackendError):
        get_backend("registered")
    assert BY_TYPE[Registered.Array].name == "numpy"
    del BY_TYPE[Registered.Array]
    register_backend(registered)


def test_registered_backend_cannot_take_an_installed_name():
    class Usurper(Registered):
        name = "numpy"

    with pytest.raises(BackendError, match=r"named 'numpy' already \(polygrad-core"):
        register_backend(Usurper())


def test_interpreters_own_types_but_are_not_chosen_by_name():
    class Interpreter(Registered):
        name, level = "interpreter", 1

    backend = register_backend(Interpreter())
    try:
        assert BY_TYPE[type("Traced", (Registered.Array,), {})] is backend
        assert "interpreter" not in available()
        with pytest.raises(UnknownBackendError):
            get_backend("interpreter")
    finally:
        unregister_backend(backend)


def test_a_backend_is_made_once_by_many_threads(environment):
    environment.install_good("slow", namespace="import time, array_api_compat.numpy as library; time.sleep(0.05)")
    registry = environment.registry()
    found = []
    threads = [threading.Thread(target=lambda: found.append(registry.get_backend("slow"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1


# -- extensions --------------------------------------------------------------------------------------------------------

EXTENSION = """
    from polygrad.backends import hookimpl

    def fast_add(x, y):
        return x + y

    @hookimpl
    def polygrad_kernels(backend):
        return {"add": fast_add} if backend == "good" else {}

    @hookimpl
    def polygrad_primitives():
        return ["more_primitives"]
"""


def test_extension_brings_kernels_and_primitives(environment):
    environment.install_good()
    environment.install_good("plain")
    environment.install("fast-add", EXTENSION, module="fast_add", group="polygrad.extensions")
    environment.module("more_primitives", "loaded = True")
    registry = environment.registry()
    backend = registry.get_backend("good")
    assert backend.kernels["add"].__name__ == "fast_add"
    assert backend.xp.add is backend.kernels["add"]
    assert "add" not in type(backend).kernels
    assert "add" not in registry.get_backend("plain").kernels
    assert "more_primitives" in sys.modules
    assert errors(registry) == {}


@pytest.mark.parametrize(
    "environ",
    [
        {"POLYGRAD_BACKENDS_DISABLE": "fast_add"},
        {"POLYGRAD_BACKENDS_ALLOW": "good"},
        {"POLYGRAD_BACKENDS_ALLOW": "good,fast_add", "POLYGRAD_BACKENDS_DISABLE": "x,fast_add"},
    ],
)
def test_an_extension_that_is_switched_off_is_not_imported(environment, environ):
    environment.install_good()
    environment.install("fast-add", "raise AssertionError", module="fast_add", group="polygrad.extensions")
    registry = environment.registry(**environ)
    assert "add" not in registry.get_backend("good").kernels
    assert errors(registry) == {} and "fast_add" not in sys.modules
    (extension,) = registry.discovery.extensions()
    assert extension.disabled_by in environ


def test_an_extension_that_is_allowed_is_used(environment):
    environment.install_good()
    environment.install("fast-add", EXTENSION, module="fast_add", group="polygrad.extensions")
    environment.module("more_primitives", "")
    registry = environment.registry(POLYGRAD_BACKENDS_ALLOW="fast_add,good")
    assert "add" in registry.get_backend("good").kernels


def test_what_an_extension_replaces_is_known(environment):
    environment.install_good()
    source = EXTENSION.replace('"add": fast_add', '"add": fast_add, "subtract": fast_add')
    source = source.replace('if backend == "good" else {}', 'if backend in ("good", "numpy") else {}')
    environment.install("fast-add", source, module="fast_add", group="polygrad.extensions")
    environment.module("more_primitives", "")
    registry = environment.registry()
    registry.get_backend("good")
    registry.get_backend("numpy")
    (extension,) = registry.discovery.extensions()
    assert extension.kernels == {"good": ["add", "subtract"], "numpy": ["add", "subtract"]}
    assert extension.replaced == {"numpy": ["add", "subtract"]}  # the other has no kernels


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            'return {"add"',
            'raise OSError("disk")\n        {"add"',
            r"its hook polygrad_kernels\(\) raised OSError: disk",
        ),
        ('{"add": fast_add}', '{"add": 3}', r"returned {'add': 3}, not primitive name → function"),
        (
            "more_primitives",
            "missing_primitives",
            r"importing its primitives 'missing_primitives' raised ModuleNotFound",
        ),
        ("from polygrad", "1 / 0\n    from polygrad", r"loading 'fast_add' raised ZeroDivisionError"),
    ],
)
def test_broken_extension_leaves_the_backend_alone(environment, old, new, text):
    environment.install_good()
    environment.install("fast-add", EXTENSION.replace(old, new), module="fast_add", group="polygrad.extensions")
    environment.module("more_primitives", "")
    registry = environment.registry()
    assert_others_work(registry)
    (name, error) = next(iter(errors(registry).items()))
    assert name == "fast_add (extension)"

    assert re.search(text, str(error))
    with pytest.raises(BackendError, match=text):
        environment.registry(POLYGRAD_PLUGIN_STRICT="1").get_backend("good")


# -- which backend makes new tensors -----------------------------------------------------------------------------------


def test_choice_of_the_default(environment):
    environment.install_good()
    assert environment.registry().default()[1] == "built-in default"
    registry = environment.registry(POLYGRAD_BACKEND="good")
    assert registry.default() == (registry.get_backend("good"), "POLYGRAD_BACKEND")
    registry.set_backend("numpy")
    assert registry.default() == (registry.get_backend("numpy"), "set_backend()")
    registry.set_backend(None)
    assert registry.get_backend().name == "good"
    with pytest.raises(UnknownBackendError):
        registry.set_backend("god")
    assert registry.get_backend().name == "good"


def test_wrong_environment_variable_is_named(environment):
    environment.install_broken("1 / 0")
    with pytest.raises(UnknownBackendError, match="variable POLYGRAD_BACKEND=brokn: there is no"):
        environment.registry(POLYGRAD_BACKEND="brokn").get_backend()
    with pytest.raises(BackendError, match="environment variable POLYGRAD_BACKEND=broken: plugin 'broken'") as error:
        environment.registry(POLYGRAD_BACKEND="broken").get_backend()
    assert isinstance(error.value.__cause__, ZeroDivisionError)


def test_use_backend_nests_and_restores(registered):
    outside = get_backend()
    with use_backend("registered") as backend:
        assert backend is registered is get_backend()
        with use_backend("numpy"):
            assert get_backend().name == "numpy"
        assert get_backend() is registered
        with pytest.raises(UnknownBackendError), use_backend("unknown"):
            pass
        assert get_backend() is registered
    assert get_backend() is outside
    with pytest.raises(ZeroDivisionError), use_backend(registered):
        1 / 0
    assert get_backend() is outside


def test_use_backend_is_stronger_than_set_backend(registered):
    with use_backend("registered"):
        set_backend("numpy")
        assert get_backend() is registered
    set_backend(None)


def test_one_use_backend_can_be_entered_again(registered):
    context = use_backend("registered")
    with context, context:
        assert get_backend() is registered
    assert get_backend().name != "registered"


def test_use_backend_decorates_functions(registered):
    context = use_backend("registered")

    @context
    def recursive(depth):
        """Documented."""
        if depth:
            recursive(depth - 1)
        return get_backend()

    assert recursive(3) is registered
    assert recursive.__doc__ == "Documented."
    assert get_backend().name != "registered"

    def generator():
        yield 1

    async def coroutine():
        pass

    for function in (generator, coroutine):
        with pytest.raises(TypeError, match=r"cannot decorate .*write `with use_backend\('registered'\):` inside it"):
            context(function)


def test_use_backend_is_isolated_between_threads_and_tasks(registered):
    import asyncio

    context = use_backend("registered")
    both_inside = threading.Barrier(2, timeout=10)
    seen = {}

    def inside():
        with context:
            both_inside.wait()
            seen["inside"] = get_backend().name
            both_inside.wait()
        seen["after"] = get_backend().name

    def outside():
        both_inside.wait()
        seen["outside"] = get_backend().name
        both_inside.wait()

    threads = [threading.Thread(target=target) for target in (inside, outside)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"inside": "registered", "outside": "numpy", "after": "numpy"}

    async def task(name):
        with use_backend(name):
            await asyncio.sleep(0.01)
            return get_backend().name

    async def tasks():
        return await asyncio.gather(*map(task, ["registered", "numpy", "registered"]))

    assert asyncio.run(tasks()) == ["registered", "numpy", "registered"]


def test_unregistering_what_is_not_registered_says_so():
    with pytest.raises(ValueError, match=r"unregister_backend\(\): 'nothing' is not registered"):
        unregister_backend("nothing")
