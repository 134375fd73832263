"""A plot of the figures: shares of the floors at each size, and how each time grew."""

WIDTH, LINE, LEFT, RIGHT = 760, 18, 300, 60
STYLE = (
    "text{font:12px sans-serif;fill:#535e59}.head{font-weight:bold}rect{fill:#0b5a48}"
    "line{stroke:#82918a}"
    "@media (prefers-color-scheme:dark){text{fill:#a5b1ab}rect{fill:#86d1b6}}"
)
MOST_SHARE, MOST_GROWTH = 1.5, 10


def plot(sizes):
    """Return an SVG (str) of {size: {figure: number}}."""
    smallest, largest = min(sizes), max(sizes)
    shares = [
        (f"{name.rpartition(', ')[2]} of the {name.split(', ')[0][7:]}, {size:,}", share)
        for name in sizes[smallest]
        if name.startswith("of the")
        for size in sizes
        if (share := sizes[size].get(name)) is not None
    ]
    grown = [
        (name[4:], sizes[largest][name] / figure)
        for name, figure in sizes[smallest].items()
        if name.startswith("ms") and name in sizes[largest]
    ]
    top = _panel("Requests a second, as a share of the floor", shares, MOST_SHARE, 0)
    below = LINE * (len(shares) + 3)
    head = f"Time at {largest:,} monographs over that at {smallest:,}"
    growth = _panel(head, grown, MOST_GROWTH, below)
    height = below + LINE * (len(grown) + 2)
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="Shares of the floors, and how the times grew">'
    )
    return "\n".join([start, f"<style>{STYLE}</style>", *top, *growth, "</svg>", ""])


def _panel(head, rows, most, top):
    """Yield a heading, a bar for each (label, number), and a line at 1."""
    scale = (WIDTH - LEFT - RIGHT) / most
    one, bottom = LEFT + scale, top + LINE * (len(rows) + 1.5)
    yield f'<text class="head" x="0" y="{top + 13}">{head}</text>'
    yield f'<line x1="{one:.0f}" y1="{top + LINE}" x2="{one:.0f}" y2="{bottom:.0f}"/>'
    for number, (label, value) in enumerate(rows):
        y, length = top + LINE * (number + 2) - 5, min(value, most) * scale
        yield f'<text x="{LEFT - 8}" y="{y}" text-anchor="end">{label}</text>'
        yield f'<rect x="{LEFT}" y="{y - 10}" width="{length:.0f}" height="12"/>'
        yield f'<text x="{LEFT + length + 6:.0f}" y="{y}">{value:.2f}</text>'
