from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs import content, drafts, guards
from monographs.models import Event, Revision, State


def verify(*slugs):
    out, err, ending = StringIO(), StringIO(), None
    try:
        call_command("verify_record", *slugs, stdout=out, stderr=err)
    except CommandError as error:
        ending = error
    return out.getvalue(), err.getvalue(), ending


def test_a_record_that_fits_is_counted(make_revision):
    for state in State:
        make_revision(state, slug=state.value)

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
