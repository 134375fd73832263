"""How many requests a second a server answers, by wrk."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

MISSING = "wrk is not installed, so nothing is measured over HTTP: apt-get install wrk"
# With few of them it is chance how many each of the workers gets.
CONNECTIONS, SECONDS = 64, 1
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
# Each thread of wrk asks for the pages in an order of its own.
RANDOM = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local threads = 0
function setup(thread) threads = threads + 1; thread:set("seed", threads) end
function init() math.randomseed(seed) end
function request() return wrk.format("GET", paths[math.random(#paths)]) end
"""


def is_there():
    return shutil.which("wrk") is not None


def rate(port, path="/", *, headers=(), paths=None):
    """Return requests a second for a path, or for random ones of some paths (list of str)."""
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s"]
    for header in headers:
        command += ["-H", header]
    with tempfile.TemporaryDirectory() as folder:
        if paths:
            listed, script = Path(folder, "paths"), Path(folder, "random.lua")
            listed.write_text("\n".join(paths))
            script.write_text(RANDOM % listed)
            command += ["-s", str(script)]
        command.append(f"http://127.0.0.1:{port}{path}")
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=SECONDS + 30
        )
    if failed := FAILED.search(done.stdout):
        raise SystemExit(f"{failed[1]} answers to {path} were errors.")
    return float(RATE.search(done.stdout)[1])
