"""Loaded before Django reads its settings: what the tests run with."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATA_DIR = Path(tempfile.mkdtemp(prefix="peptidesite-tests-"))
# WhiteNoise warns of a missing folder, and warnings fail the tests.
(DATA_DIR / "static").mkdir()
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

os.environ.update(
    DJANGO_SETTINGS_MODULE="peptidesite.settings",
    SECRET_KEY="only for tests",
    DATA_DIR=str(DATA_DIR),
    DEBUG="false",
    HTTPS="false",
    UNDECLARED_COOKIES_RAISE="true",
)
