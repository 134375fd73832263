"""The record as files, and the text that a digest is over: what others can check."""

import csv
import hashlib
import io
import json
import subprocess
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monographs import content, drafts, record, record_export
from monographs.models import Event, State


def address_of(kind, monograph=None):
    if monograph:
        return reverse("admin:monographs_monograph_record_export", args=[monograph.pk, kind])
    return reverse("admin:monographs_event_export", args=[kind])


def text_of(revision, number=None):
    return reverse(
        "monographs:version_text", args=[revision.monograph.slug, number or revision.number]
    )


def content_of(response):
    return b"".join(response.streaming_content)


def rows_of(response):
    text = content_of(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def publishers_client(client, publisher):
    client.force_login(publisher)
    return client


# Run on its own, with nothing but what Python brings: what a stranger would write.
STRANGERS_CHECK = """
import hashlib, json, sys

last = {}
for line in sys.stdin.buffer:
    event = json.loads(line)
    names, digest = event.pop("names"), event.pop("digest")
    said = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert hashlib.sha256(said).hexdigest() == digest, names
    assert event["previous_digest"] == last.get(event["monograph"], ""), names
    last[event["monograph"]] = digest
print(len(last))
"""


def strangers_check(lines):
    return subprocess.run(
        [sys.executable, "-I", "-c", STRANGERS_CHECK], input=lines, capture_output=True
    )


def test_the_json_lines_alone_suffice_to_check_every_digest(make_revision, publishers_client):
    for state in State:
        make_revision(
            state, slug=state.value.replace("_", "-"), title=f"Über “{state}” \u2028 = 1"
        )

    lines = content_of(publishers_client.get(address_of("jsonl")))

    checked = strangers_check(lines)
    assert checked.stdout.strip() == b"7", checked.stderr
    assert lines.count(b"\n") == Event.objects.count()


@pytest.mark.parametrize(
    ("old", "new"), [(b"A reason.", b"No reason."), (b'"sequence":2', b'"sequence":3')]
)
def test_json_lines_that_were_changed_do_not_check(old, new, make_revision, publishers_client):
    make_revision(State.PUBLISHED)
    lines = content_of(publishers_client.get(address_of("jsonl")))

    checked = strangers_check(lines.replace(old, new, 1))

    assert checked.returncode == 1


def test_a_json_line_holds_what_its_digest_is_over_and_the_names(
    make_revision, publishers_client
):
    event = make_revision().monograph.events.get()

    (line,) = content_of(publishers_client.get(address_of("jsonl"))).splitlines()

    exported = json.loads(line)
    assert exported == {
        **record.said(event),
        "digest": event.digest,
        "names": {
            "monograph": "thymosin-alpha-1",
            "title": "Thymosin Alpha-1",
            "revision": 1,
            "actor": "Ada Author",
            "done": "begun",
        },
    }


def test_the_csv_has_a_row_an_event_with_names(make_revision, publishers_client):
    revision = make_revision(State.PUBLISHED)

    response = publishers_client.get(address_of("csv"))

    rows = rows_of(response)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="record.csv"'
    assert [row["done"] for row in rows] == [
        "begun",
        "submitted for review",
        "approved",
        "published",
    ]
    assert rows[3]["who"] == "Pia Publisher"
    assert rows[3]["monograph"] == "thymosin-alpha-1"
    assert rows[3]["digest"] == revision.monograph.events.last().digest


@pytest.mark.parametrize("beginning", record_export.FORMULA_BEGINNINGS)
def test_no_cell_of_the_csv_is_a_formula(beginning, make_revision, author, publishers_client):
    danger = f'{beginning}HYPERLINK("http://evil.example";"x")'
    author.display_name = danger
    author.save()
    revision = make_revision(title="=1+1")
    record.append(revision, "submit", source="draft", target="draft", actor=author, note=danger)

    rows = rows_of(publishers_client.get(address_of("csv")))

    assert rows[1]["comment"] == rows[1]["who"] == "'" + danger
    assert rows[1]["title"] == "'=1+1"
    assert not any(
        cell.startswith(record_export.FORMULA_BEGINNINGS) for row in rows for cell in row.values()
    )


def test_a_comment_of_several_lines_stays_one_cell(make_revision, author, publishers_client):
    note = 'First, "quoted".\nSecond; with Łódź.'
    revision = make_revision()
    record.append(revision, "submit", source="draft", target="draft", actor=author, note=note)

    rows = rows_of(publishers_client.get(address_of("csv")))

    assert rows[1]["comment"] == note


@pytest.mark.parametrize("kind", record_export.FORMATS)
def test_what_is_exported_is_what_is_shown(kind, make_revision, publishers_client):
    make_revision(State.PUBLISHED)
    make_revision(State.PUBLISHED, slug="another")
    page = publishers_client.get(
        reverse("admin:monographs_event_changelist")
        + "?words=another&transition=approve&person=rex&since=2001-01-01&p=1"
    )
    address = dict(page.context["downloads"])[kind]

    exported = content_of(publishers_client.get(address)).splitlines()

    (event,) = page.context["cl"].result_list
    assert len(exported) == (2 if kind == "csv" else 1)
    assert event.digest.encode() in exported[-1]


def test_a_monographs_record_is_exported_for_who_may_read_it(client, author, make_revision):
    revision = make_revision(State.PUBLISHED)
    make_revision(State.PUBLISHED, slug="another")
    client.force_login(author)

    response = client.get(address_of("jsonl", revision.monograph))

    lines = content_of(response)
    assert response["Content-Disposition"].endswith('"record-thymosin-alpha-1.jsonl"')
    assert lines.count(b"\n") == 4
    assert strangers_check(lines).stdout.strip() == b"1"


def test_there_is_no_other_kind_of_file(make_revision, publishers_client):
    monograph = make_revision().monograph

    answers = [
        publishers_client.get(address_of("xlsx")),
        publishers_client.get(address_of("xlsx", monograph)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("kind", record_export.FORMATS)
def test_an_export_is_one_query_however_long(
    kind, make_revision, author, django_assert_num_queries
):
    revision = make_revision()
    for _ in range(300):
        record.append(revision, "submit", source="draft", target="draft", actor=author)
    with CaptureQueriesContext(connection) as captured:
        list(record_export.chunks(Event.objects.filter(sequence__lte=3), kind))

    with django_assert_num_queries(len(captured)):
        chunks = list(record_export.chunks(Event.objects.all(), kind))

    assert b"".join(chunks).count(b"\n") >= 301


@pytest.mark.parametrize("state", [State.PUBLISHED, State.SUPERSEDED])
def test_readers_get_the_bytes_whose_sha256_is_the_digest(state, client, make_revision):
    revision = make_revision(state, title="Größe & “α”")

    response = client.get(text_of(revision))

    assert response["Content-Type"] == "application/json"
    assert hashlib.sha256(response.content).hexdigest() == revision.digest
    assert set(json.loads(response.content)) == set(content.TEXT_FIELDS)
    assert response.cookies == {}


@pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED, State.SUPERSEDED}))
def test_no_other_text_is_readers_to_have(state, client, make_revision):
    revision = make_revision(state)

    response = client.get(text_of(revision))

    assert response.status_code == 404


def test_a_draft_beside_a_live_text_stays_inside(client, author, make_revision):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)

    answers = [client.get(text_of(live)), client.get(text_of(draft))]

    assert [answer.status_code for answer in answers] == [200, 404]


@pytest.mark.parametrize("number", [7, 10**30])
def test_a_version_that_is_not_there_is_not_found(number, client, make_revision):
    live = make_revision(State.PUBLISHED)

    response = client.get(text_of(live, number))

    assert response.status_code == 404


def test_the_page_says_how_to_check_the_digest(client, make_revision):
    revision = make_revision(State.PUBLISHED)

    page = client.get(revision.monograph.get_absolute_url()).content.decode()

    assert revision.digest in page
    assert f"curl -s http://testserver{text_of(revision)} | sha256sum" in page


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.IN_REVIEW])
def test_nobody_is_told_to_check_what_is_not_to_be_had(state, client, make_revision, reviewer):
    revision = make_revision(state)
    client.force_login(reviewer)

    pages = [
        client.get(reverse("admin:monographs_revision_change", args=[revision.pk])),
        client.get(reverse("admin:monographs_revision_preview", args=[revision.pk])),
    ]

    assert not any(b"curl" in page.content for page in pages)
