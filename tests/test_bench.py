"""The measuring itself, with few monographs and short rounds."""

import json
from pathlib import Path

from bench import __main__ as bench
from bench import inside, load, report
from bench.plot import plot

OVER_HTTP = ["floor", "hot page", "304", "random pages", "Django floor", "cold page"]
WRITING = ["save", "approve", "publish", "import, a file"]


def children():
    """Return the ids of the processes that this one has started and that still run."""
    listed = Path("/proc/self/task").glob("*/children")
    return {child for file in listed for child in file.read_text().split()}


def test_every_figure_is_printed_and_kept_and_no_process_is_left(tmp_path, monkeypatch, capfd):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in {"ROUNDS": 1, "INSIDE": 1, "VISIBLE": 2}.items():
        monkeypatch.setattr(bench, name, value)
    monkeypatch.setattr(bench, "CORPORA", tmp_path / "corpora")
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results")
    before = children()

    bench.main(["60"])

    assert children() == before
    kept = json.loads((tmp_path / "results" / "sqlite.json").read_text())
    figures = kept["sizes"]["60"]
    names = [f"ms, {name}" for name in [*inside.SEARCHES, *inside.READ, *WRITING]]
    names += [f"1/s, {name}" for name in OVER_HTTP] if load.is_there() else []
    assert set(names) <= set(figures)
    assert all(figure > 0 for figure in figures.values())
    printed = capfd.readouterr().out
    assert all(name in printed for name in figures)


def test_the_report_says_which_goals_are_met_and_how_much_slower_it_gets():
    small = {"of the floor, hot page": 0.9, "ms, save": 2.0}
    results = {
        "vendor": "sqlite",
        "machine": {"cores": 2},
        "sizes": {1_000: small, 20_000: {"ms, save": 3.0}},
    }

    lines = list(report.chapter(results))

    assert "| of the floor, hot page, 1,000: ≥ 0.85 | 0.90 | yes |" in lines
    assert "| ms, save, 20,000 over 1,000: ≤ 1.2 | 1.50 | **no** |" in lines
    assert "| ms, save | 2.00 | 3.00 | 1.50 |" in lines
    drawn = plot(results["sizes"])
    assert ">hot page of the floor, 1,000</text>" in drawn
    assert ">0.90</text>" in drawn
    assert ">1.50</text>" in drawn
