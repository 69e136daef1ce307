"""Drawings of the recorded graph, and summaries of models."""

import itertools
import math
import pickle
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest

import polygrad
import polygrad.nn as nn
from polygrad import tensor, viz

MERMAID_LINES = (
    r"graph (LR|RL|TB|BT|TD)",
    r"    subgraph \w+\[\"[\w ]+\"\]",
    r"        [A-Z]\w*\[\"[^\"`<>]*(<br/>\(.*\))?\"\]",
    r"        [A-Z]\w* --> [A-Z]\w*",
    r"    end",
    r"    [A-Z]\w* -->\|backward\| [A-Z]\w*",
)


def check_mermaid(text):
    """Every line is of a known form, and every arrow joins boxes that there are."""
    for line in text.splitlines():
        assert any(re.fullmatch(form, line) for form in MERMAID_LINES), line
    boxes = re.findall(r"^ +(\w+)\[\"", text, flags=re.MULTILINE)
    assert len(boxes) == len(set(boxes))
    for source, target in re.findall(r"^ +(\w+) -->(?:\|backward\|)? (\w+)$", text, flags=re.MULTILINE):
        assert source in boxes and target in boxes
    return text


def check_dot(text):
    """Graphviz takes it, where there is a Graphviz; brackets and quotes close in any case."""
    without_strings = re.sub(r'"(\\.|[^"\\])*"', "S", text)
    assert '"' not in without_strings
    for opening, closing in ("{}", "[]"):
        assert without_strings.count(opening) == without_strings.count(closing)
    program = shutil.which("dot")
    if program is not None:
        run = subprocess.run([program, "-Tcanon"], input=text, capture_output=True, text=True)
        assert run.returncode == 0 and not run.stderr, run.stderr
    return text


def labels(text):
    """The text in each box of a Mermaid drawing without shapes, by its identifier."""
    return dict(re.findall(r"^ +(\w+)\[\"(.*)\"\]$", text, flags=re.MULTILINE))


def leaf(*shape):
    return polygrad.ones(*shape, requires_grad=True)


class TestTheGuidesExample:
    @pytest.fixture
    def drawn(self):
        w = tensor([2.0], requires_grad=True)
        b = tensor([1.0], requires_grad=True)
        x = tensor([5.0])
        z = w * x + b
        L = z**2
        return viz.mermaid(L), viz.dot(L)

    def test_as_mermaid(self, drawn):
        text = check_mermaid(drawn[0])
        for line in (
            'W["w<br/>(1,)"]', 'X["x<br/>(1,)"]', 'B["b<br/>(1,)"]', 'Z["z = w * x + b<br/>(1,)"]',
            'L["L = z²<br/>(1,)"]', "W --> Z", "X --> Z", "B --> Z", "Z --> L", "L -->|backward| Z_grad",
            'Z_grad["∂L/∂z"]', "Z_grad --> W_grad", "Z_grad --> B_grad", 'subgraph Forward_Pass["Forward Pass"]',
            'subgraph Backward_Pass["Backward Pass"]',
        ):  # fmt: skip
            assert re.search(rf"^ +{re.escape(line)}$", text, flags=re.MULTILINE), line
        assert "X_grad" not in text

    def test_as_dot(self, drawn):
        text = check_dot(drawn[1])
        for part in ('label="z = w * x + b\\n(1,)"', "W -> Z;", 'L -> Z_grad [label="backward"];', "cluster_backward"):
            assert part in text

    def test_it_is_the_same_every_time(self, drawn):
        w, b, x = tensor([2.0], requires_grad=True), tensor([1.0], requires_grad=True), tensor([5.0])
        z = w * x + b
        L = z**2
        assert (viz.mermaid(L), viz.dot(L)) == drawn


