"""Scripts, styles and fonts as they are served: by hashed names, for good, and compressed."""

import gzip
import re
from html.parser import HTMLParser

import brotli
import pytest
from django.core.management import call_command
from django.test import Client

from monographs.models import State

PAGES = ["/", "/monographs/", "/monographs/thymosin-alpha-1/", "/search/", "/cookies/"]
HASHED = re.compile(r"^/static/[\w./-]+\.[0-9a-f]{12}\.\w+$")
FOREVER = "max-age=315360000, public, immutable"


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def visitor(collected, settings, make_revision):
    """A client of the site as it is deployed, with its static files collected."""
    make_revision(State.PUBLISHED)
    backend = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = {"staticfiles": {"BACKEND": backend}}
    settings.STATIC_ROOT = collected
    if not any(collected.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    return Client()


class Head(HTMLParser):
    """What the head of a page has the browser fetch: lists of the attributes of its tags."""

    def __init__(self, markup):
        super().__init__()
        self.scripts, self.links, self._is_without_script = [], [], False
        self.feed(markup.partition("</head>")[0])

    def handle_starttag(self, tag, attributes):
        if tag == "noscript":
            self._is_without_script = True
        elif tag == "script":
            self.scripts.append(dict(attributes))
        elif tag == "link" and not self._is_without_script:
            self.links.append(dict(attributes))

    def handle_endtag(self, tag):
        if tag == "noscript":
            self._is_without_script = False


def fetch(visitor, address, encoding="identity"):
    """Return the answer for a static file, and its bytes."""
    answer = visitor.get(address, headers={"Accept-Encoding": encoding})
    data = answer.getvalue()
    answer.close()
    assert answer.status_code == 200, address
    return answer, data


def assets(page):
    """Return the addresses of the static files that a page names."""
    return set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_names_is_hashed_there_and_kept_for_good(path, visitor):
    named = assets(visitor.get(path))

    assert len(named) > 5
    for address in named:
        assert HASHED.match(address)
        answer, _ = fetch(visitor, address)
        assert answer["Cache-Control"] == FOREVER


@pytest.mark.parametrize(
    ("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_what_is_text_is_there_compressed(encoding, decode, visitor):
    texts = [name for name in assets(visitor.get(PAGES[2])) if name.endswith(("css", "js"))]

    assert len(texts) > 4
    for address in texts:
        plain, whole = fetch(visitor, address)
        packed, data = fetch(visitor, address, encoding)
        assert "Content-Encoding" not in plain
        assert packed["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed["Vary"]
        assert decode(data) == whole


def test_what_a_stylesheet_names_is_hashed_and_there(visitor):
    (sheet,) = [name for name in assets(visitor.get("/")) if name.endswith(".css")]
    _, text = fetch(visitor, sheet)

    named = re.findall(r'url\("?([^")#]+)"?\)', text.decode())

    assert named
    for name in named:
        address = f"/static/{name}"
        assert HASHED.match(address)
        assert fetch(visitor, address)[0]["Cache-Control"] == FOREVER


@pytest.mark.parametrize("path", PAGES)
def test_nothing_blocks_the_first_paint_but_one_stylesheet_and_what_decides_how_it_looks(
    path, visitor
):
    head = Head(visitor.get(path).text)

    sheets = [link for link in head.links if link["rel"] == "stylesheet"]
    blocking = [s["src"] for s in head.scripts if s.get("type") != "module" and "async" not in s]
    assert len(sheets) == 1
    assert [name.split("/")[-1].split(".")[0] for name in blocking] == [
        "consent-head",
        "reading-head",
    ]
    assert sum(len(fetch(visitor, name, "gzip")[1]) for name in blocking) < 1_500


@pytest.mark.parametrize("path", PAGES)
def test_every_script_of_a_page_is_known_from_its_head_on(path, visitor):
    """A browser asks for them while it still reads the text; only a service waits for consent."""
    page = visitor.get(path).text

    body = page.partition("</head>")[2]
    outside = re.sub(r"<template data-consent=.*?</template>", "", body, flags=re.DOTALL)

    assert "<script" in page
    assert "<script" not in outside


def test_the_font_of_the_text_is_asked_for_before_the_stylesheet_names_it(visitor):
    head = Head(visitor.get(PAGES[2]).text)

    fonts = [link for link in head.links if link["rel"] == "preload"]

    assert [link["as"] for link in fonts] == ["font", "font"]
    assert all(HASHED.match(link["href"]) and "crossorigin" in link for link in fonts)
