"use strict";
/* The page of a graph.  In this order: the data, which modules are folded, the layout, the drawing, what is chosen, the
   search, and the controls.  A *box* is what is drawn: an operation, a leaf, or a folded module that stands for all in it. */

const graph = JSON.parse(document.getElementById("graph").textContent);
const find = (id) => document.getElementById(id);

// -- the data ------------------------------------------------------------------------------------------------------------

const nodes = graph.nodes.map((node, id) => ({ ...node, id, inputs: [], users: [] }));
for (const [from, to, output, position] of graph.edges) {
  nodes[to].inputs.push({ node: nodes[from], output, position });
  nodes[from].users.push({ node: nodes[to], output, position });
}

const shapeText = (shape) => (shape === null ? "unknown shape" : `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`);
const shapesOf = (node) => node.outputs.map((output) => shapeText(output.shape)).join(" ");
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

function bytesText(count) {
  for (const unit of ["bytes", "kB", "MB"]) {
    if (count < 1000) return unit === "bytes" ? plural(count, "byte") : `${count.toFixed(1)} ${unit}`;
    count /= 1000;
  }
  return `${count.toFixed(1)} GB`;
}

/** The frames that recorded a node, the innermost last, as {file, line, name, code}. */
const framesOf = (node) => (node.source ?? []).map((place) => {
  const [file, line, name, code] = graph.frames[place];
  return { file, line, name, code };
});

/** Every module by its dotted name, with the nodes in it and in its inner modules. */
const modules = new Map();
for (const node of nodes) {
  const parts = node.module === "" ? [] : node.module.split(".");
  for (let depth = 1; depth <= parts.length; depth++) {
    const name = parts.slice(0, depth).join(".");
    if (!modules.has(name)) modules.set(name, { name, depth, nodes: [] });
    modules.get(name).nodes.push(node);
  }
}

// -- which modules are folded ----------------------------------------------------------------------------------------------

const MANY = 300; // a larger graph is folded at first
const folded = new Set();

/** Whether a module is drawn or could be: no module around it is folded. */
const isOpen = (name) => ancestors(name).every((outer) => !folded.has(outer));
const ancestors = (name) => name.split(".").map((_, i, parts) => parts.slice(0, i).join(".")).slice(1);

/** The name of the outermost folded module around a node, or undefined. */
function foldedAround(node) {
  return node.module === "" ? undefined : [...ancestors(node.module), node.module].find((name) => folded.has(name));
}

const toggle = (name) => { if (!folded.delete(name)) folded.add(name); };

/** Unfold everything around a node. */
function reveal(node) {
  let changed = false;
  for (let name = foldedAround(node); name !== undefined; name = foldedAround(node)) changed = folded.delete(name);
  if (changed) redraw();
}

/** Fold the innermost modules first, and then those around them, until few enough boxes are left. */
function foldAtFirst() {
  const depths = [...modules.values()].map((module) => module.depth);
  for (let depth = Math.max(0, ...depths); depth >= 1 && boxesNow().length > MANY; depth--) {
    for (const module of modules.values()) if (module.depth === depth) folded.add(module.name);
  }
}

/** The boxes, with the edges between them: nothing of a folded module but one box. */
function boxesNow() {
  const boxes = new Map();
  const boxOf = (node) => {
    const module = foldedAround(node);
    const key = module === undefined ? node.id : module;
    if (!boxes.has(key)) {
      boxes.set(key, { key, order: node.id, nodes: module === undefined ? [node] : modules.get(module).nodes, module,
        before: new Set(), after: new Set(), width: WIDTH, weight: 1 });
    }
    return boxes.get(key);
  };
  for (const node of nodes) boxOf(node);
  for (const [from, to] of graph.edges) {
    const [source, target] = [boxOf(nodes[from]), boxOf(nodes[to])];
    if (source !== target) { source.after.add(target); target.before.add(source); }
  }
  return [...boxes.values()];
}

// -- the layout: ranks, one below the other; the order within each; and the places ------------------------------------------

const WIDTH = 176, HEIGHT = 42, GAP = 22, RISE = 34, LONG = 40, DETOUR = 260;

