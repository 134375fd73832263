"""Where pages are kept: in the memory of a process, and on a disk that all of a host share."""

import sqlite3
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from .pages import Page


class Memory:
    """Pages by key, at most so many bytes of them; the least recently used go first."""

    def __init__(self, most_bytes):
        self._most_bytes = most_bytes
        self._bytes = 0
        self._pages = OrderedDict()  # {key: (page, its size)}
        self._lock = threading.Lock()

    def get(self, key):
        kept = self._pages.get(key)
        if kept is None:
            return None
        # Another thread may have needed the place meanwhile.
        with suppress(KeyError):
            self._pages.move_to_end(key)
        return kept[0]

    def put(self, key, page):
        """Keep a page, or take note that it has grown by an encoding."""
        with self._lock:
            kept, former = self._pages.get(key, (page, 0))
            if kept.edition > page.edition:
                return  # another thread was quicker with a newer one
            self._pages.pop(key, None)
            size = page.size
            self._pages[key] = page, size
            self._bytes += size - former
            while self._bytes > self._most_bytes:
                _, (_, size) = self._pages.popitem(last=False)
                self._bytes -= size


class Disk:
    """Pages of one edition in a file; with a new edition a new file begins.

    What is there is only ever a copy, so that nothing is waited for and no error is one.
    """

    def __init__(self, folder, most_bytes):
        self._folder = Path(folder)
        self._most_bytes = most_bytes
        self._own = threading.local()

    def get(self, key, edition):
        """Return the Page of this key and edition (int), None if it is not there."""
        try:
            found = self._connection(edition).execute(
                "SELECT page FROM page WHERE key = ?", [_text(key)]
            )
            row = found.fetchone()
        except (sqlite3.Error, OSError):
            return None
        return Page.load(edition, row[0]) if row else None

    def put(self, key, page):
        # If it is full, or somebody else writes, the page is rendered again one day.
        with suppress(sqlite3.Error, OSError):
            self._connection(page.edition).execute(
                "INSERT OR REPLACE INTO page VALUES (?, ?)", [_text(key), page.dump()]
            )

    def _connection(self, edition):
        if getattr(self._own, "edition", None) != edition:
            self._own.connection = self._open(edition)
            self._own.edition = edition
        return self._own.connection

    def _open(self, edition):
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{edition}.sqlite3"
        for file in self._folder.glob("*.sqlite3*"):
            # Another process may know of a later edition already.
            if int(file.name.partition(".")[0]) < edition:
                file.unlink(missing_ok=True)
        connection = sqlite3.connect(path, timeout=0.05, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA max_page_count = {self._most_bytes // page_size}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS page (key TEXT PRIMARY KEY, page BLOB) WITHOUT ROWID"
        )
        return connection


def _text(key):
    return "\n".join(key)