class TestFormulas:
    @pytest.mark.parametrize(
        ("compute", "text"),
        [
            (lambda a, b: a - (b - a), "L = a - (b - a)"),
            (lambda a, b: a - b - a, "L = a - b - a"),
            (lambda a, b: a + (b + a), "L = a + b + a"),
            (lambda a, b: a / (b * a), "L = a / (b * a)"),
            (lambda a, b: (a + b) * a, "L = (a + b) * a"),
            (lambda a, b: -(a + b), "L = -(a + b)"),
            (lambda a, b: (-a) ** 2, "L = (-a)²"),
            (lambda a, b: -(a**3), "L = -a³"),
            (lambda a, b: a**0.5, "L = a ** 0.5"),
            (lambda a, b: a**-2, "L = a⁻²"),
            (lambda a, b: a**b, "L = a ** b"),
            (lambda a, b: (a**b) ** a, "L = (a ** b) ** a"),
            (lambda a, b: 2 * a + 0.5 * b, "L = a * 2 + b * 0.5"),
            (lambda a, b: a * -3.0, "L = a * -3"),
            (lambda a, b: a @ b, "L = a @ b"),
            (lambda a, b: a[0, 1:], "L = a[0, 1:]"),
            (lambda a, b: a[..., None].exp(), "L = exp(a[…, None])"),
            (lambda a, b: a[..., :1] * a[::2, 0], "L = a[…, :1] * a[0:2:2, 0]"),
            (lambda a, b: a.sum(0), "L = sum(a, axis=0)"),
            (lambda a, b: polygrad.cat([a, b]).tanh(), "L = tanh(concat(a, b))"),
            (lambda a, b: (a + 1e-6).log().sin(), "L = sin(log(a + const))"),
        ],
    )
    def test_are_written_as_mathematics(self, compute, text):
        a, b = leaf(2, 2), leaf(2, 2)
        drawn = labels(check_mermaid(viz.mermaid(compute(a, b), params={"a": a, "b": b}, shapes=False)))
        # Scalars on the left are shown on the left; which side they stand on is the operation's.
        assert drawn["L"] in (text, text.replace("a * 2 + b * 0.5", "2 * a + 0.5 * b"))

    def test_several_outputs_are_numbered_where_others_than_the_first_are_used(self):
        a = leaf(3)
        variance, mean = polygrad.var_mean(a)
        product = variance * mean
        assert labels(viz.mermaid(product, shapes=False))["Product"] == "product = variance * mean"
        values, vectors = polygrad.linalg.eigh(polygrad.eye(2).requires_grad_())
        total = values.sum() + vectors.sum()
        drawn = labels(viz.mermaid(total, shapes=False))
        assert drawn["Values"].endswith("[0]") and drawn["Vectors"].endswith("[1]")

    def test_a_tensor_that_is_used_twice_has_a_box(self):
        a = leaf(2)
        total = (lambda used: used * used + used)(a.exp())
        drawn = labels(check_mermaid(viz.mermaid(total, shapes=False)))
        assert drawn["H1"] == "h1 = exp(a)" and drawn["Total"] == "total = h1 * h1 + h1"

    def test_a_long_formula_is_broken_up(self):
        a = leaf(2)
        y = a
        for _ in range(12):
            y = (y * 2 + a).tanh()
        drawn = labels(check_mermaid(viz.mermaid(y.sum(), shapes=False)))
        assert "H1" in drawn and max(map(len, drawn.values())) <= 72

    def test_expand_gives_every_operation_a_box(self):
        a, b = leaf(2), leaf(2)
        y = ((a + b).exp() * 3).sum()
        drawn = labels(check_mermaid(viz.mermaid(y, shapes=False, expand=True)))
        steps = ["h1 = a + b", "h2 = exp(h1)", "h3 = h2 * 3", "y = sum(h3)"]
        assert [drawn[box] for box in ("H1", "H2", "H3", "Y")] == steps

    def test_a_function_of_ones_own_has_its_name(self):
        class Swish(polygrad.autograd.Function):
            @staticmethod
            def forward(ctx, x, slope):
                ctx.save_for_backward(x)
                return x * polygrad.sigmoid(x)

            @staticmethod
            def backward(ctx, grad):
                return grad, None

        a = leaf(2)
        assert labels(viz.mermaid(Swish.apply(a, 1.0).sum(), shapes=False))["L"] == "L = sum(Swish(a))"

    def test_after_backward_the_structure_is_left(self):
        w, x = leaf(1), polygrad.ones(1)
        loss = (w * x) ** 2
        loss.backward()
        drawn = labels(check_mermaid(viz.mermaid(loss, shapes=False)))
        assert drawn["Loss"] == "loss = (w * const) ** …" and "X" not in drawn


