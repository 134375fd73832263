"""Grants have a proof, refusals leave a number in a tally, and neither names anybody."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from peptidesite import guards
from peptidesite.consent import choosing, cookie, limits, policies, records
from peptidesite.consent.cookie import Choice
from peptidesite.consent.models import Record, Tally

from .consent_site import SAME_ORIGIN, add_service, database_down, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def choose(client):
    """Send a choice as a browser does, which keeps the cookie."""

    def choose(choice, *categories, **extra):
        data = {"choice": choice, "categories": categories}
        return client.post("/consent/", data, headers=SAME_ORIGIN, **extra)

    return choose


def tallies():
    return {tally.outcome: tally.count for tally in Tally.objects.all()}


def choice_in(response):
    return Choice.parse(response.cookies["cc"].value)


def test_accepting_stores_one_record_without_anything_of_the_visitor(choose):
    choice = choice_in(choose("accept", REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="A Browser"))

    record = Record.objects.get()
    assert (record.consent_id, record.bits, record.sequence) == (choice.record_id, 7, 1)
    assert record.policy_id == choice.policy == 1
    assert tallies() == {"accept": 1}
    fields = {field.name for field in Record._meta.get_fields()}
    assert fields == {
        *("id", "consent_id", "sequence", "policy", "bits", "at", "expires_on"),
        *("previous_digest", "digest"),
    }


def test_rejecting_stores_no_record_and_no_id_and_raises_the_tally_by_one(choose):
    choice = choice_in(choose("reject"))

    assert choice.record_id is None
    assert not Record.objects.exists()
    assert tallies() == {"reject": 1}


def test_all_who_refuse_have_the_same_cookie(client):
    cookies = {
        client_.post("/consent/", {"choice": "reject"}, headers=SAME_ORIGIN).cookies["cc"].value
        for client_ in (type(client)() for _ in range(3))
    }

    assert len(cookies) == 1


@pytest.mark.parametrize("choice", ["accept", "reject"])
def test_who_sends_the_form_twice_is_counted_once(choice, choose):
    first = choose(choice)
    second = choose(choice)

    assert second.cookies["cc"].value == first.cookies["cc"].value
    assert sum(tallies().values()) == 1
    assert Record.objects.count() == (choice == "accept")


def test_withdrawing_adds_a_second_line_and_takes_the_id_from_the_cookie(choose):
    granted = choice_in(choose("accept"))
    withdrawn = choice_in(choose("reject"))

    lines = list(Record.objects.order_by("sequence"))
    assert [line.bits for line in lines] == [7, 0]
    assert {line.consent_id for line in lines} == {granted.record_id}
    assert lines[1].previous_digest == lines[0].digest
    assert withdrawn.record_id is None
    assert tallies() == {"accept": 1, "withdraw": 1}


def test_withdrawing_a_part_keeps_the_rest_its_day_and_its_id(choose, monkeypatch):
    granted = choice_in(choose("accept"))
    today = cookie.today()
    monkeypatch.setattr(cookie, "today", lambda: today + 10)

    reduced = choice_in(choose("save", "analytics"))

    assert (reduced.bits, reduced.day, reduced.record_id) == (2, today, granted.record_id)
    assert [line.bits for line in Record.objects.all()] == [7, 2]


def test_allowing_more_follows_in_the_same_chain(choose):
    first = choice_in(choose("save", "analytics"))
    second = choice_in(choose("accept"))

    assert first.record_id == second.record_id
    assert [line.bits for line in Record.objects.all()] == [2, 7]
    assert tallies() == {"some": 1, "accept": 1}


def test_saying_yes_again_on_a_later_day_renews_the_grant(choose, monkeypatch):
    choose("accept")
    today = cookie.today()
    monkeypatch.setattr(cookie, "today", lambda: today + 100)

    renewed = choice_in(choose("accept"))

    assert renewed.day == today + 100
    assert Record.objects.count() == 2
    assert tallies() == {"accept": 1}


def test_an_id_that_nobody_issued_begins_no_chain(choose, client):
    client.cookies["cc"] = f"1.1.2.{cookie.today()}.forgedforgedforg"

    choice = choice_in(choose("accept"))

    assert choice.record_id != "forgedforgedforg"
    assert Record.objects.get().sequence == 1


def test_refusing_with_an_id_that_nobody_issued_writes_no_line(choose, client):
    client.cookies["cc"] = f"1.1.2.{cookie.today()}.forgedforgedforg"

    assert choose("reject").status_code == HTTPStatus.SEE_OTHER
    assert not Record.objects.exists()


def test_a_void_grant_that_is_refused_is_written_down_as_ended(choose, privacy_editor):
    choose("accept")
    add_service()
    publish(privacy_editor)

    choose("reject")

    assert [(line.policy_id, line.bits) for line in Record.objects.all()] == [(1, 7), (2, 0)]


def test_the_chain_shows_what_was_altered(choose):
    choose("save", "analytics")
    choose("accept")
    call_command("verify_consents")
    assert records.first_wrong() is None

    with guards.lifted():
        Record.objects.filter(sequence=1).update(bits=7)

    assert records.first_wrong().sequence == 1
    with pytest.raises(CommandError, match="line 1 does not fit"):
        call_command("verify_consents")


def test_the_chain_shows_a_line_that_was_cut_out(choose):
    for categories in (["analytics"], ["analytics", "marketing"], []):
        choose("save", *categories)
    with guards.lifted():
        Record.objects.filter(sequence=2).delete()

    assert records.first_wrong().sequence == 3


FORBIDDEN = [
    "UPDATE consent_record SET bits = 7",
    "UPDATE consent_record SET at = '2020-01-01'",
    "DELETE FROM consent_record",
    "INSERT INTO consent_record (consent_id, sequence, policy_id, bits, at, expires_on, "
    "previous_digest, digest) SELECT consent_id, sequence + 1, policy_id, 7, at, expires_on, "
    "'x', 'x' FROM consent_record",
    "INSERT INTO consent_record (consent_id, sequence, policy_id, bits, at, expires_on, "
    "previous_digest, digest) SELECT consent_id, 9, policy_id, 7, at, expires_on, "
    "digest, 'x' FROM consent_record",
    "INSERT INTO consent_record (consent_id, sequence, policy_id, bits, at, expires_on, "
    "previous_digest, digest) SELECT 'another', 1, policy_id, 8, at, expires_on, "
    "'', 'x' FROM consent_record",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_takes_new_lines_at_the_end_only(statement, choose):
    choose("accept")

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_records_are_not_replaced(choose):
    choose("accept")
    connection.check_constraints()
    statement = {
        "sqlite": "REPLACE INTO consent_record SELECT * FROM consent_record",
        "postgresql": "TRUNCATE consent_record",
    }[connection.vendor]

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def aged(choose, client, monkeypatch):
    """Make the record of a grant that is so many days old."""

    def aged(days, choice="accept"):
        client.cookies.clear()
        with monkeypatch.context() as patch:
            then = timezone.now() - timedelta(days=days)
            patch.setattr(records.timezone, "now", lambda: then)
            choose(choice)
        limits.forget()
        return Record.objects.order_by("-pk").first()

    return aged


def test_purging_is_safe_to_run_twice_and_keeps_what_may_be_in_force(aged, capsys):
    old, in_force, fresh = aged(400), aged(179), aged(0)

    call_command("purge_consents", days=180)
    call_command("purge_consents", days=180)

    assert set(Record.objects.all()) == {in_force, fresh}
    assert capsys.readouterr().out.splitlines() == [
        "1 consent records older than 180 days deleted.",
        "0 consent records older than 180 days deleted.",
    ]
    assert not Record.objects.filter(pk=old.pk).exists()


def test_purging_without_a_number_keeps_three_years(aged):
    kept, gone = aged(3 * 365 - 1), aged(3 * 365 + 1)

    call_command("purge_consents")

    assert Record.objects.get() == kept
    assert gone != kept


@pytest.mark.parametrize("days", [-1, 0, 179, 10**12])
def test_purging_what_may_be_in_force_is_refused(days, aged):
    aged(100)

    with pytest.raises(CommandError, match="Use --days with a number from 180"):
        call_command("purge_consents", days=days)

    assert Record.objects.exists()


def test_the_database_keeps_what_may_be_in_force_whoever_deletes(aged):
    in_force = aged(100)
    old = aged(300)

    with pytest.raises(IntegrityError), transaction.atomic():
        in_force.delete()

    old.delete()
    assert Record.objects.get() == in_force


@pytest.mark.parametrize("choice", ["reject", "save"])
def test_with_the_database_down_refusing_works(choice, choose, client):
    client.cookies["cc"] = f"1.1.7.{cookie.today()}.forgedforgedforg"
    policies.in_force()

    with database_down():
        response = choose(choice)

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert choice_in(response).bits == 0


def test_with_the_database_down_a_part_is_withdrawn(choose):
    choose("accept")

    with database_down():
        response = choose("save", "analytics")

    assert response.status_code == HTTPStatus.SEE_OTHER
    assert choice_in(response).bits == 2


@pytest.mark.parametrize("knows", [True, False], ids=["policy known", "policy unknown"])
def test_with_the_database_down_granting_fails_and_all_stays_off(knows, choose, monkeypatch):
    policies.in_force()
    if not knows:
        monkeypatch.setitem(policies._known, "policy", None)

    with database_down():
        response = choose("accept")
        refusal = choose("reject")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert not response.cookies
    assert "cannot store the proof" in response.text
    assert refusal.status_code == HTTPStatus.SEE_OTHER
    assert choice_in(refusal).bits == 0


def test_with_the_database_down_the_preferences_page_offers_to_refuse(client, monkeypatch):
    monkeypatch.setitem(policies._known, "policy", None)

    with database_down():
        response = client.get("/cookies/")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert 'value="reject"' in response.text


def test_a_network_has_five_grants_a_minute_and_refuses_without_end(choose, client):
    for _ in range(limits.NETWORK_LIMIT):
        client.cookies.clear()
        assert choose("accept", REMOTE_ADDR="192.0.2.1").status_code == HTTPStatus.SEE_OTHER
    client.cookies.clear()

    refused = choose("accept", REMOTE_ADDR="192.0.2.254")
    elsewhere = choose("accept", REMOTE_ADDR="192.0.3.1")
    client.cookies.clear()
    refusals = [choose("reject", REMOTE_ADDR="192.0.2.1") for _ in range(20)]

    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Please try again in a minute" in refused.text
    assert refused["Retry-After"] == "60"
    assert not refused.cookies
    assert elsewhere.status_code == HTTPStatus.SEE_OTHER
    assert {response.status_code for response in refusals} == {HTTPStatus.SEE_OTHER}
    assert Record.objects.count() == limits.NETWORK_LIMIT + 1


def test_the_site_stores_120_grants_a_minute(choose, client):
    for number in range(records.GRANTS_A_MINUTE):
        client.cookies.clear()
        response = choose("accept", REMOTE_ADDR=f"10.0.{number}.1")
        assert response.status_code == HTTPStatus.SEE_OTHER
    client.cookies.clear()

    assert choose("accept", REMOTE_ADDR="10.1.0.1").status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert choose("reject", REMOTE_ADDR="10.1.0.1").status_code == HTTPStatus.SEE_OTHER
    assert Record.objects.count() == records.GRANTS_A_MINUTE


def test_withdrawing_is_never_limited(choose, monkeypatch):
    choose("accept")
    monkeypatch.setattr(records, "are_full", lambda: True)
    monkeypatch.setattr(limits, "take", lambda address: False)

    assert choose("save", "analytics").status_code == HTTPStatus.SEE_OTHER
    assert choose("reject").status_code == HTTPStatus.SEE_OTHER
    with pytest.raises(choosing.TooManyGrants):
        choosing.choose(7, stored=None, held=None, address="")


def test_a_minute_later_there_are_places_again(monkeypatch):
    for _ in range(limits.NETWORK_LIMIT):
        assert limits.take("192.0.2.1")
    assert not limits.take("192.0.2.1")

    now = limits.time.monotonic
    monkeypatch.setattr(limits.time, "monotonic", lambda: now() + limits.SECONDS)

    assert limits.take("192.0.2.1")


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("192.0.2.1", "192.0.2.255", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("2001:db8:1::1", "2001:db8:1:ffff::1", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
    ],
)
def test_a_network_is_an_ipv4_24_or_an_ipv6_48(first, second, is_one):
    for _ in range(limits.NETWORK_LIMIT):
        limits.take(first)

    assert limits.take(second) == (not is_one)


@pytest.mark.parametrize("address", ["", "unix:", "999.1.1.1", "x" * 1_000])
def test_an_address_that_is_none_is_no_error(address):
    assert all(limits.take(address) for _ in range(10))


def test_networks_are_known_by_a_hash_that_changes_daily(monkeypatch):
    limits.take("192.0.2.1")
    kept = bytes(limits._grants[0].network)
    today = limits.time.time()
    monkeypatch.setattr(limits.time, "time", lambda: today + 86_400)

    assert limits._hash_of("192.0.2.1") != kept
    assert b"192.0.2" not in kept


@pytest.mark.parametrize(
    ("proxies", "passed", "counted"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (3, "198.51.100.1, 203.0.113.9", "192.0.2.1"),
    ],
)
def test_behind_proxies_the_last_trusted_address_counts(proxies, passed, counted, rf, settings):
    from peptidesite.consent import visitors

    settings.PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": passed})

    assert visitors.address(request) == counted


def test_the_receipt_has_the_fields_of_the_specification(choose, client):
    choose("save", "analytics", "marketing")
    choose("save", "analytics")

    response = client.get("/consent/receipt.json")

    last, first = response.json()
    required = {
        *("version", "jurisdiction", "consentTimestamp", "collectionMethod", "consentReceiptID"),
        *("language", "piiPrincipalId", "piiControllers", "policyUrl", "services"),
        *("sensitive", "spiCat"),
    }
    assert required <= set(last)
    assert last["version"] == "KI-CR-v1.1.0"
    assert last["policyUrl"] == "http://testserver/cookies/v/1/"
    assert [service["service"] for service in last["services"]] == ["Page counts"]
    assert [service["service"] for service in first["services"]] == [
        "Campaign links",
        "Page counts",
    ]
    purpose = last["services"][0]["purposes"][0]
    assert purpose["consentType"] == "EXPLICIT"
    assert purpose["thirdPartyDisclosure"] is False
    assert last["piiControllers"][0]["email"] == "privacy@peptides.example"
    assert last["previousDigest"] == first["recordDigest"]
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "value", [None, "garbage", "1.1.0.20779", "1.1.7.20779.forgedforgedforg"]
)
def test_without_a_record_there_is_no_receipt(value, client):
    if value:
        client.cookies["cc"] = value

    assert client.get("/consent/receipt.json").status_code == 404


def test_the_preferences_page_shows_the_id_and_the_day(choose, client):
    choice = choice_in(choose("accept"))

    page = client.get("/cookies/").text

    assert choice.record_id in page
    assert f"{choice.made_on:%B %Y}" in page
    assert 'href="/consent/receipt.json"' in page