/** Put the boxes into an order in which operands come first, as far as folding left no cycles. */
function sorted(boxes) {
  const missing = new Map(boxes.map((box) => [box, box.before.size]));
  const waiting = [...boxes].sort((a, b) => a.order - b.order);
  const ready = waiting.filter((box) => box.before.size === 0), order = [];
  for (let next = 0; order.length < boxes.length; ) {
    if (ready.length === 0) { // a cycle: it is cut before what was recorded first
      while (!missing.has(waiting[next])) next++;
      ready.push(waiting[next]);
    }
    const box = ready.pop();
    if (!missing.delete(box)) continue;
    order.push(box);
    for (const user of box.after) {
      if (!missing.has(user)) continue;
      missing.set(user, missing.get(user) - 1);
      if (missing.get(user) === 0) ready.push(user);
    }
  }
  return order;
}

/** Give every box a rank, one more than its operands'; what has no operands stands right above its first user. */
function rank(boxes) {
  const order = sorted(boxes);
  order.forEach((box, place) => { box.place = place; box.rank = 0; });
  for (const box of order) {
    for (const user of box.after) if (user.place > box.place) user.rank = Math.max(user.rank, box.rank + 1);
  }
  for (const box of order) {
    if (box.before.size === 0 && box.after.size > 0) {
      box.rank = Math.max(0, Math.min(...[...box.after].map((user) => user.rank)) - 1);
    }
  }
  return order;
}

/** The boxes rank by rank, with points in between along edges that pass several ranks. */
function layered(order) {
  const layers = [], lines = [];
  const put = (box) => { (layers[box.rank] ??= []).push(box); return box; };
  for (const box of order) {
    box.up = [];
    box.down = [];
    if (box.before.size === 0) box.weight = 0.05; // leaves give way, so that what is computed stands in one line
    put(box);
  }
  const join = (a, b) => { a.down.push(b); b.up.push(a); };
  for (const box of order) {
    for (const user of box.after) {
      const line = [box];
      const length = user.rank - box.rank;
      if (length > 1 && length <= LONG) {
        for (let rank = box.rank + 1; rank < user.rank; rank++) {
          const point = put({ rank, up: [], down: [], width: 8, weight: 2 });
          join(line.at(-1), point);
          line.push(point);
        }
      }
      if (length > 0 && length <= LONG) join(line.at(-1), user);
      lines.push([...line, user]);
    }
  }
  for (let rank = 0; rank < layers.length; rank++) layers[rank] ??= [];
  return { layers, lines };
}

/** Order each rank by the mean place of the neighbours above, then below, a few times. */
function untangle(layers) {
  const number = (layer) => layer.forEach((box, i) => { box.at = i; });
  layers.forEach(number);
  const sweep = (layer, side) => {
    const mean = new Map(layer.map((box) => {
      const near = box[side];
      return [box, near.length ? near.reduce((sum, other) => sum + other.at, 0) / near.length : box.at];
    }));
    layer.sort((a, b) => mean.get(a) - mean.get(b));
    number(layer);
  };
  for (let round = 0; round < 4; round++) {
    layers.forEach((layer) => sweep(layer, "up"));
    layers.toReversed().forEach((layer) => sweep(layer, "down"));
  }
}

/** Move each rank's boxes to where their neighbours are, as near as they get without touching each other. */
function align(layers) {
  for (const layer of layers) {
    let x = 0;
    for (const box of layer) { box.x = x + box.width / 2; x += box.width + GAP; }
    layer.forEach((box) => { box.x -= x / 2; });
  }
  const middle = (boxes) => boxes.reduce((sum, box) => sum + box.weight * box.x, 0) / boxes.reduce((sum, box) => sum + box.weight, 0);
  const pull = (layer, sides) => {
    const wanted = layer.map((box) => {
      const near = sides.flatMap((side) => box[side]);
      return near.length ? middle(near) : box.x;
    });
    spread(layer, wanted);
  };
  for (let round = 0; round < 6; round++) {
    layers.forEach((layer) => pull(layer, ["up"]));
    layers.toReversed().forEach((layer) => pull(layer, ["down"]));
  }
  layers.forEach((layer) => pull(layer, ["up", "down"]));
}

