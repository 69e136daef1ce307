"""The HTML page of a graph in Chromium without a network: search, folding and clicks.

``python -m nox -s browser`` runs it.  It needs playwright, and a Chromium on the path; it is not among the tests that
pytest collects by itself.
"""

import shutil
import time

import pytest

import polygrad
import polygrad.nn as nn
from polygrad import viz

playwright = pytest.importorskip("playwright.sync_api")
PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on the path")


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.wide, self.narrow = nn.LayerNorm(8), nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x):
        return x + self.narrow(self.wide(self.norm(x)).tanh())


class Network(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.embed, self.blocks, self.head = (
            nn.Linear(4, 8),
            nn.ModuleList([Block() for _ in range(count)]),
            nn.Linear(8, 3),
        )

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x).softmax(-1)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=["light", "dark"])
def context(request, browser):
    """A window without a network; what goes wrong in its pages is an error."""
    made = browser.new_context(viewport={"width": 1300, "height": 850}, color_scheme=request.param, offline=True)
    yield made
    made.close()


def opened(context, tmp_path, loss, **named):
    """The page of ``loss``, and what it complained of or asked the network for."""
    path = tmp_path / "graph.html"
    viz.html(loss, path, **named)
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page, complaints


def names_of(model):
    return {f"model.{name}": parameter for name, parameter in model.named_parameters()}


def drawn(page):
    """How many boxes and lines there are, seen or not."""
    return page.evaluate("[drawn.boxes.length, drawn.edges.length]")


@pytest.fixture
def small(context, tmp_path):
    model = Network(2)
    with polygrad.autograd.detect_anomaly():
        loss = (model(polygrad.ones(5, 4)) ** 2).sum()
    page, complaints = opened(context, tmp_path, loss, params=names_of(model) | {"loss": loss})
    yield page
    assert complaints == []


def test_the_loss_is_chosen_at_first(small):
    assert small.title() == "Graph of loss" and small.inner_text("h1") == "Graph of loss"
    assert small.inner_text("aside h2") == "sum: loss"
    details = small.inner_text("aside")
    assert "page_in_browser.py" in details and "loss = sum(" in details


def test_a_click_shows_what_is_known(small):
    small.click(".node:has-text('softmax')")
    details = small.inner_text("aside")
    for part in ("softmax(", "(5, 3)", "float32", "60 bytes", "return self.head(x).softmax(-1)", "Operands", "Used by"):
        assert part in details, part
    small.click("aside .link:has-text('linear')")
    assert small.inner_text("aside h2").startswith("linear: ")
    assert small.text_content(".node.chosen").startswith("linear")


def test_a_search_finds_operations_names_and_shapes(small):
    for text, count in (
        ("tanh", 2),
        ("model.blocks.1.wide.weight", 1),
        ("(5, 16)", 4),
        ("(5,16)", 4),
        ("blocks.1 linear", 2),
        ("zzz", 0),
    ):
        small.fill("#search", text)
        assert small.inner_text("#count") == f"{count} found", text
    small.fill("#search", "self.head(x)")  # a line, where nothing is called so
    assert small.inner_text("#count") == "2 found"
    small.fill("#search", "tanh")
    for at in (1, 2, 1):
        small.press("#search", "Enter")
        assert small.inner_text("#count") == f"{at} of 2" and small.text_content(".node.chosen").startswith("tanh")
    assert small.locator("#results li").count() == 2
    small.click("#results li:nth-child(2) button")
    assert "model.blocks.1" in small.inner_text("aside")
    small.fill("#search", "")
    assert small.locator(".node.found").count() == 0 and not small.is_visible("#results")


def test_modules_are_folded_and_unfolded(small):
    before = drawn(small)
    small.click("#modules button:text('▾ 0')")
    folded = drawn(small)
    assert folded[0] < before[0] - 8 and small.text_content(".node.chosen").startswith("▸ model.blocks.0")
    small.press(".node.chosen", "Enter")
    assert drawn(small) == before
    small.click("#fold-all")
    assert drawn(small)[0] == 4  # the model, and softmax, power and sum after its last parameter
    small.fill("#search", "tanh")
    assert small.locator(".node.found").count() == 1
    small.press("#search", "Enter")  # what is found is unfolded
    assert small.text_content(".node.chosen").startswith("tanh") and drawn(small)[0] > 4
    small.click("#unfold-all")
    assert drawn(small) == before


