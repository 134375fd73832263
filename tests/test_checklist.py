"""The checklist: what a revision lacks before its review, and what deserves a look."""

import pytest
from django.core.exceptions import ValidationError

from monographs import checklist, comments, drafts, workflow
from monographs.models import State, Topic

from .desk import page_of


def found(revision):
    """What the checklist has found, as {label: (status, [places])}, without what is done."""
    return {
        check.label: (check.status, [finding.place for finding in check.findings])
        for check in checklist.checks(revision, comments.threads(revision))
        if check.findings
    }


@pytest.fixture
def complete(make_revision):
    revision = make_revision(facts={"regulatory_status": ["Not approved by the US FDA"]})
    revision.topics.add(Topic.objects.create(name="Immunology", slug="immunology"))
    return revision


def test_a_complete_text_only_needs_a_clinician(complete):
    assert found(complete) == {
        "Clinical sections": ("To look at", ["application", "metric", "risk"])
    }


def test_what_is_missing_is_what_keeps_a_text_from_review(make_revision, author):
    revision = make_revision(risk="", metric="See [@nowhere].")

    with pytest.raises(ValidationError) as refused:
        workflow.perform("submit", revision, actor=author)

    missing = found(revision)
    assert missing["Sections"] == ("Missing", ["risk"])
    assert missing["Citations"] == ("Missing", ["metric"])
    assert checklist.gaps(revision) == refused.value.message_dict


def test_a_second_revision_needs_to_say_what_changed(make_revision, author):
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)

    assert found(draft)["Change summary"] == ("Missing", ["change_summary"])
    assert "Change summary" not in found(live)
    assert "Clinical sections" not in found(draft)


def test_what_deserves_a_look_blocks_nothing(make_revision, author, reviewer):
    spare = {"id": "spare", "type": "book", "title": "A book"}
    revision = make_revision(context="Nobody is cited here.", facts={})
    references = [*revision.references, spare]
    drafts.save(
        revision, author=author, version=1, text={**revision.text, "references": references}
    )
    revision.refresh_from_db()
    comments.comment(revision, reviewer, "whole", "Too long.")

    look = found(revision)

    assert look.pop("Clinical sections")
    assert look == {
        "References": ("To look at", ["references"]),
        "Sources": ("To look at", ["context"]),
        "Topics": ("To look at", ["topics"]),
        "Regulatory status": ("To look at", ["facts"]),
        "Comments": ("To look at", ["whole"]),
    }
    assert workflow.perform("submit", revision, actor=author).state == State.IN_REVIEW


def test_each_finding_leads_to_its_place_on_the_page(make_revision, author, reviewer, sign_in):
    draft = make_revision(risk="", metric="See [@nowhere].", facts={}, context="Uncited.")
    second = drafts.start(make_revision(State.PUBLISHED, slug="b").monograph, author=author)
    for remark in ("title", "whole", "references"):
        comments.comment(draft, reviewer, remark, "Hm.")

    for revision in (draft, second):
        for person in (author, reviewer):
            response = sign_in(person).get(page_of(revision))
            page = response.content.decode()
            for check in response.context["checks"]:
                for finding in check.findings:
                    assert f'href="#at-{finding.place}"' in page
                    assert page.count(f'id="at-{finding.place}"') == 1, finding


def test_done_and_missing_are_said_in_words(make_revision, author, sign_in):
    page = sign_in(author).get(page_of(make_revision(risk=""))).content.decode()

    assert ">Missing</span>" in page
    assert ">Done</span>" in page
    assert ">To look at</span>" in page


def test_a_text_that_is_public_has_no_checklist(make_revision, author, sign_in):
    response = sign_in(author).get(page_of(make_revision(State.PUBLISHED)))

    assert response.context["checks"] == []
    assert "Checklist" not in response.content.decode()
