"""The site's own server, without what runs beside it."""

from pathlib import Path

exec(Path("gunicorn.conf.py").read_text())
BESIDE.clear()  # noqa: F821 - it is from there