def test_the_keyboard_is_enough(small):
    small.keyboard.press("/")
    small.keyboard.type("tanh")
    small.keyboard.press("Enter")
    small.keyboard.press("Tab")
    small.focus(".node.chosen")
    small.keyboard.press("ArrowUp")
    assert small.text_content(".node.chosen").startswith("linear")
    assert small.evaluate("document.activeElement.classList.contains('chosen')")
    small.keyboard.press("ArrowDown")
    assert small.text_content(".node.chosen").startswith("tanh")
    small.keyboard.press("f")
    assert small.text_content(".node.chosen").startswith("▸ model.blocks.0")
    scale = small.evaluate("view.scale")
    small.keyboard.press("+")
    assert small.evaluate("view.scale") > scale
    small.keyboard.press("0")
    assert small.evaluate("visible.nodes.size") == drawn(small)[0]


def test_the_drawing_moves_and_zooms(small):
    at = small.evaluate("[view.x, view.y, view.scale]")
    small.mouse.move(650, 300)
    small.mouse.down()
    small.mouse.move(690, 330)
    small.mouse.up()
    moved = small.evaluate("[view.x, view.y, view.scale]")
    assert (moved[0] - at[0], moved[1] - at[1]) == (40, 30)
    small.mouse.wheel(0, -300)
    small.wait_for_function(f"view.scale > {at[2]} * 1.5")


def test_in_the_frame_of_a_notebook_all_of_a_small_graph_is_seen(browser):
    loss = (polygrad.ones(3, requires_grad=True) * 2).exp().sum()
    page = browser.new_page(viewport={"width": 860, "height": 700})
    page.set_content(viz.html(loss)._repr_html_())
    frame = page.frames[1]
    frame.wait_for_selector(".node.chosen")
    bottom = frame.locator("#drawing").bounding_box()
    for box in frame.locator(".node rect").all():
        inner = box.bounding_box()
        assert bottom["y"] <= inner["y"] and inner["y"] + inner["height"] <= bottom["y"] + bottom["height"]
    page.close()


def test_hostile_names_are_only_text(context, tmp_path):
    names = [
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<!--",
        "__proto__",
        "a.__proto__.b",
        "x.constructor.y",
    ]
    params = {name: polygrad.ones(1, requires_grad=True) for name in names}
    page, complaints = opened(context, tmp_path, sum(params.values()) * 2, params=params)
    page.fill("#search", "alert(1)")
    assert page.inner_text("#count") == "2 found"
    page.press("#search", "Enter")
    assert page.inner_text("aside h2") == names[0] and page.locator("img").count() == 0
    page.click("#fold-all")
    page.click("#unfold-all")
    assert complaints == []


def test_two_thousand_operations_stay_usable(context, tmp_path):
    model = Network(190)
    loss = model(polygrad.ones(5, 4)).sum()
    start = time.perf_counter()
    page, complaints = opened(context, tmp_path, loss, params=names_of(model))
    took = {"open": time.perf_counter() - start}
    assert page.evaluate("nodes.length") > 2000 and drawn(page)[0] <= 300

    def timed(name, action):
        start = time.perf_counter()
        action()
        page.evaluate("new Promise(requestAnimationFrame)")
        took[name] = time.perf_counter() - start

    timed("unfold", lambda: page.click("#unfold-all"))
    assert drawn(page)[0] == page.evaluate("nodes.length")
    timed("search", lambda: page.fill("#search", "tanh"))
    timed("next", lambda: page.press("#search", "Enter"))
    assert page.inner_text("#count") == "1 of 190"
    timed("fold", lambda: page.click("#fold-all"))
    print({name: round(seconds, 2) for name, seconds in took.items()})
    assert complaints == [] and max(took.values()) < 10
