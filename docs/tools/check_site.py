"""Opens the built site in headless Chromium without a network: ``python docs/tools/check_site.py site``.

No page asks for anything that the site does not have, diagrams are drawn, and the search leads to the reference.  Without
Chromium (``apt install chromium``; ``CHROMIUM`` names another) it says so and checks nothing.
"""

from __future__ import annotations

import functools
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGES = ["", "autograd/", "architecture/", "performance/", "reference/nn/"]
#: What is searched for → the entry that comes first.
SEARCHES = {
    "Conv2d": "reference/nn/#polygrad.nn.Conv2d",
    "clip_grad_norm_": "reference/nn.utils/#polygrad.nn.utils.clip_grad_norm_",
    "scatter": "reference/manipulation/#polygrad.scatter",
}
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

#: Opens each page in a frame, as a reader would; posts what it found.
SCRIPT = """<!doctype html><meta charset="utf-8"><body><script>
const {pages, searches} = WANTED;
const later = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(found, ms = 20000) {
  for (let waited = 0; waited < ms; waited += 100) {
    const value = found();
    if (value) return value;
    await later(100);
  }
}
function all(root, selector) {  // also inside the search's shadow root
  const inner = [...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? all(e.shadowRoot, selector) : []);
  return [...root.querySelectorAll(selector), ...inner];
}
async function open(path) {
  const frame = document.createElement("iframe");
  frame.width = 1200; frame.height = 900;
  frame.src = "/" + path;
  document.body.replaceChildren(frame);
  await new Promise((done) => frame.onload = done);
  return frame.contentWindow;
}
async function visit(path) {
  const page = await open(path), document = page.document;
  const diagrams = document.querySelectorAll("pre.diagram").length;
  await until(() => document.querySelectorAll("pre.diagram svg").length === diagrams);
  await later(500);
  const asked = page.performance.getEntriesByType("resource").map((entry) => entry.name);
  const drawn = document.querySelectorAll("pre.diagram svg").length;
  const images = [...document.images].filter((image) => image.naturalWidth === 0).map((image) => image.src);
  return {path, diagrams, drawn, images, outside: asked.filter((url) => !url.startsWith(location.origin))};
}
async function search(words) {
  const page = await open("");
  const results = () => all(page.document, "a").filter((a) => a.href.includes("h=" + encodeURIComponent(words)));
  page.document.dispatchEvent(new page.KeyboardEvent("keydown", {key: "/", bubbles: true}));
  (all(page.document, "button").find((b) => b.textContent.includes("Search")))?.click();
  const field = await until(() => all(page.document, "input").find((i) => i.placeholder === "Search"));
  if (!field) return {words, first: "no field to type into"};
  const set = Object.getOwnPropertyDescriptor(page.HTMLInputElement.prototype, "value").set;
  set.call(field, words);
  field.dispatchEvent(new page.Event("input", {bubbles: true}));
  await until(() => results().length > 0);
  await later(300);
  const first = results()[0];
  return {words, first: first ? first.href.replace(location.origin + "/", "").replace(/[?]h=[^#]*/, "") : "nothing"};
}
(async () => {
  const visited = [], searched = [];
  try {
    for (const path of pages) visited.push(await visit(path));
    for (const words of searches) searched.push(await search(words));
  } catch (error) { searched.push({words: "", first: String(error)}); }
  await fetch("/found", {method: "POST", body: JSON.stringify({visited, searched})});
})();
</script>"""


class Site(SimpleHTTPRequestHandler):
    """The site, the page that opens it, and what that found."""

    found: queue.Queue = queue.Queue()
    missing: list[str] = []

    def do_GET(self) -> None:
        if self.path != "/check":
            return super().do_GET()
        wanted = json.dumps({"pages": PAGES, "searches": list(SEARCHES)})
        self.answer(SCRIPT.replace("WANTED", wanted, 1).encode())

    def do_POST(self) -> None:
        self.found.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"")

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, *arguments: object) -> None:  # type: ignore[override]
        self.missing.append(self.path)
        super().send_error(code)

    def log_message(self, *arguments: object) -> None:
        pass


def look(chromium: str, site: Path) -> dict:
    """What Chromium found in ``site``."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Site, directory=str(site))) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = subprocess.Popen(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1300,1000",
                f"http://127.0.0.1:{server.server_port}/check",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return Site.found.get(timeout=180)
        finally:
            browser.terminate()
            browser.wait()
            server.shutdown()


#: What draws the diagrams. `nox -s docs` puts it there if npm is installed.
MERMAID = "/javascripts/mermaid/mermaid.tiny.js"


def faults(found: dict) -> list[str]:
    """What is wrong, as sentences."""
    wrong = [f"the site has no {path}" for path in Site.missing if path not in ("/favicon.ico", MERMAID)]
    for page in found["visited"]:
        wrong += [f"/{page['path']} asks for {url}" for url in page["outside"]]
        wrong += [f"/{page['path']} does not show {url}" for url in page["images"]]
        if page["drawn"] != page["diagrams"] and MERMAID not in Site.missing:
            wrong.append(f"/{page['path']} draws {page['drawn']} of {page['diagrams']} diagrams")
    for searched in found["searched"]:
        if searched["first"] != SEARCHES.get(searched["words"]):
            wrong.append(f"the first hit for {searched['words']!r} is {searched['first']}")
    return wrong


def main(site: Path) -> int:
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        print("not checked: no Chromium is installed that could open the site")
        return 0
    found = look(chromium, site)
    wrong = faults(found)
    for sentence in wrong:
        print(sentence)
    drawn = sum(page["drawn"] for page in found["visited"])
    if MERMAID in Site.missing:
        print("diagrams are shown as text: the site was built without Mermaid")
    print(f"{len(found['visited'])} pages without a network, {drawn} diagrams, {len(found['searched'])} searches")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
