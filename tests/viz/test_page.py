"""The HTML page of a graph is self-contained and shows the graph."""

import collections
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import polygrad
import polygrad.nn as nn
from polygrad import tensor, viz
from polygrad.utils.checkpoint import checkpoint

VOID = {"meta", "input", "br"}


class Parsed(HTMLParser):
    """The elements of a page, which have to close; scripts and styles with their text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], collections.Counter(), [], collections.defaultdict(list)
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID and self.get_starttag_text()[-2:] != "/>":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]].append(data)


def data_in(page):
    """The graph in a page, which is well-formed and asks for nothing else."""
    parsed = Parsed(page)
    assert page.startswith("<!DOCTYPE html>") and parsed.tags["script"] == 2 and parsed.tags["style"] == 1
    assert not {name for name, _ in parsed.attributes} & {"src", "href", "srcset", "action", "data"}
    assert not any(name.startswith("on") for name, _ in parsed.attributes)
    identifiers = [value for name, value in parsed.attributes if name == "id"]
    assert len(identifiers) == len(set(identifiers))
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'") in parsed.attributes
    embedded, program = parsed.texts["script"]
    for part in (*parsed.texts["style"], program):
        assert "//" not in re.sub(r"^ *// .*$|; // .*$|\{ // .*$|, // .*$", "", part, flags=re.MULTILINE)
        assert "url(" not in part.replace("url(#arrow)", "") and "import" not in part
    used = re.findall(r'find\("([\w-]+)"\)', program)
    assert used and set(used) <= set(identifiers)
    return json.loads(embedded)


def recorded(loss):
    """The nodes and edges behind a tensor as the public attributes tell them: names counted, with what each leads to."""
    nodes, edges = collections.Counter(), collections.Counter()
    seen, waiting = set(), [loss.grad_fn]
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        nodes[node.name()] += 1
        for position, (other, output) in enumerate(node.next_functions):
            if other is not None:
                edges[other.name(), node.name(), output, position] += 1
                waiting.append(other)
    return nodes, edges


def listed(data):
    """The same from the data of a page."""

    def name(node):
        if node["kind"] == "leaf":
            return "AccumulateGrad"
        return "".join(word[:1].upper() + word[1:] for word in node["operation"].split("_")) + "Backward"

    names = [name(node) for node in data["nodes"]]
    edges = collections.Counter((names[source], names[user], *ends) for source, user, *ends in data["edges"])
    return collections.Counter(names), edges


def leaf(*shape):
    return polygrad.ones(*shape, requires_grad=True)


class Double(polygrad.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 2


compiled = polygrad.compile(lambda x: ((x.sin() * 2).sum(), x.exp()))


def of_a_compiled_function(x):
    total, exponentials = [compiled(x) for _ in range(3)][-1]
    return total + exponentials.sum()


def with_module_hooks(x):
    model = nn.Linear(2, 2)
    model.register_full_backward_hook(lambda *_: None)
    return model(x).sum()


def of_several_outputs(x):
    values, vectors = polygrad.linalg.eigh(x)
    return values.sum() + vectors[0].sum()


def after_backward(x):
    loss = (x * x).exp().sum()
    loss.backward()
    return loss


#: Programs that record every kind of node.
PROGRAMS = {
    "formula": lambda x: ((x * x + 3.0) @ x).sum(),
    "one operand twice": lambda x: (x * x).sum(),
    "variadic": lambda x: polygrad.cat([x, x * 2, polygrad.ones(1, 2)]).sum(),
    "indices": lambda x: (x[polygrad.tensor([0, 1])] * x[:, :1]).sum(),
    "several outputs": of_several_outputs,
    "a function of one's own": lambda x: Double.apply(x).sum(),
    "compiled": of_a_compiled_function,
    "checkpoint": lambda x: checkpoint(lambda y: y.sin(), x, use_reentrant=False).sum(),
    "module boundaries": with_module_hooks,
    "branches": lambda x: polygrad.cond(x.sum() > 0, lambda y: y.sin(), lambda y: y.cos(), (x,)).sum(),
    "vmap": lambda x: polygrad.vmap(lambda row: row * x)(polygrad.ones(3, 2)).sum(),
    "second order": lambda x: polygrad.autograd.grad((x**3).sum(), x, create_graph=True)[0].sum(),
    "another type": lambda x: x.to(polygrad.float64).softmax(0).sum(),
    "freed": after_backward,
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_nodes_and_edges_are_the_graphs(program, backend):
    loss = PROGRAMS[program](leaf(2, 2))
    data = data_in(viz.html(loss))
    assert listed(data) == recorded(loss)
    assert all(source < user for source, user, *_ in data["edges"])
    assert data["nodes"][data["root"]]["name"].split(", ")[loss.output_nr] == data["loss"] == "loss"
    assert loss.grad_fn.name().startswith(data["nodes"][data["root"]]["operation"].replace("_", " ").title()[:3])


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_small_drawings_know_every_kind_of_node_too(program):
    loss = PROGRAMS[program](leaf(2, 2))
    assert "loss" in viz.mermaid(loss) and "loss" in viz.dot(loss, expand=True)


class TestWhatIsKnownOfANode:
    def named(self, page):
        return {node["name"]: node for node in data_in(page)["nodes"]}

    def test_shapes_and_what_is_saved(self, backend):
        w, x = leaf(3, 4), polygrad.ones(2, 3)
        hidden = x @ w
        loss = (hidden.tanh() * 0.5).sum(1)
        nodes = self.named(viz.html(loss))
        assert nodes["w"]["outputs"] == [{"number": 0, "shape": [3, 4], "dtype": "float32"}]
        assert nodes["hidden"]["formula"] == "x @ w" and nodes["hidden"]["outputs"][0]["shape"] == [2, 4]
        (product,) = [saved for saved in nodes["hidden"]["saved"] if saved["name"] == "x"]
        assert product == {"label": "x", "name": "x", "shape": [2, 3], "dtype": "float32", "bytes": 24}
        (tanh,) = [node for node in nodes.values() if node["operation"] == "tanh"]
        assert tanh["saved_bytes"] == 2 * 4 * 4 and tanh["outputs"][0]["dtype"] == "float32"
        assert nodes["loss"]["settings"] == {"axis": "1"} and not nodes["loss"]["freed"]

    def test_an_array_that_several_save_is_counted_once(self):
        x = leaf(1000)
        square, cube = x * x, x**3
        data = data_in(viz.html((square + cube).sum()))
        assert data["saved_bytes"] < 8100 < sum(node.get("saved_bytes", 0) for node in data["nodes"]) + 200

    def test_under_vmap_the_whole_batch_is_counted(self):
        x = leaf(2)
        nodes = self.named(viz.html(polygrad.vmap(lambda row: row * x)(polygrad.ones(3, 2)).sum()))
        assert [node["saved_bytes"] for node in nodes.values() if node["operation"] == "multiply"] == [24]

    def test_data_types_are_those_of_the_values(self):
        x, y = leaf(2), polygrad.ones(2, dtype=polygrad.float64, requires_grad=True)
        product = (x * y).exp()
        nodes = self.named(viz.html(product.sum()))
        dtypes = {node["operation"]: node["outputs"][0]["dtype"] for node in nodes.values() if node["kind"] != "leaf"}
        assert dtypes == {"cast": "float64", "multiply": None, "exp": "float64", "sum": "float64"}
        assert nodes["x"]["outputs"][0]["dtype"] == "float32" and nodes["y"]["outputs"][0]["dtype"] == "float64"

    def test_after_backward_nothing_is_saved(self):
        w = leaf(2)
        loss = (w * w).exp().sum()
        before = self.named(viz.html(loss))
        loss.backward()
        after = self.named(viz.html(loss))
        assert before["w"]["has_grad"] is False and after["w"]["has_grad"] is True
        assert before.keys() == after.keys() and data_in(viz.html(loss))["saved_bytes"] == 0
        assert all(
            node["freed"] and node["saved"] == [] for node in after.values() if node["operation"] in ("exp", "multiply")
        )

    def test_anomaly_mode_knows_the_line(self):
        w = leaf(2)
        with polygrad.autograd.detect_anomaly():
            hidden = w.exp()  # this line
        loss = hidden.sum()
        data = data_in(viz.html(loss))
        nodes = {node["name"]: node for node in data["nodes"]}
        file, line, function, code = data["frames"][nodes["hidden"]["source"][-1]]
        assert (
            file == __file__
            and code == "hidden = w.exp()  # this line"
            and function == "test_anomaly_mode_knows_the_line"
        )
        assert "# this line" in Path(__file__).read_text(encoding="utf-8").splitlines()[line - 1]
        assert nodes["loss"]["source"] == []


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.queries, self.out = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return self.out((self.queries(x) @ x.T).softmax(-1) @ x)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.perceptron = Attention(), nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))

    def forward(self, x):
        x = x + self.attention(x)
        return x + self.perceptron(x)


class Network(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.blocks, self.head = nn.ModuleList([Block() for _ in range(count)]), nn.Linear(4, 2)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class TestModules:
    def test_operations_are_in_the_modules_that_ran_them(self):
        model = Network(2)
        loss = model(polygrad.ones(3, 4)).exp().sum()
        nodes = data_in(viz.html(loss))["nodes"]
        inside = collections.defaultdict(list)
        for node in nodes:
            if node["kind"] == "operation":
                inside[node["module"]].append(node["operation"])
        for number in range(2):
            block = f"model.blocks.{number}"
            assert inside[f"{block}.attention.queries"] == ["linear"] == inside[f"{block}.perceptron.2"]
            assert {"matmul", "softmax"} <= set(inside[f"{block}.attention"])
            assert inside[f"{block}.perceptron"] == ["gelu"] and inside[block] == ["add", "add"]
        assert inside["model.head"] == ["linear"] and inside[""] == ["exp", "sum"]
        assert {node["module"] for node in nodes if node["name"].startswith("model.head.")} == {"model.head"}

    def test_only_dotted_names_tell_of_modules(self):
        params = {"a.b": leaf(1), "c['d.e']": leaf(1), "f": leaf(1), "g..h": leaf(1)}
        nodes = data_in(viz.html(sum(params.values()) * 1, params=params))["nodes"]
        assert {node["name"]: node["module"] for node in nodes if node["kind"] == "leaf"} == {
            "a.b": "a", "c['d.e']": "", "f": "", "g..h": ""
        }  # fmt: skip


HOSTILE = [
    "</script><script>alert(1)</script>", "<!--", "-->", "<!--STYLE-->", "<!--DATA-->", "<!--PROGRAM-->", "&lt;", "a'b\"c",
    "\u2028", "]]>", "\\u003c", "<img src=x onerror=alert(1)>", "__proto__", "constructor", "\x00", "\ud800", "名前",
]  # fmt: skip


class TestThePage:
    def test_hostile_names_are_only_names(self):
        params = {name: leaf(1) for name in HOSTILE}
        for name in HOSTILE:
            loss = params[name] * 2
            page = viz.html(loss, params={**params, f"{name}!": loss})
            data = data_in(page)
            assert page.encode()
            assert data["loss"] == f"{name}!" and [node["name"] for node in data["nodes"]] == [name, f"{name}!"]
        assert {node["name"] for node in data_in(viz.html(sum(params.values()), params=params))["nodes"]} >= set(
            HOSTILE
        )

    def test_it_is_written_where_it_is_told_to(self, tmp_path):
        θ = leaf(2)
        loss = θ * 2
        page = viz.html(loss, tmp_path / "graph.html")
        assert (tmp_path / "graph.html").read_bytes() == page.encode()
        assert viz.html(loss, str(tmp_path / "again.html")) == page
        assert (tmp_path / "again.html").read_bytes() == page.encode()
        assert data_in(page)["nodes"][0]["name"] == "θ"

    def test_a_notebook_shows_it_in_a_frame(self):
        loss = leaf(2) * 2
        page = viz.html(loss)
        (frame,) = re.findall(r'^<iframe srcdoc="([^"]*)" style="[^"]*"></iframe>$', page._repr_html_())
        assert html.unescape(frame) == page
        assert re.fullmatch(r"<page of HTML, \d+ kB>", repr(page)) and str(page).startswith("<!DOCTYPE")

    def test_a_graph_of_two_thousand_operations(self):
        w = leaf(3)
        y = w
        for _ in range(1000):
            y = (y * 1.5).tanh()
        data = data_in(viz.html(y))
        assert len(data["nodes"]) == 2001 and len(data["edges"]) == 2000
        assert data["nodes"][-1]["formula"] == f"tanh({data['nodes'][-2]['name']})"

    def test_a_leaf_alone(self):
        data = data_in(viz.html(leaf(2)))
        assert len(data["nodes"]) == 1 and data["edges"] == [] and data["root"] == 0

    def test_wrong_arguments(self, tmp_path):
        with pytest.raises(RuntimeError, match="there is no graph to draw: this tensor does not require grad"):
            viz.html(polygrad.ones(1), tmp_path / "never.html")
        with pytest.raises(TypeError, match="drawn from a Tensor, not from a float"):
            viz.html(1.0)
        with pytest.raises(TypeError, match="params maps names to tensors, but 'w' is a int"):
            viz.html(tensor(1.0, requires_grad=True), params={"w": 3})
        assert not list(tmp_path.iterdir())
