"""Bar charts as SVG, readable without colour: each series has a pattern of its own.

templates/_chart.html draws them; the numbers belong in a table beneath.
"""

from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 48, 20, 12, 28
LABELS = 6
GAP = 0.25  # of a bar's place
SCALE = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Chart:
    """What the template draws; lengths are in the units of its viewBox."""

    title: str
    series: list  # of str
    bars: list  # of (series number from 1, x, y, width, height)
    lines: list  # of (y, number at it)
    labels: list  # of (x, text)
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - 8


def bars(title, labels, series):
    """Return a Chart of stacked bars, None where all is zero.

    `labels` (list of str) are the bars'; `series` is {name: [a number for each bar]}.
    """
    sums = [sum(values) for values in zip(*series.values(), strict=True)]
    if not any(sums):
        return None
    top = _round_up(max(sums))
    place = (WIDTH - LEFT - RIGHT) / len(labels)
    scale = (HEIGHT - TOP - BOTTOM) / top
    drawn, heights = [], [0] * len(labels)
    for number, values in enumerate(series.values(), start=1):
        for bar, value in enumerate(values):
            heights[bar] += value
            if value:
                x = LEFT + place * (bar + GAP / 2)
                y = HEIGHT - BOTTOM - heights[bar] * scale
                drawn.append((number, *_rounded(x, y, place * (1 - GAP), value * scale)))
    every = -(-len(labels) // LABELS)
    return Chart(
        title=title,
        series=list(series),
        bars=drawn,
        lines=[(_rounded(HEIGHT - BOTTOM - n * scale)[0], n) for n in _lines(top)],
        labels=[
            (_rounded(LEFT + place * (bar + 0.5))[0], labels[bar])
            for bar in range(len(labels))
            if (len(labels) - 1 - bar) % every == 0
        ],
    )


def _round_up(number):
    """Return the next of 1, 2, 5, 10, 20, 25, 50, 100, 200, 250 …"""
    power = 10 ** (len(str(number)) - 1)
    tops = (int(step * power) for step in SCALE if (step * power).is_integer())
    return next(top for top in tops if top >= number)


def _lines(top):
    return [0, top // 2, top] if top > 1 and top % 2 == 0 else [0, top]


def _rounded(*lengths):
    # As text, since a template would write decimals as the language does.
    return tuple(f"{length:.1f}" for length in lengths)
