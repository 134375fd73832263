"""How many requests a CDN in front answers itself, by traffic and time to live.

    python -m bench.cdn          prints the table that is in docs/scaling.md

Readers ask for pages by Zipf's law, the page of rank r coming up 1/r as often as the first, at
moments independent of one another (a Poisson process), at one of some edges. An edge keeps a
page for a time to live from when it fetched it, and asks for it again after that. The edge's
memory is taken to hold all pages, as the compressed pages of a reference work are small.
"""

from bisect import bisect_left
from itertools import accumulate
from random import Random

PAGES = 100_000
RATES = (1, 10, 100, 1_000)  # requests a second
LIVES = (5, 35, 300)  # seconds
EDGES = 10
REQUESTS = 200_000


def simulate(pages, rate, life, edges=1, requests=REQUESTS, seed=1):
    """Return the share of requests, from 0 to 1, that edges answer from what they keep.

    The first half of the requests fills the edges and is not counted.
    """
    dice, weights = Random(seed), _weights(pages)
    fetched, now, hits = {}, 0.0, 0
    for number in range(requests):
        now += dice.expovariate(rate)
        page = bisect_left(weights, dice.random() * weights[-1])
        key = page, dice.randrange(edges)
        if now - fetched.get(key, -life) < life:
            hits += number >= requests // 2
        else:
            fetched[key] = now
    return hits / (requests - requests // 2)


def expected(pages, rate, life, edges=1):
    """Return the same by calculation, for traffic that goes on for ever.

    After a fetch a page is there for `life`, in which it is asked for rate × life times on
    average, and then for the time until it is asked for again, which is the miss. So the share
    of hits is λT / (1 + λT) for each page.
    """
    weights = _weights(pages)
    hits = 0.0
    for rank in range(1, pages + 1):
        share = 1 / rank / weights[-1]
        asked = rate * share / edges * life
        hits += share * asked / (1 + asked)
    return hits


def table():
    """Return the lines of a Markdown table: hits by rate and time to live, and what is left."""
    lives = " | ".join(f"{life} s" for life in LIVES)
    lines = [
        f"| requests/s | hits with a life of {lives} | left for the site with {LIVES[1]} s |",
        "|---" * (len(LIVES) + 2) + "|",
    ]
    for rate in RATES:
        shares = [expected(PAGES, rate, life, EDGES) for life in LIVES]
        left = rate * (1 - shares[1])
        cells = " | ".join(f"{share:.0%}" for share in shares)
        lines.append(f"| {rate:,} | {cells} | {left:,.1f}/s |")
    return lines


def _weights(pages):
    return list(accumulate(1 / rank for rank in range(1, pages + 1)))


if __name__ == "__main__":
    print("\n".join(table()))
