"""Measure the site with made-up monographs, and say what of a bare server's speed it has.

    python -m bench [N…]                   1,000, 20,000 and 100,000, on SQLite
    DATABASE_URL=postgres://… python …     on databases beside the one that is named

With the three sizes it takes about half an hour the first time, and a quarter of an hour once
the made-up monographs are there: those on SQLite are kept in var/bench. Every server that
it starts is stopped, also when it is interrupted. The figures go to docs/performance/ as JSON,
and `python -m bench.report` makes docs/performance.md of them.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median

from . import consent_bytes, load, servers
from .desk import database
from .machine import machine

ROOT = servers.ROOT
SIZES = (1_000, 20_000, 100_000)
RESULTS = ROOT / "docs" / "performance"
CORPORA = ROOT / "var" / "bench"
ROUNDS, INSIDE, VISIBLE = 9, 5, 50
FLOORS = {
    "hot page": "floor",
    "304": "floor",
    "random pages": "floor",
    "cold page": "Django floor",
}
BROTLI = "Accept-Encoding: br"


def main(arguments):
    sizes = [*map(int, arguments)] or SIZES
    consent_bytes.main()
    if not load.is_there():
        print(load.MISSING, file=sys.stderr)
    vendor = (
        "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    )
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{vendor}.json"
    results = {"machine": machine(), "vendor": vendor, "sizes": {}}
    if target.exists():
        # Sizes can be measured one by one, but not on different machines.
        former = json.loads(target.read_text())
        if former["machine"] == results["machine"]:
            results = former
    for size, figures in measure(sizes, vendor):
        results["sizes"].setdefault(str(size), {}).update(figures)
        save(results, target)
        for name, figure in figures.items():
            print(f"{size:>9,}  {name:<44}{figure:>12,.3f}")
    print(f"The figures are in {os.path.relpath(target)}.")


def save(results, target):
    by_size = sorted(results["sizes"].items(), key=lambda size: int(size[0]))
    text = json.dumps({**results, "sizes": dict(by_size)}, indent=2, ensure_ascii=False)
    target.write_text(f"{text}\n")


def measure(sizes, vendor):
    """Yield (size, {figure: number}) for sites of so many monographs, a part at a time.

    What was yielded is measured, whatever stops the rest.
    """
    with ExitStack() as stack:
        sites = {size: stack.enter_context(corpus(size, vendor)) for size in sizes}
        # Before anything is written, since all pages begin anew with each publication.
        if load.is_there():
            for size in sizes:
                yield size, over_http(size, *sites[size])
        for size, times in inside(sites).items():
            yield size, {f"ms, {name}": ms for name, ms in times.items()}
        for size in sizes:
            say(f"{size:,}: how soon a publication shows")
            yield size, {"s, publish to visible, worst": visible(*sites[size])}


@contextmanager
def corpus(size, vendor):
    """Yield a data folder and the environment of a database with that many monographs."""
    folder = CORPORA / f"{vendor}-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        environment = {**os.environ, "SECRET_KEY": "bench", "DATA_DIR": str(folder)}
        if vendor == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(database())
        for command in (["migrate"], ["collectstatic", "--no-input"]):
            manage([*command, "--verbosity", "0"], environment)
        say(f"{size:,}: writing monographs")
        manage(["make_corpus", str(size)], environment)
        if vendor == "postgresql":
            settle(environment["DATABASE_URL"])
        yield folder, environment


def settle(address):
    """Do at once what PostgreSQL's autovacuum does in its time."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def over_http(size, folder, environment):
    """Return requests a second, also as shares of the floors, and a worker's memory."""
    database = {k: environment[k] for k in ("DATABASE_URL",) if k in environment}
    with ExitStack() as stack:
        start = stack.enter_context
        site, pid = start(servers.site(folder, **database))
        cold, _ = start(servers.site(folder, PAGE_CACHE_MB="0", **database))
        paths = published(site)
        hot = paths[len(paths) // 2]
        _, headers, body = servers.get(site, hot, {"Accept-Encoding": "br"})
        for _ in range(200):
            servers.get(site, hot)
        figures = {"MB, a worker after the hot page": servers.worker_megabytes(pid)}
        say(f"{size:,}: opening each page once")
        open_all(site, paths)
        floor, _ = start(servers.floor("wsgi", body, folder))
        plain, _ = start(servers.floor("django", servers.get(cold, hot)[2], folder))
        rates = {
            "floor": lambda: load.rate(floor),
            "hot page": lambda: load.rate(site, hot, headers=[BROTLI]),
            "304": lambda: load.rate(
                site, hot, headers=[BROTLI, f"If-None-Match: {headers['ETag']}"]
            ),
            "random pages": lambda: load.rate(site, headers=[BROTLI], paths=paths),
            "Django floor": lambda: load.rate(plain),
            "cold page": lambda: load.rate(cold, paths=paths),
        }
        say(f"{size:,}: {ROUNDS} rounds of requests")
        figures |= in_rounds(rates)
        figures["MB, a worker after random pages"] = servers.worker_megabytes(pid)
    return figures


def in_rounds(rates):
    """Return the medians of each rate, and of its shares of the floor in the same round.

    All is measured in each of many short rounds, since a machine that others use as well may
    be half as fast a minute later.
    """
    rounds = [{name: rate() for name, rate in rates.items()} for _ in range(ROUNDS)]
    medians = {f"1/s, {name}": median(found[name] for found in rounds) for name in rates}
    shares = {
        f"of the {floor}, {name}": median(found[name] / found[floor] for found in rounds)
        for name, floor in FLOORS.items()
    }
    return {**medians, **shares}


def published(port):
    """Return the paths (list of str) of all monographs that the site's sitemap names."""
    paths, page, found = [], 1, [""]
    while found:
        status, _, body = servers.get(port, f"/sitemap-monographs.xml?p={page}")
        found = body.decode().split("<loc>")[1:] if status == 200 else []
        paths += [address.split("<")[0].split("/", 3)[3] for address in found]
        page += 1
    return [f"/{path}" for path in paths]


def open_all(port, paths):
    """Ask once for each page, over as many connections as threads answer, so that it is kept."""
    connections = servers.WORKERS * servers.THREADS
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(partial(_open, port), (paths[n::connections] for n in range(connections))))