class TestNames:
    def test_parameters_of_models(self):
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        x, target = polygrad.ones(2, 3), polygrad.zeros(2, 1)
        loss = nn.functional.mse_loss(model(x), target)
        drawn = labels(check_mermaid(viz.mermaid(loss, shapes=False)))
        assert drawn["Model_0_weight"] == "model.0.weight" and drawn["Model_2_bias_grad"] == "∂loss/∂model.2.bias"
        assert drawn["X"] == "x" and drawn["Target"] == "target"
        check_dot(viz.dot(loss))

    def test_given_names_are_the_only_ones(self):
        model = nn.Linear(3, 1)
        x = polygrad.ones(2, 3)
        loss = model(x).sum()
        drawn = labels(check_mermaid(viz.mermaid(loss, params=dict(model.named_parameters()), shapes=False)))
        assert drawn["Weight"] == "weight" and drawn["Bias"] == "bias" and "X" not in drawn
        assert drawn["L"] == "L = sum(linear(const, weight, bias))" or drawn["L"].startswith("L = sum(h")

    def test_lists_and_dictionaries(self):
        weights, named = [leaf(2), leaf(2)], {"scale": leaf(2)}
        total = (weights[0] * weights[1] * named["scale"]).sum()
        drawn = labels(check_mermaid(viz.mermaid(total, shapes=False)))
        assert drawn["H1"] == "h1 = weights[0] * weights[1] * named['scale']" and drawn["Total"] == "total = sum(h1)"

    def test_variables_of_the_module_are_found_in_a_function(self):
        assert labels(viz.mermaid((GLOBAL * 2).sum(), shapes=False))["GLOBAL"] == "GLOBAL"

    def test_names_that_mermaid_and_graphviz_would_stumble_over(self):
        names = ["end", "x y", 'quo"te', "a<b>&c", "θ", "0", "_hidden_", "back\\slash", "[brackets]"]
        names += ["subgraph", "`code`", "#1;", "a\nb", "1. item", "style", "default", "LR", "%%", "(p)", "{q}", "|r|"]
        tensors = {name: leaf(1) for name in names}
        total = sum(tensors.values()) * 1
        drawn = check_mermaid(viz.mermaid(total, params=tensors))
        assert "&c" not in drawn and "#quot;" in drawn and "#lt;" in drawn and "#95;hidden#95;" in drawn
        assert "End[" in drawn and "Subgraph_[" in drawn and "θ" in drawn
        check_dot(viz.dot(total, params=tensors))

    def test_names_that_differ_by_signs_only_get_identifiers_of_their_own(self):
        tensors = {"a.b": leaf(1), "a_b": leaf(1), "A.b": leaf(1), "a.b_grad": leaf(1)}
        text = check_mermaid(viz.mermaid(sum(tensors.values()) * 1, params=tensors))
        assert {f"{name}<br/>(1,)" for name in tensors} <= set(labels(text).values())

    def test_drawing_leaves_no_names_behind(self):
        w = leaf(1)
        y = w * 2
        assert labels(viz.mermaid(y, params={"first": w}, shapes=False))["First"] == "first"
        assert labels(viz.mermaid(y, shapes=False))["W"] == "w"


GLOBAL = polygrad.ones(2, requires_grad=True)


