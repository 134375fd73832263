"""Loaded before Django reads its settings: what the tests run with."""

import os
import tempfile

os.environ.update(
    DJANGO_SETTINGS_MODULE="peptidesite.settings",
    SECRET_KEY="only for tests",
    DATA_DIR=tempfile.mkdtemp(prefix="peptidesite-tests-"),
    DEBUG="false",
    HTTPS="false",
)