def _open(port, paths):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        client.request("GET", path, headers={"Accept-Encoding": "br"})
        client.getresponse().read()
    client.close()


def inside(sites):
    """Return {size: {figure: ms}}, the medians of rounds in which all sizes have their turn."""
    times = {size: [] for size in sites}
    for number in range(1, INSIDE + 1):
        for size, (_, environment) in sites.items():
            say(f"{size:,}: searching, the desk, writing, {number} of {INSIDE}")
            command = [sys.executable, "-m", "bench.inside", str(size)]
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                check=True,
                timeout=900,
            )
            times[size].append(json.loads(done.stdout))
    return {
        size: {name: median(found[name] for found in rounds) for name in rounds[0]}
        for size, rounds in times.items()
    }


def visible(folder, environment):
    """Return after how many seconds at most of VISIBLE changes another process showed one."""
    database = {k: environment[k] for k in ("DATABASE_URL",) if k in environment}
    with servers.site(folder, WEB_CONCURRENCY="1", **database) as (port, _):
        command = [sys.executable, "-m", "bench.changes", str(VISIBLE)]
        waits = []
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as changing:
            try:
                for line in changing.stdout:
                    path, words = line.rstrip("\n").split("\t")
                    waits.append(_seconds_until(words, port, path))
                    changing.stdin.write("\n")
                    changing.stdin.flush()
            finally:
                changing.terminate()
    return max(waits)


def _seconds_until(words, port, path):
    """Return after how many seconds a page shows the words."""
    began = time.monotonic()
    while words.encode() not in servers.get(port, path)[2]:
        if time.monotonic() - began > 10:
            raise SystemExit("A publication did not show.")
    return time.monotonic() - began


def manage(command, environment):
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=sys.stderr,
        timeout=3600,
    )


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # So that whoever stops it by a signal stops what it has started, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit("Stopped. Every server that was started is stopped, too.") from None