class TestSize:
    def test_big_graphs_are_cut_with_a_note(self):
        t = leaf(3)
        y = t
        for _ in range(1000):
            y = (y * 1.5 + t).tanh()
        loss = y.sum()
        text = check_mermaid(viz.mermaid(loss, max_nodes=7, shapes=False))
        drawn = labels(text)
        assert re.fullmatch(r"… \d+ more", drawn["More"]) and drawn["T"] == "t" and "Loss" in drawn
        assert drawn["And_their_gradients"] == "… and their gradients"
        assert len([name for name in drawn if "grad" not in name]) <= 8
        check_dot(viz.dot(loss, max_nodes=7))

    def test_deep_graphs_need_no_recursion(self):
        t = leaf(3)
        y = t
        for _ in range(20_000):
            y = y.tanh()
        check_mermaid(viz.mermaid(y))

    def test_a_leaf_alone(self):
        w = leaf(1)
        assert viz.mermaid(w) == 'graph LR\n    subgraph Forward_Pass["Forward Pass"]\n        W["w<br/>(1,)"]\n    end'


def picture(drawing):
    """The SVG of a drawing: a root without references, the texts, the boxes' and frames' rectangles, and the arrows' heads."""
    root = ElementTree.fromstring(drawing._repr_mimebundle_()["image/svg+xml"])
    tag = lambda name: root.iter(f"{{http://www.w3.org/2000/svg}}{name}")  # noqa: E731
    assert {name for element in root.iter() for name in element.attrib}.isdisjoint({"href", "style", "class", "id"})
    corners = [
        (
            float(r.get("x")),
            float(r.get("y")),
            float(r.get("x")) + float(r.get("width")),
            float(r.get("y")) + float(r.get("height")),
        )
        for r in tag("rect")
        if r.get("width") != "100%"
    ]
    texts = [t.text for t in tag("text")]
    frames = sum(text in ("Forward Pass", "Backward Pass") for text in texts)
    return root, texts, corners[:frames], corners[frames:], list(tag("polygon"))


def apart(one, other):
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


class TestInANotebook:
    def branched(self):
        w, x = leaf(3, 3), polygrad.ones(3, 3)
        y = x @ w
        for _ in range(3):
            y = y + (y.tanh() @ w) * y.sin()
        return y.sum()

    def test_text_and_picture_are_the_same_drawing(self):
        loss = self.branched()
        drawing = viz.mermaid(loss)
        bundle = drawing._repr_mimebundle_()
        assert bundle["text/vnd.mermaid"] == bundle["text/plain"] == drawing == str(drawing)
        _, texts, _, boxes, heads = picture(drawing)
        written = [line for label in labels(drawing).values() for line in label.split("<br/>")]
        assert sorted(texts) == sorted([*written, "Forward Pass", "Backward Pass"])
        assert len(boxes) == len(labels(drawing)) and len(heads) == drawing.count(" -->")
        again = pickle.loads(pickle.dumps(drawing))
        assert again == drawing and again._repr_mimebundle_() == bundle

    @pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT", "TD"])
    @pytest.mark.parametrize("expand", [False, True])
    def test_no_two_boxes_touch_and_arrows_lead_along(self, direction, expand):
        root, _, frames, boxes, heads = picture(viz.mermaid(self.branched(), direction=direction, expand=expand))
        assert all(apart(one, other) for one, other in itertools.combinations(boxes, 2))
        assert len(frames) == 2 and apart(*frames)
        left, top, width, height = map(float, root.get("viewBox").split())
        for inner in (*frames, *boxes):
            assert left < inner[0] and top < inner[1] and inner[2] < left + width and inner[3] < top + height
        for box in boxes:
            assert sum(f[0] < box[0] and f[1] < box[1] and box[2] < f[2] and box[3] < f[3] for f in frames) == 1
        axis, sign = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1), "TD": (1, 1)}[direction]
        for head in heads:
            numbers = iter(map(float, head.get("points").split()))
            tip, *wings = zip(numbers, numbers, strict=True)
            assert all((tip[axis] - wing[axis]) * sign > 0 for wing in wings)
        assert (frames[1][axis] - frames[0][axis]) * sign > 0

    def test_names_are_only_text(self):
        names = ["<b>&amp;</b>", "</svg>", "a\nb", "\x00", "\ud800", "]]>", "名前" * 10]
        named = {name: leaf(1) for name in names}
        _, texts, _, boxes, _ = picture(viz.mermaid(sum(named.values()) * 1, params=named))
        assert {"<b>&amp;</b>", "</svg>", "a b", "\ufffd", "]]>", "名前" * 10} <= set(texts)
        assert max(right - left for left, _, right, _ in boxes) > 20 * 14  # such signs are twice as wide

    def test_a_chart_that_mermaid_would_refuse_is_a_picture_only(self):
        y = leaf(2)
        for _ in range(300):
            y = y.tanh()
        drawing = viz.mermaid(y, expand=True, max_nodes=1000)
        assert drawing._repr_mimebundle_().keys() == {"text/plain", "image/svg+xml"}
        assert len(picture(drawing)[4]) == 600

    def test_a_leaf_alone(self):
        _, texts, frames, boxes, heads = picture(viz.mermaid(leaf(1)))
        assert texts[0] == "Forward Pass" and len(frames) == len(boxes) == 1 and heads == []


