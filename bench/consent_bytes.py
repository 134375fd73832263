"""Print the bytes of script and style that every page loads to ask for consent.

python bench/consent_bytes.py
"""

import gzip
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
SCRIPTS = ("consent-head.js", "consent.js")
WITH_GOOGLE = "consent-mode.js"
LAYER = re.compile(r"^@layer consent \{.*?^\}", re.MULTILINE | re.DOTALL)


def loaded():
    """Return {what every page loads: (bytes, bytes of gzip)}."""
    parts = {name: STATIC.joinpath(name).read_bytes() for name in SCRIPTS}
    parts["site.css, layer consent"] = LAYER.search(_style())[0].encode()
    return {name: _sizes(part) for name, part in parts.items()}


def _style():
    return STATIC.joinpath("site.css").read_text()


def _sizes(part):
    return len(part), len(gzip.compress(part))


def main():
    sizes = loaded()
    together = tuple(map(sum, zip(*sizes.values(), strict=True)))
    beside = f"{WITH_GOOGLE}, after a grant, with a service of Google's"
    rows = {
        **sizes,
        "together": together,
        beside: _sizes(STATIC.joinpath(WITH_GOOGLE).read_bytes()),
    }
    print(f"{'consent':<58}{'bytes':>8}{'gzip':>8}")
    for name, (plain, zipped) in rows.items():
        print(f"{name:<58}{plain:>8,}{zipped:>8,}")
    print()


if __name__ == "__main__":
    main()
