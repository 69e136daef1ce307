"""Figures as a Markdown table, and as a plot."""

from __future__ import annotations

import textwrap
from typing import Any

#: What the figures are divided by: implementations on NumPy and others by PyTorch's, on JAX by hand-written programs.
REFERENCES = ("torch", "jax.jit", "jax")
HEADING = (
    "| workload | implementation | ms per step (quartiles) | / torch | / jax.jit | / jax | first call, s | peak, MB |\n"
    "|---|---|---:|---:|---:|---:|---:|---:|"
)


def table(title: str, found: dict[str, dict[str, Any]], heading: bool) -> str:
    """The rows of one workload."""
    lines = [HEADING] * heading + [f"| **{title}** | | | | | | | |"]
    for name, figures in found.items():
        if "unavailable" in figures:
            lines.append(f"| | {name} | {figures['unavailable']} | | | | | |")
            continue
        spread = f"{figures['median'] * 1e3:.3f} ({figures['lower'] * 1e3:.3f}–{figures['upper'] * 1e3:.3f})"
        ratios = [_ratio(figures, found.get(reference)) for reference in REFERENCES]
        memory = f"{figures['kilobytes'] / 1024:.0f}" if "kilobytes" in figures else ""
        lines.append(f"| | {name} | {spread} | {' | '.join(ratios)} | {figures['first']:.2f} | {memory} |")
    return "\n".join(lines)


def _ratio(figures: dict[str, Any], reference: dict[str, Any] | None) -> str:
    return "" if reference is None or "median" not in reference else f"{figures['median'] / reference['median']:.2f}"


def plot(workloads: dict[str, dict[str, dict[str, Any]]], path: str) -> None:
    """Bars of the time per step, divided by PyTorch's (or the first implementation's), one panel a workload."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    import matplotlib.pyplot as plt

    shown = {
        title: {name: f for name, f in found.items() if "median" in f}
        for title, found in workloads.items()
        if any("median" in f for f in found.values())
    }
    columns = 3
    rows = -(-len(shown) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(15, 2.9 * rows), squeeze=False, layout="constrained")
    for panel, (title, found) in zip(axes.flat, shown.items(), strict=False):
        reference = found.get("torch") or next(iter(found.values()))
        names = sorted(found, key=lambda name: -found[name]["median"])
        ratios = [found[name]["median"] / reference["median"] for name in names]
        colors = ["#3b6fb6" if name.startswith("polygrad") else "#b9b9b9" for name in names]
        bars = panel.barh(names, ratios, color=colors)
        panel.bar_label(bars, labels=[f"{ratio:.2f}" for ratio in ratios], padding=3, fontsize=8)
        panel.set_xlim(0, min(max(ratios), 6) * 1.15)
        panel.axvline(1, color="#444444", linewidth=0.8, linestyle=":")
        panel.set_title(textwrap.fill(title, 52), fontsize=9)
        panel.tick_params(labelsize=8)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    for panel in list(axes.flat)[len(shown) :]:
        panel.set_visible(False)
    figure.supxlabel("time per step, as a multiple of PyTorch's (eager); bars beyond 6 are cut off", fontsize=9)
    figure.savefig(path, dpi=120)
