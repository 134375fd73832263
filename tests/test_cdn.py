"""The simulation of a CDN agrees with what can be calculated, and the documentation with it."""

import pytest
from django.conf import settings

from bench import cdn


@pytest.mark.parametrize(
    ("pages", "rate", "life", "edges"), [(1, 1, 1, 1), (100, 10, 5, 1), (1_000, 50, 30, 4)]
)
def test_the_simulation_agrees_with_the_calculation(pages, rate, life, edges):
    simulated = cdn.simulate(pages, rate, life, edges, requests=60_000)

    assert simulated == pytest.approx(cdn.expected(pages, rate, life, edges), abs=0.02)


def test_one_page_asked_for_once_a_life_is_there_every_other_time():
    assert cdn.expected(1, rate=1, life=1) == pytest.approx(0.5)


def test_more_edges_hit_less_and_a_longer_life_more():
    assert cdn.expected(100, 1, 5, edges=10) < cdn.expected(100, 1, 5) < cdn.expected(100, 1, 50)


def test_the_table_of_the_documentation_is_what_it_prints():
    documented = settings.BASE_DIR.joinpath("docs", "scaling.md").read_text()

    assert "\n".join(cdn.table()) in documented
