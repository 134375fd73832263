"""One thing done to many monographs: each is judged for itself, and the report says how."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from monographs import bulk, classification, clock, drafts, workflow
from monographs.admin.bulk import TOO_MANY, mark_of
from monographs.models import Event, Monograph, Revision, State, Topic

from .desk import shown


def list_address():
    return reverse("admin:monographs_monograph_changelist")


def page_for(name, revisions):
    ids = ",".join(str(revision.monograph_id) for revision in revisions)
    return reverse("admin:monographs_monograph_bulk", args=[name]) + f"?ids={ids}"


def post(client, name, revisions, **typed):
    """Send the page of an operation with all of the revisions ticked, as they stand now."""
    marks = [mark_of(Revision.objects.get(pk=revision.pk)) for revision in revisions]
    return client.post(page_for(name, revisions), {"text": marks, **typed})


def skipped(response):
    return {
        outcome.revision.monograph.slug: outcome.why for outcome in response.context["skipped"]
    }


def done(response):
    return {revision.monograph.slug for revision in response.context["done"]}


@pytest.fixture
def make_topics(db):
    def make(*names):
        return [Topic.objects.create(name=name, slug=name.lower()) for name in names]

    return make


@pytest.fixture
def live(make_revision):
    return make_revision(State.PUBLISHED, slug="live")


# Twenty entries of which some are the actor's own


@pytest.fixture
def twenty(make_revision, coauthor, move, text):
    """Twenty texts in review, five of which were written by coauthor as well."""
    texts = [make_revision(State.IN_REVIEW, slug=f"number-{n}") for n in range(15)]
    for n in range(5):
        own = drafts.create(author=coauthor, slug=f"own-{n}", text=text)
        texts.append(workflow.perform("submit", own, actor=coauthor))
    return texts


def test_of_twenty_texts_ones_own_are_not_approved_and_the_rest_is(twenty, coauthor, sign_in):
    response = post(sign_in(coauthor), "approve", twenty, interests="none", note="Well done.")

    approved = Revision.objects.filter(state=State.APPROVED)
    assert response.status_code == 200
    assert approved.count() == 15
    assert {revision.approver for revision in approved} == {coauthor}
    assert skipped(response) == {
        f"own-{n}": "You wrote part of this revision, so someone else has to review it."
        for n in range(5)
    }
    assert Event.objects.filter(transition="approve", note="Well done.").count() == 15
    assert "Approve: 15 done, 5 skipped" in response.content.decode()


def test_of_twenty_texts_those_that_are_approved_are_published(
    twenty, move, publisher, sign_in, make_user
):
    for revision in twenty[:12]:
        move(revision, "approve")

    response = post(sign_in(publisher), "publish", twenty, note="")

    assert Revision.objects.published().count() == 12
    assert len(done(response)) == 12
    assert set(skipped(response).values()) == {
        f"{revision} is in review by now." for revision in twenty[12:]
    }


def test_the_page_says_what_cannot_be_done_and_ticks_nothing_unread(twenty, coauthor, sign_in):
    response = sign_in(coauthor).get(page_for("approve", twenty))

    page = response.content.decode()
    assert page.count("someone else has to review it.") == 5
    assert page.count('name="text"') == 15
    assert " checked" not in page
    assert all(revision.digest[:12] in page for revision in twenty)
    assert all(
        reverse("admin:monographs_revision_change", args=[text.pk]) in page for text in twenty
    )


def test_what_needs_no_reading_is_ticked_beforehand(author, make_revision, sign_in):
    complete = make_revision(State.DRAFT, slug="complete")
    gap = make_revision(State.DRAFT, slug="gap", risk="")

    page = sign_in(author).get(page_for("submit", [complete, gap])).content.decode()

    assert page.count(" checked") == 1
    assert "Risk: This section is empty." in page


# Submitting


def test_each_gap_is_named_and_the_others_are_submitted(author, make_revision, sign_in):
    complete = make_revision(State.DRAFT, slug="complete")
    gap = make_revision(State.DRAFT, slug="gap", risk="", metric="As cited [@nobody].")

    response = post(sign_in(author), "submit", [complete, gap], note="")

    assert done(response) == {"complete"}
    assert "Risk: This section is empty." in skipped(response)["gap"]
    assert "Metric: [@nobody] is cited here" in skipped(response)["gap"]


def test_nobody_submits_what_they_did_not_write(coauthor, make_revision, sign_in):
    draft = make_revision(State.DRAFT)

    response = post(sign_in(coauthor), "submit", [draft], note="")

    assert list(skipped(response).values()) == [
        "Only someone who wrote this revision may do that."
    ]


# Old pages and double clicks


def test_a_text_that_changed_after_the_page_was_opened_is_skipped(
    reviewer, author, make_revision, move, text, sign_in
):
    stays = make_revision(State.IN_REVIEW, slug="stays")
    changes = make_revision(State.IN_REVIEW, slug="changes")
    page, marks = page_for("approve", [stays, changes]), [mark_of(stays), mark_of(changes)]
    changes = move(changes, "recall")
    changed = {**text, "risk": "Another risk [@key1]."}
    changes = drafts.save(changes, author=author, version=changes.version, text=changed)
    move(changes, "submit")

    response = sign_in(reviewer).post(page, {"text": marks, "interests": "none", "note": ""})

    assert done(response) == {"stays"}
    assert skipped(response) == {"changes": workflow.CHANGED}


def test_what_is_sent_twice_is_done_once(reviewer, make_revision, sign_in):
    texts = [make_revision(State.IN_REVIEW, slug=f"number-{n}") for n in range(3)]
    client, typed = sign_in(reviewer), {"interests": "none", "note": ""}
    marks = {"text": [mark_of(text) for text in texts], **typed}

    first = client.post(page_for("approve", texts), marks)
    second = client.post(page_for("approve", texts), marks)

    assert len(done(first)) == 3
    assert done(second) == set()
    assert set(skipped(second).values()) == {f"{text} is approved by now." for text in texts}
    assert Event.objects.filter(transition="approve").count() == 3


def test_the_same_text_ticked_twice_is_done_once(reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)
    marks = [mark_of(revision)] * 2

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"text": marks, "interests": "none", "note": ""}
    )

    assert len(done(response)) == 1
    assert skipped(response) == {}


def test_what_the_database_refuses_keeps_back_no_other(
    reviewer, make_revision, sign_in, monkeypatch
):
    bad = make_revision(State.IN_REVIEW, slug="bad")
    good = make_revision(State.IN_REVIEW, slug="good")
    perform = workflow.perform

    def fail_for_bad(name, revision, **options):
        if revision.pk == bad.pk:
            raise DatabaseError("Locked.")
        return perform(name, revision, **options)

    monkeypatch.setattr(workflow, "perform", fail_for_bad)

    response = post(sign_in(reviewer), "approve", [bad, good], interests="none", note="")

    assert done(response) == {"good"}
    assert "Try this one again." in skipped(response)["bad"]


# What was typed


@pytest.mark.parametrize("interests", ["", "  ", "none\x00", "none\u202e", "x" * 30_000])
def test_competing_interests_are_declared_before_anything_is_approved(
    interests, reviewer, make_revision, sign_in
):
    revision = make_revision(State.IN_REVIEW)

    response = post(
        sign_in(reviewer), "approve", [revision], interests=interests, note="A comment."
    )

    page = response.content.decode()
    revision.refresh_from_db()
    assert revision.state == State.IN_REVIEW
    assert response.context["form"].errors.keys() == {"interests"}
    assert "A comment." in page
    assert page.count(" checked") == 1


def test_a_comment_that_cannot_be_kept_stops_all_and_is_not_lost(
    publisher, make_revision, sign_in
):
    revision = make_revision(State.APPROVED)

    response = post(sign_in(publisher), "publish", [revision], note="bad\u202eword")

    assert "control character" in str(response.context["form"].errors["note"])
    assert "bad\u202eword" in response.content.decode()
    assert not Revision.objects.published().exists()


def test_a_tick_does_not_pass_on_to_a_text_that_changed(reviewer, make_revision, move, sign_in):
    revision = make_revision(State.IN_REVIEW)
    mark = mark_of(revision)
    move(revision, "recall", "submit")

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"text": [mark], "interests": "", "note": ""}
    )

    assert " checked" not in response.content.decode()


def test_nothing_ticked_is_nothing_done(reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"interests": "none", "note": "Read."}
    )

    assert "Tick at least one text." in response.content.decode()
    assert "Read." in response.content.decode()


@pytest.mark.parametrize(
    "mark", ["nonsense", "0.0.", "999.1.abc", "9" * 30 + ".1.abc", "-1.1.abc", "1.1", "\ud800"]
)
def test_a_forged_mark_is_reported_and_does_nothing(mark, reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)
    marks = [mark_of(revision), mark.encode("utf-8", "surrogatepass")]

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"text": marks, "interests": "none", "note": ""}
    )

    assert len(done(response)) == 1
    assert "There is no such text." in response.content.decode()


def test_a_forged_digest_or_version_approves_nothing(reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)
    forged = [
        f"{revision.pk}.{revision.version}.{'0' * 64}",
        f"{revision.pk}.77.{revision.digest}",
    ]

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"text": forged, "interests": "none", "note": ""}
    )

    assert [outcome.why for outcome in response.context["skipped"]] == [workflow.CHANGED] * 2


# The list


def choose(client, name, monographs):
    marks = [monograph.pk for monograph in monographs]
    data = {"action": name, "_selected_action": marks, "index": "0"}
    return client.post(list_address() + "?state=in_review", data)


def test_the_list_leads_to_the_page_and_back_with_its_filters(reviewer, make_revision, sign_in):
    client, revision = sign_in(reviewer), make_revision(State.IN_REVIEW)

    response = choose(client, "approve", [revision.monograph])
    page = client.get(response["Location"])

    assert response.status_code == 302
    assert f"ids={revision.monograph_id}" in response["Location"]
    assert escape(list_address() + "?state=in_review") in page.content.decode()


def test_nothing_selected_leads_nowhere(reviewer, make_revision, sign_in):
    client, _ = sign_in(reviewer), make_revision(State.IN_REVIEW)

    response = choose(client, "approve", [])

    assert "Items must be selected" in shown(client.get(response["Location"]))[0]


def many(count):
    Monograph.objects.bulk_create(Monograph(slug=f"many-{n}") for n in range(count))
    return list(Monograph.objects.all())


@pytest.mark.parametrize(("count", "leads_on"), [(bulk.LIMIT, True), (bulk.LIMIT + 1, False)])
def test_all_can_be_chosen_if_they_are_not_too_many(count, leads_on, reviewer, sign_in):
    client, monographs = sign_in(reviewer), many(count)
    data = {"action": "approve", "_selected_action": [monographs[0].pk], "index": "0"}

    with CaptureQueriesContext(connection) as queries:
        response = client.post(list_address(), {**data, "select_across": "1"})
        asked = [query["sql"] for query in queries]

    assert ("bulk/approve/?ids=" in response["Location"]) == leads_on
    told = shown(client.get(reverse("admin:password_change")))
    assert told == ([] if leads_on else [TOO_MANY])
    assert any(sql.endswith(f"LIMIT {bulk.LIMIT + 1}") for sql in asked)


def test_a_page_for_too_many_leads_back_to_the_list(reviewer, sign_in):
    client, ids = sign_in(reviewer), ",".join(str(n) for n in range(1, bulk.LIMIT + 2))

    response = client.get(
        reverse("admin:monographs_monograph_bulk", args=["approve"]) + f"?ids={ids}"
    )

    assert response["Location"] == list_address()
    assert shown(client.get(list_address())) == [TOO_MANY]


def test_too_many_ticked_are_refused_and_nothing_is_done(reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)
    marks = [mark_of(revision), *(f"{n}.1.x" for n in range(1_000_000, 1_000_000 + bulk.LIMIT))]

    response = sign_in(reviewer).post(
        page_for("approve", [revision]), {"text": marks, "interests": "none", "note": ""}
    )

    revision.refresh_from_db()
    assert escape(TOO_MANY) in response.content.decode()
    assert revision.state == State.IN_REVIEW


@pytest.mark.parametrize("ids", ["", ",,", "abc", "0", "-3", "9" * 40, "\x00", "1;2"])
def test_a_page_for_nothing_leads_back_to_the_list(ids, reviewer, sign_in):
    client = sign_in(reviewer)

    response = client.get(
        reverse("admin:monographs_monograph_bulk", args=["approve"]), {"ids": ids}
    )

    assert response.status_code == 302
    assert response["Location"] == list_address()


def test_a_monograph_that_is_not_there_is_said_to_be_missing(reviewer, make_revision, sign_in):
    revision = make_revision(State.IN_REVIEW)

    response = sign_in(reviewer).get(page_for("approve", [revision]) + ",99999")

    assert "1 of those you chose is not there." in response.content.decode()


def test_a_monograph_that_has_no_such_revision_is_said_so(reviewer, live, sign_in):
    response = sign_in(reviewer).get(page_for("approve", [live]))

    page = response.content.decode()
    assert "is published by now." in page
    assert "Back to the list" in page
    assert "<button" not in page.split('id="content"')[1]


# Roles

OPERATIONS = {
    "submit": {"author", "coauthor"},
    "approve": {"coauthor", "reviewer"},
    "publish": {"publisher"},
    "classify": {"publisher"},
    "reschedule": {"publisher"},
}


@pytest.mark.parametrize("who", ["author", "coauthor", "reviewer", "publisher", "onlooker"])
def test_each_is_offered_what_their_roles_may(who, request, make_user, sign_in, make_revision):
    make_revision(State.IN_REVIEW)
    person = make_user("onlooker") if who == "onlooker" else request.getfixturevalue(who)

    response = sign_in(person).get(list_address())

    offered = {name for name, people in OPERATIONS.items() if who in people}
    if who == "onlooker":
        assert response.status_code == 403
    else:
        assert response.context["cl"].model_admin.get_actions(response.wsgi_request).keys() == (
            offered
        )


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("who", ["author", "coauthor", "reviewer", "publisher", "onlooker"])
def test_a_forged_request_by_someone_without_the_role_is_forbidden(
    who, name, request, make_user, sign_in, make_revision
):
    if who in OPERATIONS[name]:
        return
    revision = make_revision(State.IN_REVIEW)
    person = make_user("onlooker") if who == "onlooker" else request.getfixturevalue(who)
    client, before = sign_in(person), Event.objects.count()

    answers = [
        client.get(page_for(name, [revision])),
        post(client, name, [revision]),
        choose(client, name, [revision.monograph]),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Event.objects.count() == before


def test_a_stranger_is_told_nothing(client, make_revision):
    revision = make_revision(State.IN_REVIEW)

    response = client.get(page_for("approve", [revision]))

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_there_is_no_other_operation(reviewer, make_revision, sign_in):
    make_revision(State.PUBLISHED)

    address = reverse("admin:monographs_monograph_bulk", args=["withdraw"])

    assert sign_in(reviewer).get(address).status_code == 404


# Topics


def test_topics_are_added_to_the_live_and_the_open_text(
    publisher, author, live, make_topics, sign_in
):
    bone, heart = make_topics("Bone", "Heart")
    live.topics.add(bone)
    draft = drafts.start(live.monograph, author=author)

    response = post(sign_in(publisher), "classify", [draft], topics=["heart"], alone="")

    assert done(response) == {"live"}
    for text in (live, draft):
        assert set(text.topics.all()) == {bone, heart}
    events = Event.objects.filter(transition="classify").order_by("revision")
    assert [event.revision for event in events] == [live, draft]
    assert {event.note for event in events} == {"Under Bone and Heart."}


def test_topics_take_the_place_of_others_if_asked(publisher, live, make_topics, sign_in):
    bone, heart = make_topics("Bone", "Heart")
    live.topics.add(bone)

    post(sign_in(publisher), "classify", [live], topics=["heart"], alone="alone")

    assert list(live.topics.all()) == [heart]


def test_topics_that_a_text_has_already_are_no_change(publisher, live, make_topics, sign_in):
    (bone,) = make_topics("Bone")
    live.topics.add(bone)

    response = post(sign_in(publisher), "classify", [live], topics=["bone"], alone="alone")

    assert skipped(response) == {"live": "It has these topics already."}
    assert not Event.objects.filter(transition="classify").exists()


def test_topics_leave_text_and_approval_as_they_are(publisher, live, make_topics):
    (bone,) = make_topics("Bone")

    classification.classify(live.monograph, [bone], actor=publisher)

    after = Revision.objects.get(pk=live.pk)
    assert (after.digest, after.approver_id, after.text) == (
        live.digest,
        live.approver_id,
        live.text,
    )


def test_a_draft_that_is_open_in_a_browser_does_not_take_topics_away_unseen(
    publisher, author, make_revision, make_topics, text
):
    (bone,) = make_topics("Bone")
    draft = make_revision(State.DRAFT)

    classification.classify(draft.monograph, [bone], actor=publisher)

    with pytest.raises(drafts.StaleText):
        drafts.save(draft, author=author, version=draft.version, text=text, topics=[])


def test_a_text_that_nobody_gets_has_no_topics_to_set(
    publisher, make_revision, make_topics, sign_in
):
    make_topics("Bone")
    withdrawn = make_revision(State.WITHDRAWN, slug="withdrawn")

    response = post(sign_in(publisher), "classify", [withdrawn], topics=["bone"], alone="")

    assert "neither a live nor an open text" in skipped(response)["withdrawn"]


@pytest.mark.parametrize("topics", [[], ["nonsense"], ["bone\x00"], [b"\xed\xa0\x80"]])
def test_topics_that_are_not_there_are_refused(topics, publisher, live, make_topics, sign_in):
    make_topics("Bone")

    response = post(sign_in(publisher), "classify", [live], topics=topics, alone="")

    assert response.context["form"].errors.keys() == {"topics"}
    assert not live.topics.exists()


@pytest.mark.parametrize("who", ["author", "reviewer"])
def test_only_publishers_set_topics_and_dates(who, live, make_topics, request):
    person = request.getfixturevalue(who)

    with pytest.raises(Exception, match="may not set"):
        classification.classify(live.monograph, make_topics("Bone"), actor=person)
    with pytest.raises(Exception, match="may not set"):
        clock.reschedule(live.monograph, date(2999, 1, 1), actor=person)


# The next review


def test_the_date_of_the_next_review_is_set_and_recorded(publisher, live, sign_in):
    Monograph.objects.update(review_due_on=date(2998, 5, 1))

    response = post(sign_in(publisher), "reschedule", [live], due_on="2998-06-01")

    assert done(response) == {"live"}
    assert Monograph.objects.get().review_due_on == date(2998, 6, 1)
    event = Event.objects.get(transition="reschedule")
    assert event.note == "From 1 May 2998 to 1 June 2998."


def test_the_same_date_again_is_no_change(publisher, live, sign_in):
    client = sign_in(publisher)
    post(client, "reschedule", [live], due_on="2998-06-01")

    response = post(client, "reschedule", [live], due_on="2998-06-01")

    assert skipped(response) == {"live": "Its next review is due on 1 June 2998 already."}


def test_no_review_is_due_in_the_past(publisher, live, sign_in):
    yesterday = timezone.localdate() - timedelta(days=1)
    before = Monograph.objects.get().review_due_on

    response = post(sign_in(publisher), "reschedule", [live], due_on=yesterday.isoformat())

    assert skipped(response) == {"live": "This day has passed. Give today or a later one."}
    assert Monograph.objects.get().review_due_on == before


def test_what_readers_do_not_get_has_no_review(publisher, make_revision, sign_in):
    draft = make_revision(State.DRAFT, slug="draft")

    response = post(sign_in(publisher), "reschedule", [draft], due_on="2998-06-01")

    assert skipped(response) == {"draft": "It has no live text that could be reviewed."}


@pytest.mark.parametrize("day", ["", "soon", "2998-13-01", "9999-99-99", "3000-01-01", "\x00"])
def test_a_day_that_is_none_is_refused(day, publisher, live, sign_in):
    response = post(sign_in(publisher), "reschedule", [live], due_on=day)

    assert response.context["form"].errors.keys() == {"due_on"}
    assert not Event.objects.filter(transition="reschedule").exists()


def test_a_record_with_topics_and_dates_in_it_is_whole(publisher, live, make_topics):
    classification.classify(live.monograph, make_topics("Bone"), actor=publisher)
    clock.reschedule(live.monograph, date(2998, 1, 1), actor=publisher)

    call_command("verify_record")
