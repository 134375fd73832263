"""At the desk: privacy editors keep services and publish, all others do not."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from peptidesite.consent import policies, rates, records
from peptidesite.consent.models import Declared, Policy, Record, Service, Tally, Wording

from .consent_site import SAME_ORIGIN, add_service, publish

pytestmark = pytest.mark.django_db

PUBLISH = "/admin/consent/policy/add/"


@pytest.fixture
def desk(sign_in, privacy_editor):
    return sign_in(privacy_editor)


def seen(page):
    return re.search('name="seen_digest" value="(.*?)"', page.text)[1]


def test_the_comparison_is_shown_before_the_button(desk):
    Wording.objects.update(banner_text="Another banner.")

    page = desk.get(PUBLISH)

    assert "Another banner." in page.text
    assert Policy.objects.get().said["banner"]["text"] in page.text
    assert "Publish policy 2" in page.text


def test_without_a_change_there_is_no_button(desk):
    page = desk.get(PUBLISH)

    assert "Publish policy" not in page.text
    assert "Change them first" in page.text


def test_publishing_at_the_desk(desk, privacy_editor):
    add_service()
    digest = seen(desk.get(PUBLISH))

    data = {"seen_digest": digest, "is_material": "on", "news": "We have an advertiser."}
    response = desk.post(PUBLISH, data, follow=True)

    assert "Policy 2 is in force." in response.text
    policy = Policy.objects.first()
    assert (policy.publisher, policy.news) == (privacy_editor, "We have an advertiser.")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"news": "Typed before."}, "it is material"),
        ({"is_material": "on", "news": ""}, "what is new"),
        ({"is_material": "on", "news": "Typed before.", "seen_digest": "x"}, "Read the compar"),
        ({"is_material": "on", "news": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(data, message, desk):
    add_service()
    digest = seen(desk.get(PUBLISH))

    response = desk.post(PUBLISH, {"seen_digest": digest, **data})

    assert response.status_code == 200
    assert message in response.text
    assert data["news"] in response.text
    assert Policy.objects.count() == 1


def test_a_double_click_publishes_once(desk):
    add_service()
    data = {"seen_digest": seen(desk.get(PUBLISH)), "is_material": "on", "news": "New."}

    desk.post(PUBLISH, data)
    second = desk.post(PUBLISH, data)

    assert "the same as the policy in force" in second.text
    assert Policy.objects.count() == 2


@pytest.mark.parametrize("role", ["author", "reviewer", "publisher"])
@pytest.mark.parametrize(
    "path",
    [
        *("policy/", "policy/add/", "service/", "service/add/", "wording/1/change/"),
        *("categorytext/", "record/", "tally/"),
    ],
)
def test_other_roles_have_no_business_there(role, path, sign_in, request):
    desk = sign_in(request.getfixturevalue(role))

    assert desk.get(f"/admin/consent/{path}").status_code == 403


def test_policies_and_records_have_no_form(desk, client):
    client.post("/consent/", {"choice": "accept"}, headers=SAME_ORIGIN)
    record = Record.objects.get()

    for path, pk in (("policy", 1), ("record", record.pk)):
        page = desk.get(f"/admin/consent/{path}/{pk}/change/")
        assert page.status_code == 200
        assert 'name="_save"' not in page.text
        assert desk.post(f"/admin/consent/{path}/{pk}/change/", {}).status_code == 403
        assert (
            desk.post(f"/admin/consent/{path}/{pk}/delete/", {"post": "yes"}).status_code == 403
        )


def test_a_record_is_found_by_its_whole_id(desk, client):
    client.post("/consent/", {"choice": "accept"}, headers=SAME_ORIGIN)
    record = Record.objects.get()

    found = desk.get("/admin/consent/record/", {"q": record.consent_id})
    part = desk.get("/admin/consent/record/", {"q": record.consent_id[:8]})

    assert record.consent_id in found.text
    assert "0 consent records" in part.text
    receipt = desk.get(f"/admin/consent/record/{record.pk}/receipt.json").json()
    assert receipt["piiPrincipalId"] == record.consent_id


def form_of(service):
    kept = service.declared.all()
    data = {
        "declared-TOTAL_FORMS": len(kept) + 1,
        "declared-INITIAL_FORMS": len(kept),
        **{
            field.name: getattr(service, field.name) or ""
            for field in Service._meta.fields
            if field.name != "id"
        },
    }
    for place, one in enumerate(kept):
        for name in ("id", "kind", "name", "purpose", "duration", "domain", "path"):
            data[f"declared-{place}-{name}"] = getattr(one, name)
    return data


NEW = {"kind": "cookie", "purpose": "Knows.", "duration": "1 day", "domain": "", "path": "/"}


def test_a_service_gets_a_cookie_and_visitors_see_it_with_the_next_policy(desk):
    service = Service.objects.get(slug="campaigns")
    data = form_of(service) | {
        f"declared-1-{name}": value for name, value in {**NEW, "name": "_x_*"}.items()
    }
    data.pop("asks_consent_mode")

    response = desk.post(
        reverse("admin:consent_service_change", args=[service.pk]), data, follow=True
    )

    assert "Visitors see it with the next policy" in response.text
    assert Declared.objects.filter(service=service, name="_x_*").exists()
    assert "_x_*" not in desk.get("/cookies/").text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"script": "http://insecure.example.org/x.js"}, "begins with https://"),
        ({"script": "nothing-like-it.js"}, "begins with https://"),
        ({"script": "../settings.py"}, "begins with https://"),
        ({"script": "javascript:alert(1)"}, "begins with https://"),
        ({"origins": "https://a.example.org/path"}, "is no origin"),
        ({"origins": "https://a.example.org; script-src *"}, "is no origin"),
        ({"origins": "*"}, "is no origin"),
        ({"origins": "http://a.example.org"}, "is no origin"),
        ({"category": "necessary", "origins": "https://a.example.org"}, "loads nothing from"),
        ({"declared-1-name": "has space"}, "without spaces"),
        ({"declared-1-name": "*"}, "without spaces"),
        ({"declared-1-name": "a;b"}, "without spaces"),
        ({"declared-1-name": "c*"}, "which the site needs itself"),
        ({"declared-1-name": "session*"}, "which the site needs itself"),
        ({"declared-1-name": "visited", "declared-1-domain": "http://x"}, "Write a domain"),
        ({"declared-1-name": "visited", "declared-1-path": "a"}, "begins with /"),
        ({"declared-1-name": "visited", "declared-1-path": "/;x"}, "begins with /"),
        ({"declared-1-name": "campaign"}, "duplicate"),
        ({"declared-1-name": "visited", "declared-1-purpose": ""}, "required"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_declaration_is_refused_with_what_to_do(changes, message, desk):
    service = Service.objects.get(slug="campaigns")
    data = form_of(service)
    data.pop("asks_consent_mode")
    if any(key.startswith("declared-1") for key in changes):
        data |= {f"declared-1-{name}": value for name, value in NEW.items()}
    before = policies.snapshot()

    response = desk.post(
        reverse("admin:consent_service_change", args=[service.pk]), data | changes
    )

    assert response.status_code == 200
    assert message in response.text
    assert policies.snapshot() == before


def test_a_category_keeps_its_bit_for_ever(desk):
    assert desk.get("/admin/consent/categorytext/add/").status_code == 403
    assert desk.post("/admin/consent/categorytext/1/delete/", {"post": "yes"}).status_code == 403
    page = desk.get("/admin/consent/categorytext/2/change/")
    assert 'name="name"' not in page.text


def test_the_wording_is_one(desk):
    assert desk.get("/admin/consent/wording/add/").status_code == 403
    assert desk.get("/admin/consent/wording/")["Location"].endswith("/wording/1/change/")


def tally(day, outcome, count, policy=1):
    Tally.objects.create(day=day, policy_id=policy, outcome=outcome, count=count)


@pytest.fixture
def counted(privacy_editor):
    today = records.timezone.now().date()
    add_service()
    publish(privacy_editor)
    tally(today, "accept", 30)
    tally(today, "some", 10)
    tally(today, "reject", 60)
    tally(today, "withdraw", 5)
    tally(today, "reject", 1, policy=2)
    tally(today - records.timedelta(days=6), "accept", 7)
    tally(today - records.timedelta(days=7), "reject", 8)
    return today


def numbers(page):
    table = page.text.split("<table")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows if "<td" in row]


def test_rates_are_by_day_and_policy_accepting_and_refusing_alike(desk, counted):
    page = desk.get("/admin/consent/tally/?days=7")

    cells = [[re.sub("<.*?>", "", cell).strip() for cell in row] for row in numbers(page)]
    assert cells == [
        ["2", "0 (0%)", "0 (0%)", "1 (100%)", "0"],
        ["1", "30 (30%)", "10 (10%)", "60 (60%)", "5"],
        ["1", "7 (100%)", "0 (0%)", "0 (0%)", "0"],
        ["37 (34%)", "10 (9%)", "61 (56%)", "5"],
    ]


def test_the_public_page_agrees_with_the_desk_and_the_tallies(desk, counted):
    assert desk.get("/cookies/rates/").status_code == 404
    Wording.objects.update(rates_are_public=True)

    public = desk.get("/cookies/rates/?days=30")

    assert numbers(public) == numbers(desk.get("/admin/consent/tally/?days=30"))
    assert sum(rates.total(rates.rows(30)).counts.values()) == sum(
        tally.count for tally in Tally.objects.all()
    )
    assert "no-store" in public["Cache-Control"]


@pytest.mark.parametrize("days", ["", "0", "-1", "x", "8", "9" * 30])
def test_an_odd_period_is_thirty_days(days, desk, counted):
    assert rates.page(days)["period"] == 30
    assert desk.get("/admin/consent/tally/", {"days": days}).status_code == 200


def test_nobody_chose_is_said(desk):
    assert "Nobody chose" in desk.get("/admin/consent/tally/").text


def test_a_declared_name_of_an_optional_service_never_hits_what_is_needed():
    service = Service.objects.get(slug="analytics")

    with pytest.raises(ValidationError):
        Declared(service=service, name="__Host-*", purpose="x", duration="x").full_clean()