/** The places nearest to ``wanted`` in the sense of least squares at which boxes keep their distance and order. */
function spread(layer, wanted) {
  const groups = []; // boxes that touch: they move together
  let offset = 0;
  layer.forEach((box, i) => {
    if (i > 0) offset += (layer[i - 1].width + box.width) / 2 + GAP;
    box.offset = offset;
    groups.push({ first: i, sum: box.weight * (wanted[i] - offset), weight: box.weight });
    while (groups.length > 1) {
      const [left, right] = groups.slice(-2);
      if (left.sum / left.weight <= right.sum / right.weight) break;
      groups.splice(-2, 2, { first: left.first, sum: left.sum + right.sum, weight: left.weight + right.weight });
    }
  });
  groups.forEach((group, g) => {
    const end = g + 1 < groups.length ? groups[g + 1].first : layer.length;
    for (let i = group.first; i < end; i++) layer[i].x = group.sum / group.weight + layer[i].offset;
  });
}

function layout() {
  const order = rank(boxesNow());
  const { layers, lines } = layered(order);
  untangle(layers);
  align(layers);
  for (const layer of layers) for (const box of layer) box.y = box.rank * (HEIGHT + RISE);
  return { boxes: order, lines, layers: layers.map((layer) => layer.filter((box) => box.nodes)) };
}

// -- the drawing -----------------------------------------------------------------------------------------------------------

const svg = find("drawing"), scene = find("scene");
const view = { x: 0, y: 0, scale: 1 };
let drawn = { boxes: [], edges: [], layers: [] };
let boxOfNode = new Map();

/** An element of the drawing, with attributes and children. */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS(svg.namespaceURI, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const cut = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
const cutStart = (text, length) => (text.length <= length ? text : `…${text.slice(1 - length)}`);

function labels(box) {
  if (box.module !== undefined) {
    const operations = box.nodes.filter((node) => node.kind === "operation");
    return [cutStart(`▸ ${box.module}`, 24), plural(operations.length, "operation")];
  }
  const [node] = box.nodes;
  if (node.kind === "leaf") return [cutStart(node.name, 24), cut(shapesOf(node), 30)];
  return [cut(node.operation, 24), cut(`${node.name} ${shapesOf(node)}`, 30)];
}

function drawBox(box) {
  const [first, second] = labels(box);
  const kind = box.module !== undefined ? "module" : box.nodes[0].id === graph.root ? "loss" : box.nodes[0].kind;
  const element = draw("g", { class: `node ${kind}`, role: "button", transform: `translate(${box.x.toFixed(1)} ${box.y})`,
    "aria-label": `${first}, ${second}` },
  draw("rect", { x: -WIDTH / 2, y: -HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: kind === "module" ? 12 : 4 }),
  draw("text", { y: -3 }, first), draw("text", { class: "second", y: 13 }, second));
  element.addEventListener("click", () => choose(box));
  element.addEventListener("dblclick", () => unfold(box));
  return element;
}

/** A line from box to box through the points between them; around them to the side where it has none. */
function drawLine({ line, first, last }) {
  const points = line.map((box) => [box.x, box.y]);
  points[0] = [first.x, first.y + HEIGHT / 2];
  points[points.length - 1] = [last.x, last.y - HEIGHT / 2];
  const down = last.rank - first.rank;
  const say = (...numbers) => numbers.map((n) => n.toFixed(1)).join(" ");
  let path = `M${say(...points[0])}`;
  if (points.length === 2 && down !== 1) {
    const side = Math.max(first.x, last.x) + DETOUR;
    path += `C${say(side, points[0][1] + 40, side, points[1][1] - 40, ...points[1])}`;
  } else {
    for (let i = 1; i < points.length; i++) {
      const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
      path += `C${say(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2, x1, y1)}`;
    }
  }
  return draw("path", { d: path });
}

/** Lay out the boxes anew: something was folded or unfolded. */
function redraw() {
  const { boxes, lines, layers } = layout();
  const edges = lines.map((line) => {
    const [xs, ys] = [line.map((box) => box.x), line.map((box) => box.y)];
    return { line, first: line[0], last: line.at(-1), left: Math.min(...xs), right: Math.max(...xs) + DETOUR,
      top: Math.min(...ys), bottom: Math.max(...ys) };
  });
  for (const box of boxes) {
    Object.assign(box, { left: box.x - WIDTH / 2, right: box.x + WIDTH / 2, top: box.y - HEIGHT / 2, bottom: box.y + HEIGHT / 2 });
  }
  drawn = { boxes, edges, layers };
  boxOfNode = new Map(boxes.flatMap((box) => box.nodes.map((node) => [node.id, box])));
  for (const [name, shown] of Object.entries(visible)) {
    find(name).replaceChildren();
    shown.clear();
  }
  listModules();
  show();
}

/** What is in the drawing now: only what can be seen, since text is slow to lay out. */
const visible = { nodes: new Set(), edges: new Set() };
const FAR = 0.25; // a scale at which text cannot be read

function show() {
  scene.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  scene.classList.toggle("far", view.scale < FAR);
  const left = -view.x / view.scale, top = -view.y / view.scale;
  const right = left + svg.clientWidth / view.scale, bottom = top + svg.clientHeight / view.scale;
  const inside = (item) => item.right > left && item.left < right && item.bottom > top && item.top < bottom;
  for (const [name, items, make] of [["nodes", drawn.boxes, drawBox], ["edges", drawn.edges, drawLine]]) {
    const shown = visible[name];
    for (const item of shown) if (!inside(item) && shown.delete(item)) item.element.remove();
    const added = items.filter((item) => inside(item) && !shown.has(item));
    for (const item of added) {
      item.element ??= make(item);
      shown.add(item);
    }
    find(name).append(...added.map((item) => item.element));
  }
  mark();
}

function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
  const scale = Math.min(4, Math.max(0.001, view.scale * factor));
  view.x = x - (x - view.x) * (scale / view.scale);
  view.y = y - (y - view.y) * (scale / view.scale);
  view.scale = scale;
  show();
}

