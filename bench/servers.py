"""Servers to measure: the floors, and the site on a database of some size."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# As the site is served.
WORKERS, THREADS = 2, 4


@contextmanager
def site(data_dir, **environment):
    """Serve the site with gunicorn on what is in the data folder; yield its port and pid."""
    settings = {"WEB_CONCURRENCY": str(WORKERS), "SITE_URL": "", **environment}
    with _gunicorn(["--config", "bench/site.conf.py"], data_dir, "/robots.txt", settings) as up:
        yield up


@contextmanager
def floor(kind, body, data_dir):
    """Serve bytes by bench/floor_*.py: kind is "wsgi" or "django"; yield its port and pid."""
    path = Path(data_dir) / "floor.bytes"
    path.write_bytes(body)
    flags = [f"bench.floor_{kind}:application", "--worker-class", "gthread"]
    flags += ["--config", "bench/none.conf.py", "--log-level", "warning"]
    flags += ["--workers", str(WORKERS), "--threads", str(THREADS)]
    with _gunicorn(flags, data_dir, "/", {"FLOOR_BYTES": str(path)}) as up:
        yield up


@contextmanager
def _gunicorn(arguments, data_dir, path, environment):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", *arguments, "--bind", f"127.0.0.1:{port}"]
    environment = {
        **os.environ,
        "SECRET_KEY": "bench",
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        **environment,
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait(port, path, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port, path, process):
    ends = time.monotonic() + 60
    while time.monotonic() < ends and process.poll() is None:
        try:
            if get(port, path)[0] < 500:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("A server to measure did not start.")


def get(port, path, headers=None):
    """Return (status, headers, body) of a page."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        client.request("GET", path, headers={"Host": f"127.0.0.1:{port}", **(headers or {})})
        response = client.getresponse()
        return response.status, response.headers, response.read()
    finally:
        client.close()


def worker_megabytes(pid):
    """Return the memory of the largest worker of a gunicorn, shared parts divided (PSS)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(_pss(child) for child in children) / 1_000


def _pss(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