class TestErrors:
    def test_nothing_to_draw(self):
        with pytest.raises(RuntimeError, match="there is no graph to draw: this tensor does not require grad"):
            viz.mermaid(polygrad.ones(1))

    def test_wrong_arguments(self):
        loss = leaf(1) * 2
        with pytest.raises(TypeError, match="drawn from a Tensor, not from a float"):
            viz.dot(1.0)
        with pytest.raises(ValueError, match="direction is one of LR"):
            viz.mermaid(loss, direction="up")
        with pytest.raises(TypeError, match="params maps names to tensors, but 'w' is a int"):
            viz.mermaid(loss, params={"w": 3})
        with pytest.raises(ValueError, match="max_nodes is at least 1"):
            viz.mermaid(loss, max_nodes=0)


class TestSummary:
    def test_of_a_small_network(self):
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
        assert viz.summary(model, (2, 4)).splitlines() == [
            "Layer         Output shape  Parameters",
            "──────────────────────────────────────",
            "Sequential    (2, 3)",
            "  Linear (0)  (2, 8)                40",
            "  ReLU (1)    (2, 8)",
            "  Linear (2)  (2, 3)                27",
            "──────────────────────────────────────",
            "Parameters: 67",
            "Memory of the parameters: 268 bytes",
        ]

    def test_of_a_network_that_uses_a_layer_twice(self):
        class Twice(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = nn.Linear(3, 3)

            def forward(self, x):
                return self.inner(self.inner(x)), x

        text = viz.summary(Twice(), (2, 3))
        for part in ("Linear (inner)", "(2 calls)", "Parameters: 12", "(2, 3), (2, 3)"):
            assert part in text

    def test_nothing_is_changed(self):
        model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5))
        before = {name: value.tolist() for name, value in model.state_dict().items()}
        model[1].eval()
        viz.summary(model, example=polygrad.ones(4, 3) * 7)
        assert {name: value.tolist() for name, value in model.state_dict().items()} == before
        assert model.training and model[0].training and not model[1].training

    def test_frozen_parameters_are_told_apart(self):
        model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
        model[0].requires_grad_(False)
        assert "Parameters: 9, of which 3 are trained" in viz.summary(model)

    def test_an_input_that_does_not_fit_leaves_no_hooks(self):
        model = nn.Sequential(nn.Linear(2, 2))
        with pytest.raises((ValueError, RuntimeError), match="Linear"):
            viz.summary(model, (1, 5))
        assert model.training
        viz.summary(model, (1, 2))

    def test_shape_and_example_exclude_each_other(self):
        with pytest.raises(TypeError, match="input_shape or example, not both"):
            viz.summary(nn.ReLU(), (1,), polygrad.ones(1))

    def test_a_notebook_shows_a_table(self):
        class Odd(nn.Linear):
            pass

        Odd.__name__ = "Linear<b>"
        table = viz.summary(nn.Sequential(Odd(4, 8), nn.ReLU()), (2, 4))
        assert isinstance(table, str) and pickle.loads(pickle.dumps(table)) == table
        rows = tables_in(table._repr_html_())
        assert rows[0] == ["Layer", "Output shape", "Parameters"] and rows[2] == ["Linear<b> (0)", "(2, 8)", "40"]
        assert "Memory of the parameters: 160 bytes" in table._repr_html_()
        assert tables_in(pickle.loads(pickle.dumps(table))._repr_html_()) == rows


