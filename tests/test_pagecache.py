"""The page cache by itself, around an application of a few lines."""

import gzip
import secrets
import sqlite3
import threading
import time

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peptidesite import pagecache
from peptidesite.pagecache import Disk, Memory, PageCache, negotiation

HTML = ("Content-Type", "text/html; charset=utf-8")


class Site:
    """A site whose pages can be changed, and which counts how often it renders one."""

    def __init__(self, **options):
        self.text, self.status, self.headers = "One.", "200 OK", [HTML]
        self.rendered, self.number, self.asked = [], 1_000, 0
        self.before_answering = lambda: None
        options.setdefault("memory", Memory(1_000_000))
        self.cache = PageCache(self.application, edition=self.edition, **options)

    def application(self, environ, start_response):
        self.rendered.append(environ["PATH_INFO"])
        text = self.text
        self.before_answering()
        start_response(self.status, list(self.headers))
        return Body(text.encode())

    def edition(self):
        self.asked += 1
        if isinstance(self.number, Exception):
            raise self.number
        return self.number

    def get(self, path="/", method="GET", **more):
        given = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": ""}
        given |= {"wsgi.url_scheme": "http", "HTTP_HOST": "localhost", **more}
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=int(status[:3]), headers=dict(headers))

        answer["body"] = b"".join(self.cache(given, start_response))
        return answer

    def hit(self, *args, **more):
        return self.get(*args, **more)["headers"].get("X-Cache")


class Body(list):
    closed = 0

    def __init__(self, text):
        super().__init__([text])

    def close(self):
        Body.closed += 1


@pytest.fixture
def clock(monkeypatch):
    """The time that the cache goes by; add to it."""
    now = [100.0]
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def site(clock):
    return Site()


def test_the_second_reader_gets_the_bytes_that_the_first_one_had_rendered(site):
    first, second = site.get(), site.get()

    assert site.rendered == ["/"]
    assert first["body"] == second["body"] == b"One."
    assert (first["headers"]["X-Cache"], second["headers"]["X-Cache"]) == ("miss", "hit")
    same = {name: value for name, value in first["headers"].items() if name != "X-Cache"}
    assert same.items() <= second["headers"].items()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZip;Q=0.5, BR;q=0", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("identity;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("br;q=x", None),
        ("x-gzip", "gzip"),
        ("zstd", None),
        (" br ;  q = 0.3 , ", "br"),
    ],
)
def test_each_gets_the_encoding_that_they_accept(accepted, encoding, site):
    for _ in range(2):
        answer = site.get(HTTP_ACCEPT_ENCODING=accepted)

        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
        assert unpack(answer["body"]) == b"One."
        assert answer["headers"].get("Content-Encoding") == encoding
        assert answer["headers"]["Vary"] == "Accept-Encoding"
        assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
    assert len(site.rendered) == 1


@given(st.text())
def test_no_header_is_an_error(text):
    assert negotiation.encoding_for(text) in negotiation.ENCODINGS
    environ = {"HTTP_IF_MODIFIED_SINCE": text}
    assert negotiation.has_it(environ, '"x"', 10**12) is False


def test_encodings_have_etags_of_their_own_which_are_of_the_text_alone(site, clock):
    tags = {e: site.get(HTTP_ACCEPT_ENCODING=e)["headers"]["ETag"] for e in ("br", "gzip", "")}
    site.number, clock[0] = 2_000, 200

    again = {e: site.get(HTTP_ACCEPT_ENCODING=e)["headers"]["ETag"] for e in ("br", "gzip", "")}

    assert len(set(tags.values())) == 3
    assert again == tags
    assert len(site.rendered) == 2


def test_who_might_get_too_old_a_page_waits_for_the_number_that_is_asked_for(site, clock):
    site.get()
    clock[0] += 0.95
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer_late():
        is_asked.set()
        may_answer.wait(5)
        clock[0] += 0.2
        return 2_000

    site.text, site.cache._ask_edition = "Two.", answer_late
    first = threading.Thread(target=site.get)
    first.start()
    is_asked.wait(5)
    threading.Timer(0.1, may_answer.set).start()

    answer = site.get()

    first.join(5)
    assert answer["body"] == b"Two."


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*", ' W/"a" , {} '])
def test_who_has_the_page_is_told_so_without_it(form, site):
    site.headers.append(("X-Frame-Options", "DENY"))
    etag = site.get()["headers"]["ETag"]

    answer = site.get(HTTP_IF_NONE_MATCH=form.format(etag))

    assert (answer["status"], answer["body"]) == (304, b"")
    assert answer["headers"]["ETag"] == etag
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert set(answer["headers"]) == {"Cache-Control", "ETag", "Vary", "X-Cache"}


def test_a_page_of_other_headers_is_another(site, clock):
    etag = site.get()["headers"]["ETag"]
    site.headers.append(("Content-Security-Policy", "default-src 'none'"))
    site.number, clock[0] = 2_000, 200

    answer = site.get(HTTP_IF_NONE_MATCH=etag)

    assert answer["status"] == 200
    assert "Content-Security-Policy" in answer["headers"]