/** Show all of the drawing. */
function fit() {
  const { boxes } = drawn;
  const end = (most, side) => boxes.reduce((found, box) => most(found, box[side]), boxes[0][side]);
  const [left, right, top, bottom] = [end(Math.min, "left"), end(Math.max, "right"), end(Math.min, "top"), end(Math.max, "bottom")];
  view.scale = Math.min(1, 0.95 * svg.clientWidth / (right - left), 0.95 * svg.clientHeight / (bottom - top));
  view.x = (svg.clientWidth - view.scale * (left + right)) / 2;
  view.y = (svg.clientHeight - view.scale * (top + bottom)) / 2;
  show();
}

/** Move a box into the middle, or so far down, large enough to be read. */
function center(box, down = 0.5) {
  view.scale = Math.max(view.scale, 0.7);
  view.x = svg.clientWidth / 2 - view.scale * box.x;
  view.y = svg.clientHeight * down - view.scale * box.y;
  show();
}

// -- what is chosen --------------------------------------------------------------------------------------------------------

/** A node, or the name of a folded module. */
let chosen = nodes[graph.root];
const chosenBox = () => (typeof chosen === "string" ? drawn.boxes.find((box) => box.module === chosen) : boxOfNode.get(chosen.id));

function choose(box, move = false) {
  chosen = box.module === undefined ? box.nodes[0] : box.module;
  mark();
  describe();
  if (move) center(box);
  box.element.focus({ preventScroll: true });
}

/** Choose a node, wherever it is. */
function goTo(node) {
  reveal(node);
  choose(boxOfNode.get(node.id), true);
}

function unfold(box) {
  if (box.module === undefined) return;
  const [first] = box.nodes.filter((node) => node.kind === "operation").concat(box.nodes);
  folded.delete(box.module);
  redraw();
  choose(boxOfNode.get(first.id), true);
}

function fold(name) {
  if (name === "" || name === undefined) return;
  folded.add(name);
  redraw();
  choose(boxOfNode.get(modules.get(name).nodes[0].id), true);
}

/** Mark what is chosen and found, and the lines at what is chosen. */
function mark() {
  const at = chosenBox();
  for (const box of visible.nodes) {
    box.element.classList.toggle("chosen", box === at);
    box.element.classList.toggle("found", box.nodes.some((node) => found.set.has(node)));
    box.element.setAttribute("tabindex", box === at ? 0 : -1);
  }
  for (const edge of visible.edges) edge.element.classList.toggle("near", edge.first === at || edge.last === at);
}

/** An element of the page, with text or children. */
function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

