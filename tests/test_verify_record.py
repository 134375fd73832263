from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from monographs import content, drafts, record_export
from monographs.models import Event, Revision, State
from peptidesite import guards


def verify(*slugs, **options):
    out, err, ending = StringIO(), StringIO(), None
    try:
        call_command("verify_record", *slugs, stdout=out, stderr=err, **options)
    except CommandError as error:
        ending = error
    return out.getvalue(), err.getvalue(), ending


def test_a_record_that_fits_is_counted(make_revision):
    for state in State:
        make_revision(state, slug=state.value.replace("_", "-"))

    out, err, ending = verify()

    events = Event.objects.count()
    assert (out, err, ending) == (f"{events} events of 7 monographs fit.\n", "", None)


def tampered(revision, **changes):
    text = {**revision.text, **changes}
    return {**changes, "digest": content.digest(text)}


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (
            lambda revision: revision.events.filter(sequence=3).update(note="Never said."),
            "event 3 (approve) does not say what it said when it was recorded",
        ),
        (
            lambda revision: revision.events.filter(sequence=2).delete(),
            "event 3 (approve) does not follow the event before it: one is missing",
        ),
        (
            lambda revision: revision.events.filter(sequence=1).delete(),
            "event 2 (submit) does not follow the event before it",
        ),
        (
            lambda revision: revision.events.filter(sequence=4).delete(),
            "revision 1 is published, but event 3 left it approved",
        ),
        (lambda revision: revision.events.all().delete(), "revision 1 has no event"),
        (
            lambda revision: Revision.objects.filter(pk=revision.pk).update(risk="None."),
            "revision 1 has a text that does not fit its digest",
        ),
        (
            lambda revision: Revision.objects.filter(pk=revision.pk).update(
                **tampered(revision, risk="None.")
            ),
            "revision 1 has another text than event 4 (publish) was about",
        ),
        (
            lambda revision: Revision.objects.filter(pk=revision.pk).update(
                approver=revision.monograph.events.last().actor
            ),
            "revision 1 names another approver than event 3 (approve)",
        ),
    ],
)
def test_the_first_misfit_of_a_tampered_record_is_named(tamper, words, make_revision):
    make_revision(State.PUBLISHED, slug="sound")
    revision = make_revision(State.PUBLISHED)
    with guards.lifted():
        tamper(revision)

    out, err, ending = verify()

    assert err.startswith(f"thymosin-alpha-1: {words}")
    assert err.count("\n") == 1
    assert str(ending) == "The record of 1 of 2 monographs does not fit."
    assert ending.returncode == 1
    assert out == ""


def test_a_draft_that_is_being_written_fits(make_revision, author, text):
    revision = make_revision()
    drafts.save(revision, author=author, version=1, text={**text, "risk": "Changed."})

    _, err, ending = verify("thymosin-alpha-1")

    assert (err, ending) == ("", None)


def test_only_the_named_are_verified(make_revision):
    make_revision(slug="sound")
    broken = make_revision(slug="broken")
    with guards.lifted():
        broken.events.all().delete()

    assert verify("sound")[2] is None
    assert verify("broken")[2] is not None


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_edited_behind_our_back_is_found_out(make_revision):
    make_revision(State.PUBLISHED)
    place = " ON monographs_event" if connection.vendor == "postgresql" else ""
    intruder = connection.copy()
    with intruder.cursor() as cursor:
        cursor.execute("DROP TRIGGER guard_event_is_fixed" + place)
        cursor.execute("UPDATE monographs_event SET note = 'Never said.' WHERE sequence = 2")
    intruder.close()

    _, err, ending = verify()

    guards.install()
    assert err.startswith("thymosin-alpha-1: event 2 (submit) does not say what it said")
    assert ending.returncode == 1


@pytest.fixture
def exported(tmp_path):
    """Export the record as JSON lines to a file, and return its path."""

    def export():
        file = tmp_path / "record.jsonl"
        file.write_bytes(b"".join(record_export.chunks(Event.objects.all(), "jsonl")))
        return file

    return export


def test_a_record_that_only_grew_fits_an_earlier_export(exported, make_revision, move):
    revision = make_revision(State.APPROVED)
    file = exported()
    move(revision, "publish")
    make_revision(slug="another")

    assert verify(against=file)[2] is None


def test_moves_that_were_cut_from_the_end_are_missed_by_an_earlier_export(
    exported, make_revision, move
):
    revision = move(make_revision(), "submit", "recall")
    file = exported()
    with guards.lifted():
        revision.monograph.events.filter(sequence__gt=1).delete()

    assert verify()[2] is None
    assert str(verify(against=file)[2]).startswith(
        f"Event 2 of monograph {revision.monograph_id} is in {file}, but not in the record"
    )


@pytest.mark.parametrize("lines", ["{", "[]", '{"digest": ""}', None])
def test_what_is_no_export_is_refused(lines, tmp_path, db):
    file = tmp_path / "record.jsonl"
    if lines is not None:
        file.write_text(lines)

    assert "is no record exported as JSON lines" in str(verify(against=file)[2])


def test_an_unknown_monograph_is_an_error(db):
    _, _, ending = verify("nowhere")

    assert str(ending) == "There is no monograph at nowhere."


def test_the_number_of_queries_does_not_grow_with_the_monographs(
    make_revision, django_assert_max_num_queries
):
    for number in range(5):
        make_revision(State.PUBLISHED, slug=f"slug-{number}")

    with django_assert_max_num_queries(6):
        verify()
