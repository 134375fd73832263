"""A policy is what was shown, numbered and kept for ever."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from peptidesite.consent import comparing, policies
from peptidesite.consent.models import CategoryText, Policy, Record, Service, Wording

from .consent_site import add_service, database_down, publish

pytestmark = pytest.mark.django_db


def test_the_first_policy_says_what_editors_keep():
    first = Policy.objects.get()

    assert first.said == policies.snapshot()
    assert first.digest == policies.digest_of(first.said)
    assert first.is_material


def test_each_optional_category_has_a_service_of_our_own():
    services = {service["category"]: service for service in policies.in_force().services}

    assert set(services) == {"necessary", "marketing", "analytics", "personalization"}
    assert all(services[name]["declared"] for name in services)


def test_publishing_freezes_the_next_number(privacy_editor):
    Wording.objects.update(banner_text="Another banner.")

    policy = publish(privacy_editor, is_material=False, news="")

    assert (policy.number, policy.publisher, policy.is_material) == (2, privacy_editor, False)
    assert policy.said["banner"]["text"] == "Another banner."
    assert policies.in_force().number == 2
    Wording.objects.update(banner_text="A third banner.")
    assert policies.in_force().snapshot["banner"]["text"] == "Another banner."


def test_what_editors_keep_is_shown_to_nobody_before_it_is_published(client):
    Wording.objects.update(banner_text="A draft of the banner.")
    add_service()

    assert "A draft of the banner" not in client.get("/").text
    assert "Ad Company" not in client.get("/cookies/").text


@pytest.mark.parametrize("role", ["author", "reviewer", "publisher"])
def test_only_who_may_publishes(role, request):
    Wording.objects.update(banner_text="Another banner.")

    with pytest.raises(PermissionDenied):
        publish(request.getfixturevalue(role))

    assert Policy.objects.count() == 1


def test_what_nobody_changed_is_not_published(privacy_editor):
    with pytest.raises(ValidationError, match="the same as the policy in force"):
        publish(privacy_editor)


def test_what_the_publisher_has_not_seen_is_not_published(privacy_editor):
    seen = policies.digest_of(policies.snapshot())
    Wording.objects.update(banner_text="Changed meanwhile.")

    with pytest.raises(ValidationError, match="since you opened this page"):
        policies.publish(publisher=privacy_editor, is_material=False, seen_digest=seen)


def test_a_material_policy_says_what_is_new(privacy_editor):
    add_service()

    with pytest.raises(ValidationError, match="what is new"):
        publish(privacy_editor, news=" ")


WIDENINGS = {
    "a service": lambda: add_service(),
    "a cookie": lambda: Service.objects.get(slug="analytics").declared.create(
        name="more", purpose="More.", duration="1 day"
    ),
    "a longer time": lambda: Service.objects.get(slug="analytics").declared.update(
        duration="2 years"
    ),
    "an origin": lambda: Service.objects.filter(slug="analytics").update(
        origins="https://elsewhere.example.org"
    ),
    "a script": lambda: Service.objects.filter(slug="analytics").update(
        script="https://elsewhere.example.org/x.js"
    ),
    "another category": lambda: Service.objects.filter(slug="analytics").update(
        category="personalization"
    ),
    "consent mode": lambda: Service.objects.filter(slug="analytics").update(
        asks_consent_mode=True
    ),
}


@pytest.mark.parametrize("widen", WIDENINGS.values(), ids=WIDENINGS)
def test_what_lets_more_happen_is_material_whatever_is_ticked(widen, privacy_editor):
    widen()

    with pytest.raises(ValidationError, match="it is material"):
        publish(privacy_editor, is_material=False, news="")

    assert publish(privacy_editor).number == 2


NARROWINGS = {
    "a typo": lambda: CategoryText.objects.filter(name="analytics").update(meaning="Counts."),
    "a purpose in other words": lambda: Service.objects.get(slug="analytics").declared.update(
        purpose="Says the same."
    ),
    "one cookie less": lambda: Service.objects.get(slug="analytics").declared.all().delete(),
    "one service less": lambda: Service.objects.filter(slug="analytics").delete(),
}


@pytest.mark.parametrize("narrow", NARROWINGS.values(), ids=NARROWINGS)
def test_what_lets_no_more_happen_need_not_be_material(narrow, privacy_editor):
    narrow()

    assert publish(privacy_editor, is_material=False, news="").number == 2


def test_the_comparison_names_each_difference():
    before = policies.snapshot()
    Wording.objects.update(banner_text="Another banner.")
    add_service(declared=["_x_*"], origins="https://ads.example.org")

    changes = comparing.changes(before, policies.snapshot())

    places = {change.place: change for change in changes}
    banner = places["Banner › text"]
    assert (banner.before, banner.after) == (before["banner"]["text"], "Another banner.")
    assert not banner.widens
    assert places["Service › ads › provider"].after == "Ad Company"
    assert places["Service › ads › origin › https://ads.example.org"].widens
    assert places["Service › ads › keeps › cookie _x_*, this site /"].widens
    assert comparing.changes(before, before) == []


def test_nothing_of_a_snapshot_escapes_the_comparison():
    """Every leaf of a snapshot, if it alone is different, is a difference that is shown."""
    add_service(declared=["_x_*"], origins="https://ads.example.org", script="analytics.js")
    before = policies.snapshot()
    changed = 0

    for path in list(leaves(before)):
        after = json.loads(json.dumps(before))
        holder = after
        for key in path[:-1]:
            holder = holder[key]
        value = holder[path[-1]]
        holder[path[-1]] = not value if isinstance(value, bool) else f"{value}!"
        assert comparing.changes(before, after), path
        changed += 1

    assert changed > 50


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, (*path, place))
    else:
        yield path


def write(statement, *values):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_policy_is_neither_edited_nor_deleted():
    policy = Policy.objects.get()

    for statement in (
        "UPDATE consent_policy SET snapshot = '{}'",
        "UPDATE consent_policy SET digest = 'x'",
        "UPDATE consent_policy SET news = 'x'",
        "DELETE FROM consent_policy",
        "INSERT INTO consent_policy (number, published_at, is_material, news, snapshot, digest) "
        "VALUES (9, '2026-01-01', TRUE, 'x', '{}', 'x')",
    ):
        write(statement)
    for change in (
        lambda: Policy.objects.update(news="x"),
        lambda: Policy.objects.all()._raw_delete("default"),
        lambda: Policy.objects.filter(pk=policy.pk).update(number=2),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    if connection.vendor == "sqlite":
        write("REPLACE INTO consent_policy SELECT * FROM consent_policy")
    else:
        connection.check_constraints()
        write("TRUNCATE consent_policy CASCADE")
    assert Policy.objects.get() == policy


def test_a_policy_is_shown_for_ever_with_its_sha256(client, privacy_editor):
    first = Policy.objects.get()
    add_service()
    publish(privacy_editor)

    page = client.get("/cookies/v/1/")
    text = client.get("/cookies/v/1.json")

    assert first.digest in page.text
    assert first.said["banner"]["text"] in page.text
    assert "Ad Company" not in page.text
    assert "Ad Company" in client.get("/cookies/v/2/").text
    assert hashlib.sha256(text.content).hexdigest() == first.digest


@pytest.mark.parametrize("number", [0, 2, 99_999_999_999_999_999_999])
def test_there_is_no_page_of_a_policy_that_never_was(number, client):
    assert client.get(f"/cookies/v/{number}/").status_code == 404
    assert client.get(f"/cookies/v/{number}.json").status_code == 404


def test_no_cell_of_the_preferences_page_is_empty(client, privacy_editor):
    add_service(declared=["_x_*", {"name": "y", "domain": "example.org", "path": "/a"}])
    publish(privacy_editor)

    page = client.get("/cookies/").text

    cells = [part.split("</td>")[0].strip() for part in page.split("<td>")[1:]]
    assert len(cells) > 20
    assert all(cells)
    for service in policies.in_force().services:
        assert service["provider"] in page
        for kept in service["declared"]:
            assert f"<code>{kept['name']}</code>" in page


def test_a_process_asks_once_a_second_and_knows_the_last_answer(
    django_assert_num_queries, privacy_editor
):
    with django_assert_num_queries(2):
        known = policies.in_force()
    with django_assert_num_queries(0):
        assert policies.in_force() is known

    with database_down():
        assert policies.in_force() is known


def test_a_process_that_never_reached_the_database_knows_no_policy(monkeypatch):
    monkeypatch.setitem(policies._known, "policy", None)

    with database_down():
        assert policies.in_force() is None


def test_a_policy_that_another_process_published_is_in_force_within_a_second(
    privacy_editor, monkeypatch
):
    policies.in_force()
    add_service()
    monkeypatch.setattr(policies, "forget", lambda: None)
    publish(privacy_editor)
    assert policies.in_force().number == 1

    now = policies.time.monotonic
    monkeypatch.setattr(policies.time, "monotonic", lambda: now() + 1)

    assert policies.in_force().number == 2


def test_who_published_is_kept(privacy_editor):
    add_service()
    publish(privacy_editor)

    with pytest.raises(IntegrityError), transaction.atomic():
        privacy_editor.delete()


def test_news_are_those_of_the_time_that_a_grant_may_hold(privacy_editor, monkeypatch):
    long_ago = timezone.now() - timedelta(days=200)
    for text in ("Old news.", "New news."):
        add_service(slug=text.split()[0].lower())
        if text == "Old news.":
            with monkeypatch.context() as patch:
                patch.setattr(policies.timezone, "now", lambda: long_ago)
                publish(privacy_editor, news=text)
        else:
            publish(privacy_editor, news=text)

    policy = policies.in_force()

    assert "New news." in policy.news_since(2)
    assert policy.news_since(3) == []
    assert "Old news." not in [text for _, text in policy.news]


def test_a_policy_with_records_stays(privacy_editor):
    policy = Policy.objects.get()
    Record.objects.create(
        consent_id="a" * 16,
        sequence=1,
        policy=policy,
        bits=7,
        at=timezone.now(),
        expires_on=timezone.now().date(),
        digest="x",
    )

    write("DELETE FROM consent_policy")


def test_what_was_read_before_a_publication_is_not_remembered_after_it(
    privacy_editor, monkeypatch
):
    read = policies._read

    def publish_meanwhile():
        policy = read()
        monkeypatch.setattr(policies, "_read", read)
        add_service()
        publish(privacy_editor)
        return policy

    policies.forget()
    monkeypatch.setattr(policies, "_read", publish_meanwhile)

    assert policies.in_force().number == 1
    assert policies.in_force().number == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_reads_as_soon_as_it_is_forgotten_learns_the_new_one(privacy_editor, monkeypatch):
    forget = policies.forget

    def forget_and_be_read():
        forget()
        with ThreadPoolExecutor(1) as other:
            other.submit(read_elsewhere).result()

    def read_elsewhere():
        try:
            policies.in_force()
        finally:
            connection.close()

    add_service()
    monkeypatch.setattr(policies, "forget", forget_and_be_read)
    publish(privacy_editor)

    assert policies.in_force().number == 2
