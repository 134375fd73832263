"""Make docs/performance.md and its plots of the figures that `make bench` measured.

python -m bench.report
"""

import json

from .__main__ import RESULTS
from .plot import plot

DOCUMENT = RESULTS.parent / "performance.md"
BETWEEN = "<!-- figures: python -m bench.report -->", "<!-- end of figures -->"
# (figure, at which size, "≥" or "≤", goal); of growth, from which size to which.
GOALS = [
    ("of the floor, hot page", 1_000, "≥", 0.85),
    ("of the floor, 304", 1_000, "≥", 0.85),
    ("of the floor, random pages", 20_000, "≥", 0.6),
    ("of the floor, random pages", 100_000, "≥", 0.5),
    ("MB, a worker after random pages", 100_000, "≤", 200),
    ("of the Django floor, cold page", 1_000, "≥", 0.35),
    ("ms, search, rare word", 20_000, "≤", 5),
    ("ms, search, common word", 20_000, "≤", 40),
    ("s, publish to visible, worst", 1_000, "≤", 1.1),
    ("MB, a worker after the hot page", 1_000, "≤", 120),
]
GROWTH_GOALS = [
    ("ms, search, rare word", 1_000, 100_000, 3),
    ("ms, desk: list", 1_000, 100_000, 1.5),
    ("ms, desk: list, published", 1_000, 100_000, 1.5),
    ("ms, desk: list, of a topic", 1_000, 100_000, 1.5),
    ("ms, desk: a revision", 1_000, 100_000, 1.5),
    ("ms, desk: first page", 1_000, 100_000, 1.5),
    ("ms, save", 1_000, 20_000, 1.2),
    ("ms, approve", 1_000, 20_000, 1.2),
    ("ms, publish", 1_000, 20_000, 1.2),
]
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main():
    parts = [read(path) for path in sorted(RESULTS.glob("*.json"))]
    lines = [line for results in parts for line in chapter(results)]
    before, _, rest = DOCUMENT.read_text().partition(BETWEEN[0])
    after = rest.partition(BETWEEN[1])[2]
    made = "\n".join([BETWEEN[0], *lines, BETWEEN[1]])
    DOCUMENT.write_text(f"{before}{made}{after}")
    for results in parts:
        (RESULTS / f"{results['vendor']}.svg").write_text(plot(results["sizes"]))


def read(path):
    results = json.loads(path.read_text())
    results["sizes"] = {int(size): figures for size, figures in results["sizes"].items()}
    return results


def chapter(results):
    """Yield the lines of Markdown on the results of one database."""
    sizes = results["sizes"]
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    name = NAMES[results["vendor"]]
    yield from ["", f"## {name}", "", f"Measured on: {machine}.", ""]
    yield from _table(["goal", "figure", "met"], goals(sizes))
    yield ""
    heads = [f"{size:,}" for size in sizes]
    smallest, largest = min(sizes), max(sizes)
    rows = [
        [name, *(_number(sizes[size].get(name)) for size in sizes), _growth(sizes, name)]
        for name in sizes[smallest]
    ]
    yield from _table(["figure", *heads, f"{largest:,} over {smallest:,}"], rows)
    picture = f"Shares of the floors on {name}, and how the times grew"
    yield from ["", f"![{picture}](performance/{results['vendor']}.svg)", ""]


def goals(sizes):
    """Yield (goal, figure, …) of each goal that can be told from the sizes measured."""
    for name, size, sign, goal in GOALS:
        figure = sizes.get(size, {}).get(name)
        if figure is not None:
            met = figure >= goal if sign == "≥" else figure <= goal
            yield [f"{name}, {size:,}: {sign} {goal}", _number(figure), _said(met)]
    for name, small, large, goal in GROWTH_GOALS:
        before, after = (sizes.get(size, {}).get(name) for size in (small, large))
        if before and after:
            ratio = after / before
            said = f"{large:,} over {small:,}: ≤ {goal}"
            yield [f"{name}, {said}", _number(ratio), _said(ratio <= goal)]


def _table(heads, rows):
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _growth(sizes, name):
    small, large = sizes[min(sizes)].get(name), sizes[max(sizes)].get(name)
    return f"{large / small:.2f}" if small and large else "–"


def _number(figure):
    if figure is None:
        return "–"
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2f}"


def _said(met):
    return "yes" if met else "**no**"


if __name__ == "__main__":
    main()