function button(text, action) {
  const made = element("button", text);
  made.className = "link";
  made.title = text;
  made.addEventListener("click", action);
  return made;
}

const facts = (...rows) => element("dl", ...rows.filter(([, value]) => value !== undefined && value !== "")
  .flatMap(([name, value]) => [element("dt", name), element("dd", value)]));

function table(heads, rows) {
  const line = (tag, cells) => element("tr", ...cells.map((cell) => element(tag, cell)));
  return element("table", element("thead", line("th", heads)), element("tbody", ...rows.map((row) => line("td", row))));
}

function describe() {
  find("details").replaceChildren(...(typeof chosen === "string" ? aboutModule(modules.get(chosen)) : aboutNode(chosen)));
}

function aboutModule(module) {
  const operations = module.nodes.filter((node) => node.kind === "operation");
  const leaves = module.nodes.filter((node) => node.kind === "leaf");
  return [
    element("h2", module.name),
    facts(["Operations", String(operations.length)], ["Leaves", String(leaves.length)], ["Saved", bytesText(savedBy(operations))]),
    button(folded.has(module.name) ? "Unfold" : "Fold", () => unfold(chosenBox())),
    element("h3", "Operations"), ...operations.map(nodeButton),
  ];
}

const savedBy = (some) => some.reduce((sum, node) => sum + (node.saved_bytes ?? 0), 0);
const title = (node) => (node.kind === "leaf" ? node.name : `${node.operation}: ${node.name}`);
const nodeButton = (node) => button(`${title(node)} ${shapesOf(node)}`, () => goTo(node));

function aboutNode(node) {
  const dtypes = [...new Set(node.outputs.map((output) => output.dtype ?? "not recorded"))].join(", ");
  const parts = [
    element("h2", title(node)),
    facts(["Formula", node.formula === undefined ? undefined : `${node.name} = ${node.formula}`],
      ["Shape", shapesOf(node)], ["Data type", dtypes],
      ["Gradient", node.kind === "leaf" ? (node.has_grad ? "in .grad" : "none yet") : undefined],
      ...Object.entries(node.settings ?? {}),
      ["Module", node.module === "" ? undefined : button(node.module, () => fold(node.module))]),
  ];
  const section = (name, some) => { if (some.length) parts.push(element("h3", name), ...some); };
  if (node.kind === "operation") {
    section("Saved for the backward pass", [node.freed ? element("p", "Freed: backward has run.")
      : node.saved.length === 0 ? element("p", "Nothing.")
        : table(["what", "shape", "type", "size"], node.saved.map((saved) => [
          [saved.label, saved.name].filter(Boolean).join(": "), shapeText(saved.shape), saved.dtype, bytesText(saved.bytes)]))]);
    if (node.saved.length > 1) parts.push(element("p", `Together ${bytesText(node.saved_bytes)}.`));
  }
  section("Operands", node.inputs.map(({ node: other }) => nodeButton(other)));
  section("Used by", node.users.map(({ node: other }) => nodeButton(other)));
  const frames = framesOf(node);
  if (frames.length) {
    section("Recorded at (innermost first)", frames.reverse().map((frame) => element("pre", `${frame.file}:${frame.line} in ${frame.name}\n    ${frame.code}`)));
  } else if (node.kind === "operation") {
    section("Recorded at", [element("p", "Not known: run the forward pass inside polygrad.autograd.detect_anomaly().")]);
  }
  return parts;
}

// -- the search ------------------------------------------------------------------------------------------------------------

const MOST = 200; // results that are listed
const found = { list: [], set: new Set(), at: -1 };
for (const node of nodes) {
  const lines = framesOf(node).map((frame) => `${frame.file}:${frame.line} ${frame.code}`);
  const types = node.outputs.map((output) => output.dtype);
  node.words = [node.operation, node.name, node.module, shapesOf(node), ...types].join(" ").toLowerCase();
  node.moreWords = [node.words, node.formula, ...lines].join(" ").toLowerCase(); // where the others find nothing
}

/** The nodes that have the exact text, or else all of its words; in what they are called, or else in what is known of them. */
function having(text) {
  const words = text.split(/\s+/);
  for (const part of ["words", "moreWords"]) {
    for (const test of [(known) => known.includes(text), (known) => words.every((word) => known.includes(word))]) {
      const list = nodes.filter((node) => test(node[part]));
      if (list.length > 0) return list;
    }
  }
  return [];
}

