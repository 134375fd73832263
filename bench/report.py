"""Make docs/performance.md and its plot of the figures that `make bench` measured.

python -m bench.report
"""

import json

from .__main__ import RESULTS

DOCUMENT = RESULTS.parent / "performance.md"
PLOT = RESULTS / "growth.svg"
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
    ("ms, desk: a revision", 1_000, 100_000, 1.5),
    ("ms, desk: first page", 1_000, 100_000, 1.5),
    ("ms, save", 1_000, 20_000, 1.2),
    ("ms, approve", 1_000, 20_000, 1.2),
    ("ms, publish", 1_000, 20_000, 1.2),
]
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
WIDTH, LINE, LEFT, MOST = 760, 18, 300, 10


def main():
    parts = [read(path) for path in sorted(RESULTS.glob("*.json"))]
    lines = [line for results in parts for line in chapter(results)]
    before, _, rest = DOCUMENT.read_text().partition(BETWEEN[0])
    after = rest.partition(BETWEEN[1])[2]
    made = "\n".join([BETWEEN[0], *lines, BETWEEN[1]])
    DOCUMENT.write_text(f"{before}{made}{after}")
    if len(parts[-1]["sizes"]) > 1:
        PLOT.write_text(plot(parts[-1]))


def read(path):
    results = json.loads(path.read_text())
    results["sizes"] = {int(size): figures for size, figures in results["sizes"].items()}
    return results


def chapter(results):
    """Yield the lines of Markdown on the results of one database."""
    sizes = results["sizes"]
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    yield from ["", f"## {NAMES[results['vendor']]}", "", f"Measured on: {machine}.", ""]
    yield from _table(["goal", "figure", "met"], goals(sizes))
    yield ""
    heads = [f"{size:,}" for size in sizes]
    smallest, largest = min(sizes), max(sizes)
    rows = [
        [name, *(_number(sizes[size].get(name)) for size in sizes), _growth(sizes, name)]
        for name in sizes[smallest]
    ]
    yield from _table(["figure", *heads, f"{largest:,} over {smallest:,}"], rows)
    yield ""


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


def plot(results):
    """Return an SVG of how each time grew from the smallest size to the largest."""
    sizes = results["sizes"]
    smallest, largest = min(sizes), max(sizes)
    grown = {
        name: sizes[largest][name] / figure
        for name, figure in sizes[smallest].items()
        if name.startswith("ms") and name in sizes[largest]
    }
    height = LINE * (len(grown) + 2)
    scale = (WIDTH - LEFT - 60) / MOST
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Time at {largest:,} monographs over that at {smallest:,}">',
        "<style>text{font:12px sans-serif;fill:#535e59}rect{fill:#0b5a48}line{stroke:#82918a}"
        "@media (prefers-color-scheme:dark){text{fill:#a5b1ab}rect{fill:#86d1b6}}</style>",
        f'<line x1="{LEFT + scale}" y1="0" x2="{LEFT + scale}" y2="{height}"/>',
    ]
    for number, (name, ratio) in enumerate(grown.items()):
        y = LINE * (number + 1)
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{name[4:]}</text>',
            f'<rect x="{LEFT}" y="{y - 6}" width="{min(ratio, MOST) * scale:.0f}" height="12"/>',
            f'<text x="{LEFT + min(ratio, MOST) * scale + 6:.0f}" y="{y + 4}">{ratio:.1f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


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
