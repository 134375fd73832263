"""What the figures were measured on."""

import os
import platform
import sqlite3
from pathlib import Path


def machine():
    """Return a dict of what matters of this machine, with its database, and does not name it."""
    return {
        "processor": _line("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory": f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / 1e6:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **_database(),
    }


def _database():
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        return {"SQLite": sqlite3.sqlite_version}
    import psycopg

    with psycopg.connect(address) as connection:
        version = connection.info.server_version
    return {"PostgreSQL": f"{version // 10_000}.{version % 10_000}"}


def _line(path, name):
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