def tables_in(page):
    """The cells of the tables in a piece of HTML, which is well-formed."""
    root = ElementTree.fromstring(f"<all>{page.replace('<br>', '<br/>')}</all>")
    return [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]


def facts_in(page):
    return ElementTree.fromstring(page)[0].text


class TestTensorsInANotebook:
    def test_a_matrix_is_a_table(self, backend):
        x = tensor([[1.0, 2.5], [-3.0, 4.0]], requires_grad=True)
        assert tables_in(x._repr_html_()) == [["1.0000", "2.5000"], ["-3.0000", "4.0000"]]
        device = f"{x.backend.name}, {x.device}"
        assert facts_in(x._repr_html_()) == f"tensor: shape (2, 2), float32, {device}, requires_grad=True"
        assert facts_in((x * 2)._repr_html_()).endswith("grad_fn=<MultiplyBackward>")

    @pytest.mark.parametrize(
        ("shape", "rows"),
        [
            ((2000,), [["0", "1", "2", "…", "1997", "1998", "1999"]]),
            ((2, 600), [["0", "1", "2", "…", "597", "598", "599"], ["600", "601", "602", "…", "1197", "1198", "1199"]]),
            ((400, 3), [*([str(3 * i + j) for j in range(3)] for i in range(3)), ["…"],
                        *([str(3 * i + j) for j in range(3)] for i in range(397, 400))]),
        ],
    )  # fmt: skip
    def test_what_the_text_leaves_out_the_table_does(self, shape, rows):
        x = polygrad.arange(math.prod(shape)).reshape(shape)
        assert tables_in(x._repr_html_()) == rows

    @pytest.mark.parametrize("value", [1.5, 1 + 2j, [[[1.0], [2.0]]], [], [[], []]])
    def test_all_else_is_the_text(self, value):
        x = tensor(value)
        text = ElementTree.fromstring(x._repr_html_())[1].text
        assert "".join(text.split()) in "".join(repr(x).split()) or text == "[]"

    def test_of_a_large_tensor_only_what_is_shown_is_copied(self, backend, monkeypatch):
        x = polygrad.arange(2_000_000).reshape(1000, 2000)
        copied = []
        whole = type(x.backend).to_numpy
        monkeypatch.setattr(
            type(x.backend), "to_numpy", lambda self, array: copied.append(tuple(array.shape)) or whole(self, array)
        )
        assert tables_in(x._repr_html_())[3:5] == [
            ["…"],
            ["1994000", "1994001", "1994002", "…", "1995997", "1995998", "1995999"],
        ]
        assert "1994000, 1994001" in repr(x) and set(copied) == {(6, 6)}

    def test_inside_of_transforms_there_is_no_value(self, backend):
        shown = []

        def function(x):
            shown.append(ElementTree.fromstring(x._repr_html_()))
            return x * 2

        polygrad.vmap(function)(polygrad.ones(2, 3))
        polygrad.func.jvp(function, (polygrad.ones(3),), (polygrad.ones(3),))
        assert [page[0].text.split(" at level")[0] for page in shown] == [
            "tensor: shape (3,), float32, vmap", "tensor: shape (3,), float32, jvp"
        ]  # fmt: skip
        assert all(page[1].text.startswith("<") for page in shown)