def test_an_etag_counts_more_than_a_date(site):
    date = site.get()["headers"]["Last-Modified"]

    other = {"HTTP_IF_NONE_MATCH": '"other"', "HTTP_IF_MODIFIED_SINCE": date}
    assert site.get(**other)["status"] == 200
    assert site.get(HTTP_IF_MODIFIED_SINCE=date)["status"] == 304
    assert site.get(HTTP_IF_MODIFIED_SINCE="yesterday")["status"] == 200


def test_a_date_is_of_one_edition_only(site, clock):
    date = site.get()["headers"]["Last-Modified"]
    site.number, clock[0] = 1_001, 200

    assert site.get(HTTP_IF_MODIFIED_SINCE=date)["status"] == 200


def test_after_many_changes_at_once_no_date_is_yet_to_come_and_none_is_believed(site):
    site.number = int(time.time()) + 1_000
    date = site.get()["headers"]["Last-Modified"]

    assert negotiation._seconds(date) <= time.time()
    assert site.get(HTTP_IF_MODIFIED_SINCE=date)["status"] == 200


def test_head_has_the_headers_and_shares_the_page(site):
    first = site.get(method="HEAD")
    second = site.get()

    assert (first["status"], first["body"]) == (200, b"")
    assert first["headers"]["Content-Length"] == "4"
    assert second["headers"]["X-Cache"] == "hit"


@pytest.mark.parametrize(
    "more",
    [
        {"method": "POST"},
        {"QUERY_STRING": "q=1"},
        {"HTTP_HOST": "LocalHost"},
        {"path": "/admin/x/"},
    ],
)
def test_other_requests_are_passed_on(more, clock):
    site = Site(passes=("/admin/",))

    assert [site.hit(**more), site.hit(**more)] == [None, None]
    assert len(site.rendered) == 2


@pytest.mark.parametrize(
    "more",
    [{"HTTP_HOST": "other.example"}, {"wsgi.url_scheme": "https"}, {"path": "/b/"}],
)
def test_the_key_holds_scheme_host_and_path(more, site):
    site.get()

    assert site.hit(**more) == "miss"


@pytest.mark.parametrize(
    "name",
    ["HTTP_X_FORWARDED_HOST", "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_COOKIE", "HTTP_FORWARDED"],
)
def test_no_other_header_makes_a_page_of_its_own(name, site):
    site.get()

    assert site.hit(**{name: "evil.example"}) == "hit"


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("404 Not Found", None),
        ("500 Internal Server Error", None),
        ("301 Moved Permanently", ("Location", "/b/")),
        ("200 OK", ("Cache-Control", "private, no-store")),
        ("200 OK", ("Cache-Control", "no-cache")),
        ("200 OK", ("Set-Cookie", "a=b")),
        ("200 OK", ("Vary", "Cookie")),
        ("200 OK", ("Content-Encoding", "gzip")),
    ],
)
def test_errors_and_private_pages_are_never_kept(status, header, site):
    site.status, site.headers = status, [HTML, *([header] if header else [])]

    answers = [site.get(), site.get()]

    assert [answer["headers"]["X-Cache"] for answer in answers] == ["miss", "miss"]
    assert [answer["status"] for answer in answers] == [int(status[:3])] * 2
    assert len(site.rendered) == 2


def test_a_page_that_says_how_long_it_may_be_kept_is_believed(site):
    site.headers.append(("Cache-Control", "public, max-age=300"))

    assert site.get()["headers"]["Cache-Control"] == "public, max-age=300"


def test_shared_caches_keep_a_page_for_moments(site):
    rules = site.get()["headers"]["Cache-Control"].split(", ")

    assert rules == ["public", "max-age=0", "s-maxage=5", "stale-while-revalidate=30"]


def test_the_application_is_told_that_its_answer_was_read(site):
    before = Body.closed
    site.get()

    assert Body.closed == before + 1


def test_it_asks_for_the_edition_at_most_once_in_a_while(site, clock):
    for _ in range(10):
        site.get()
    assert site.asked == 1

    clock[0] += 1
    site.get()

    assert site.asked == 2


def test_a_new_edition_shows_within_a_second(site, clock):
    site.get()
    site.text, site.number = "Two.", 1_001

    clock[0] += 0.9

    assert site.get()["body"] == b"Two."


def test_when_nobody_knows_the_edition_pages_stay_for_a_minute(site, clock):
    site.get()
    site.number = RuntimeError("The database is down.")

    clock[0] += 59
    assert site.hit() == "hit"
    clock[0] += 2
    assert site.hit() is None

    site.number = 1_000
    clock[0] += 1
    assert site.hit() == "hit"


