"""The least that a server of this kind can do: answer with bytes that it has."""

import os
from pathlib import Path

BODY = Path(os.environ["FLOOR_BYTES"]).read_bytes()
TYPE = "text/html; charset=utf-8"
HEADERS = [("Content-Type", TYPE), ("Content-Length", str(len(BODY)))]


def application(environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]
