"""Figures as Markdown tables, and as a plot."""

from __future__ import annotations

import textwrap
from typing import Any

#: The overview: polygrad in each of its ways, and who does the same in the same way.
RATIOS = (
    ("polygrad", ("torch", "autograd", "mygrad", "numpy")),
    ("polygrad-compiled", ("torch", "torch.compile", "tinygrad", "numpy")),
    ("polygrad-jax", ("jax",)),
    ("polygrad-jax-compiled", ("jax.jit", "flax.nnx")),
)
#: What the detailed figures are divided by: implementations on NumPy and others by PyTorch's, on JAX by hand-written programs.
REFERENCES = ("torch", "jax.jit")
HEADING = (
    "| workload | implementation | ms per step (quartiles) | / torch | / jax.jit | first call, s | peak, MB |\n"
    "|---|---|---:|---:|---:|---:|---:|"
)

#: By workload and implementation.
Figures = dict[str, dict[str, dict[str, Any]]]


def overview(workloads: Figures) -> str:
    """A row of ratios for each workload, by name."""
    columns = [
        (ours, theirs)
        for ours, references in RATIOS
        for theirs in references
        if any("median" in found.get(ours, {}) and "median" in found.get(theirs, {}) for found in workloads.values())
    ]
    lines = [
        "| workload | " + " | ".join(f"{ours}<br>/ {theirs}" for ours, theirs in columns) + " |",
        "|---|" + "---:|" * len(columns),
    ]
    for name, found in workloads.items():
        ratios = (_ratio(found.get(ours, {}), found.get(theirs, {})) for ours, theirs in columns)
        lines.append(f"| {name} | " + " | ".join(ratios) + " |")
    return "\n".join(lines)


def table(name: str, title: str, found: dict[str, dict[str, Any]], heading: bool) -> str:
    """The rows of one workload."""
    lines = [HEADING] * heading + [f"| **{name}: {title}** | | | | | | |"]
    for implementation, figures in found.items():
        if "unavailable" in figures:
            lines.append(f"| | {implementation} | {figures['unavailable']} | | | | |")
            continue
        lower, median, upper = (_short(figures[part] * 1e3) for part in ("lower", "median", "upper"))
        ratios = " | ".join(_ratio(figures, found.get(reference, {})) for reference in REFERENCES)
        memory = f"{figures['kilobytes'] / 1024:.0f}" if "kilobytes" in figures else ""
        lines.append(
            f"| | {implementation} | {median} ({lower}–{upper}) | {ratios} | {figures['first']:.2f} | {memory} |"
        )
    return "\n".join(lines)


def _short(number: float) -> str:
    """Three digits and more."""
    return f"{number:.{0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 3}f}"


def _ratio(figures: dict[str, Any], reference: dict[str, Any]) -> str:
    if "median" not in figures or "median" not in reference:
        return ""
    ratio = figures["median"] / reference["median"]
    return f"{ratio:.2f}" if ratio >= 0.095 and ratio < 10 else f"{ratio:.3f}" if ratio < 1 else f"{ratio:.0f}"


def plot(workloads: Figures, path: str) -> None:
    """The time per step divided by PyTorch's (or the first implementation's), on a scale of powers, one panel a workload.

    The figure is 720 pixels wide, as wide as the text of a page, so that its letters are as large as small print there.
    """
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    shown = {
        title: {name: f for name, f in found.items() if "median" in f}
        for title, found in workloads.items()
        if any("median" in f for f in found.values())
    }
    columns = 2
    rows = -(-len(shown) // columns)
    highest = max(len(found) for found in shown.values())
    size = (7.5, (0.145 * highest + 0.75) * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for panel, (title, found) in zip(axes.flat, shown.items(), strict=False):
        reference = found.get("torch") or next(iter(found.values()))
        names = sorted(found, key=lambda name: -found[name]["median"])
        ratios = [found[name]["median"] / reference["median"] for name in names]
        colors = ["#3b6fb6" if name.startswith("polygrad") else "#8a8a8a" for name in names]
        panel.hlines(range(len(names)), 1, ratios, color=colors, linewidth=1.2)
        panel.scatter(ratios, range(len(names)), color=colors, s=14, zorder=3)
        for place, (ratio, color) in enumerate(zip(ratios, colors, strict=True)):
            panel.annotate(
                _short(ratio), (ratio, place), xytext=(4 if ratio >= 1 else -4, 0), textcoords="offset points", fontsize=8,
                va="center", ha="left" if ratio >= 1 else "right", color=color,
            )  # fmt: skip
        panel.set_xscale("log")
        panel.set_xlim(min(*ratios, 0.3) / 8, max(*ratios, 2) * 6)
        panel.set_yticks(range(len(names)), names)
        for label, color in zip(panel.get_yticklabels(), colors, strict=True):
            label.set_color(color)
        panel.axvline(1, color="#444444", linewidth=0.8, linestyle=":")
        panel.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}")
        panel.xaxis.set_minor_formatter(lambda ratio, _: "")
        panel.set_title(textwrap.fill(title, 46), fontsize=8.5, loc="left", x=-0.45)
        panel.tick_params(labelsize=8)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    for panel in list(axes.flat)[len(shown) :]:
        panel.set_visible(False)
    figure.supxlabel(
        "time per step, as a multiple of PyTorch's (eager); less is faster, the scale is logarithmic", fontsize=8.5
    )
    figure.savefig(path, dpi=96)