def test_memory_is_bounded_and_who_was_asked_for_last_stays(clock):
    site = Site(memory=Memory(10_000))
    for path in ("/1/", "/2/", "/3/", "/4/", "/1/", "/5/", "/6/"):
        site.get(path)
        assert site.cache._memory._bytes <= 10_000

    assert site.hit("/1/") == "hit"
    assert site.hit("/2/") == "miss"


def test_another_encoding_counts_as_memory_too(site):
    site.text = "A long text. " * 1_000
    site.get(HTTP_ACCEPT_ENCODING="br")
    small = site.cache._memory._bytes

    site.get(HTTP_ACCEPT_ENCODING="")

    assert site.cache._memory._bytes >= small + 13_000


def at_once(site, count=8):
    answers = [None] * count
    threads = [
        threading.Thread(target=lambda n=n: answers.__setitem__(n, site.get()))
        for n in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return answers


def test_one_renders_while_the_others_wait(site):
    site.before_answering = lambda: time.sleep(0.2)

    answers = at_once(site)

    assert {answer["body"] for answer in answers} == {b"One."}
    assert len(site.rendered) == 1


def test_one_renders_while_the_others_get_the_former_page(site, clock):
    site.get()
    begun, go_on = threading.Event(), threading.Event()
    site.text, site.number = "Two.", 1_001
    clock[0] += 1
    site.before_answering = lambda: (begun.set(), go_on.wait(5))
    first = threading.Thread(target=site.get)
    first.start()
    begun.wait(5)

    former = site.get()
    go_on.set()
    first.join(5)

    assert former["body"] == b"One."
    assert site.get()["body"] == b"Two."
    assert len(site.rendered) == 2


def test_the_former_page_is_not_given_for_longer_than_a_moment(site, clock):
    site.get()
    begun, go_on = threading.Event(), threading.Event()
    site.text, site.number = "Two.", 1_001
    clock[0] += 1
    site.before_answering = lambda: (begun.set(), go_on.wait(5))
    answers = []
    first = threading.Thread(target=site.get)
    second = threading.Thread(target=lambda: answers.append(site.get()))
    first.start()
    begun.wait(5)
    clock[0] += 0.2
    second.start()
    go_on.set()
    first.join(5)
    second.join(5)

    assert [answer["body"] for answer in answers] == [b"Two."]
    assert len(site.rendered) == 2


def test_where_nothing_is_to_be_kept_all_are_answered(site):
    site.status = "404 Not Found"
    site.before_answering = lambda: time.sleep(0.05)

    assert [answer["status"] for answer in at_once(site)] == [404] * 8


def test_processes_share_what_is_on_the_disk(clock, tmp_path):
    one, two = (Site(disk=Disk(tmp_path, 1_000_000)) for _ in range(2))
    one.get()

    assert two.get(HTTP_ACCEPT_ENCODING="br")["headers"]["X-Cache"] == "hit"
    assert two.rendered == []
    assert two.get()["headers"] == one.get()["headers"]


def test_the_disk_forgets_with_the_edition(clock, tmp_path):
    site = Site(disk=Disk(tmp_path, 1_000_000))
    site.get()
    site.number, site.text = 1_001, "Two."
    clock[0] += 1

    assert site.get()["body"] == b"Two."
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {"1001"}


def test_the_disk_is_bounded(clock, tmp_path):
    site = Site(disk=Disk(tmp_path, 400_000), memory=Memory(5_000))
    for number in range(300):
        site.text = secrets.token_hex(3_000)
        site.get(f"/{number}/")

    with sqlite3.connect(tmp_path / "1000.sqlite3") as connection:
        (size,) = connection.execute(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ).fetchone()
    connection.close()
    assert 300_000 < size <= 400_000
    assert site.get("/299/")["body"] == site.text.encode()


def test_without_a_disk_that_works_pages_are_served(clock, tmp_path):
    tmp_path.joinpath("file").write_text("")
    site = Site(disk=Disk(tmp_path / "file" / "folder", 1_000_000))

    assert [site.hit(), site.hit()] == ["miss", "hit"]


def test_an_older_page_takes_no_newer_ones_place():
    memory = Memory(1_000_000)
    older, newer = (pagecache.Page.of(edition, [HTML], b"") for edition in (1_000, 1_001))
    memory.put("key", newer)

    memory.put("key", older)

    assert memory.get("key") is newer


def test_a_page_of_long_ago_is_not_given_while_another_one_is_rendered(site, clock):
    site.get()
    for number in (1_001, 1_002):
        site.number = number
        clock[0] += 1
        site.get("/other/")
    begun, go_on = threading.Event(), threading.Event()
    site.text = "Two."
    site.before_answering = lambda: (begun.set(), go_on.wait(5))
    answers = []
    first = threading.Thread(target=site.get)
    second = threading.Thread(target=lambda: answers.append(site.get()))
    first.start()
    begun.wait(5)
    second.start()
    go_on.set()
    first.join(5)
    second.join(5)

    assert [answer["body"] for answer in answers] == [b"Two."]
