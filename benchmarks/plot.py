"""Draws docs/performance.png from results.json: how wall time grows with the district.

Runs in the peers' environment, and imports nothing of ours.

    python benchmarks/plot.py
"""

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
LINES = {
    "floor": ("floor", "#777777", ":"),
    "first": ("ours, first sync", "#1f5fa8", "-"),
    "unchanged": ("ours, nothing changed", "#6aa5e0", "-"),
    "dlt": ("dlt tuned, tables only", "#b0562b", "--"),
    "dlt_plain": ("dlt as it comes, tables only", "#d9a183", "--"),
    "pandas": ("requests + pandas, tables only", "#4b8b4b", "--"),
}


def main():
    results = {int(size): result["runs"] for size, result in json.loads((HERE / "results.json").read_text()).items()}
    figure, axes = plt.subplots(figsize=(8, 5), dpi=120)
    for name, (label, color, style) in LINES.items():
        measured = sorted((size, runs[name]) for size, runs in results.items() if name in runs)
        points = [(size, run["wall"]) for size, run in measured if not run.get("timed_out")]
        if points:
            axes.plot(*zip(*points, strict=True), style, color=color, marker="o", markersize=5, label=label)
    axes.set(xscale="log", yscale="log", xlabel="students", ylabel="wall time, seconds")
    sizes = sorted(results)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.yaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda seconds, _: f"{seconds:g}"))
    axes.minorticks_off()
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(HERE.parent / "docs" / "performance.png", bbox_inches="tight", metadata={"Software": None})


if __name__ == "__main__":
    main()