function search() {
  const text = find("search").value.trim().toLowerCase().replace(/,\s*(?=\d)/g, ", "); // as shapes are written
  found.list = text === "" ? [] : having(text);
  found.set = new Set(found.list);
  found.at = -1;
  find("count").textContent = text === "" ? "" : `${found.list.length} found`;
  find("results").hidden = text === "";
  find("results").querySelector("ol").replaceChildren(...found.list.slice(0, MOST).map((node) => element("li", nodeButton(node))));
  mark();
}

function step(by) {
  if (found.list.length === 0) return;
  found.at = (found.at + by + found.list.length) % found.list.length;
  goTo(found.list[found.at]);
  find("count").textContent = `${found.at + 1} of ${found.list.length}`;
  find("search").focus();
}

// -- the controls ----------------------------------------------------------------------------------------------------------

function listModules() {
  find("modules").hidden = modules.size === 0;
  const open = [...modules.values()].filter((module) => isOpen(module.name));
  open.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  find("modules").querySelector("ul").replaceChildren(...open.map((module) => {
    const last = module.name.split(".").at(-1);
    const made = button(`${folded.has(module.name) ? "▸" : "▾"} ${last} (${module.nodes.length})`, () => {
      toggle(module.name);
      redraw();
      choose(boxOfNode.get(module.nodes.at(-1).id), true);
    });
    made.style.paddingLeft = `${12 * module.depth - 8}px`;
    made.title = `${module.name}: ${module.nodes.length} operations and leaves`;
    made.setAttribute("aria-expanded", String(!folded.has(module.name)));
    return element("li", made);
  }));
}

function neighbour(key) {
  const box = chosenBox();
  if (key === "ArrowUp") return [...box.before].sort((a, b) => b.rank - a.rank)[0];
  if (key === "ArrowDown") return [...box.after].sort((a, b) => a.rank - b.rank)[0];
  const layer = drawn.layers[box.rank];
  return layer[layer.indexOf(box) + (key === "ArrowLeft" ? -1 : 1)];
}

const KEYS = {
  "/": () => find("search").focus(),
  "+": () => zoom(1.25), "-": () => zoom(0.8), 0: fit,
  f: () => { if (typeof chosen !== "string") fold(chosen.module); },
  Enter: () => unfold(chosenBox()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === find("search")) return;
  if (event.target.tagName === "BUTTON" && event.key === "Enter") return;
  if (event.key.startsWith("Arrow")) {
    const box = neighbour(event.key);
    if (box !== undefined) choose(box, true);
  } else if (event.key in KEYS) {
    KEYS[event.key]();
  } else {
    return;
  }
  event.preventDefault();
});

find("search").addEventListener("input", search);
find("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
});
svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left, top } = svg.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY / 500), event.clientX - left, event.clientY - top);
}, { passive: false });
svg.addEventListener("pointermove", (event) => {
  if (event.buttons !== 1) return;
  view.x += event.movementX;
  view.y += event.movementY;
  show();
});
find("zoom-in").addEventListener("click", () => zoom(1.25));
find("zoom-out").addEventListener("click", () => zoom(0.8));
find("fit").addEventListener("click", fit);
const foldTo = (change) => () => {
  change();
  redraw();
  fit();
  if (typeof chosen === "string" && chosenBox() === undefined) chosen = nodes[graph.root];
  mark();
  describe();
};
find("fold-all").addEventListener("click", foldTo(() => [...modules.keys()].forEach((name) => folded.add(name))));
find("unfold-all").addEventListener("click", foldTo(() => folded.clear()));

const operations = nodes.filter((node) => node.kind === "operation").length;
find("title").textContent = document.title = `Graph of ${graph.loss}`;
find("totals").textContent = `${plural(operations, "operation")}, ${plural(nodes.length - operations, "leaf").replace("leafs", "leaves")}, ${bytesText(graph.saved_bytes)} saved`;
describe(); // first, since on a narrow window it leaves less room for the drawing
foldAtFirst();
redraw();
fit();
if (view.scale < 0.5) center(chosenBox(), 0.8);
