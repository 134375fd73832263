"""Visits by campaign are counted as sums, for who allows marketing."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from peptidesite import periods
from peptidesite.campaigns import counting
from peptidesite.campaigns.models import CampaignVisits
from peptidesite.consent import cookie
from peptidesite.consent.cookie import Choice

from .consent_site import SAME_ORIGIN, database_down

pytestmark = pytest.mark.django_db
LETTER = "mail/letter/autumn"


def allow(client, bits=1):
    client.cookies["cc"] = Choice(1, bits, cookie.today()).format()


@pytest.fixture
def send(client):
    """Send what the script does, in a browser that allows marketing and came by a campaign."""
    allow(client)
    client.cookies["campaign"] = LETTER

    def send(goal="contact", headers=SAME_ORIGIN, **more):
        return client.post("/campaigns/", {"goal": goal, **more}, headers=headers)

    return send


def counted():
    return list(CampaignVisits.objects.values_list("campaign", "goal", "count"))


def test_a_visit_is_counted_by_day_campaign_and_goal(send):
    assert send().status_code == HTTPStatus.NO_CONTENT
    send()
    send("newsletter")

    assert counted() == [(LETTER, "contact", 2), (LETTER, "newsletter", 1)]


@pytest.mark.parametrize("bits", [0, 6])
def test_without_consent_nothing_is_counted(bits, send, client):
    allow(client, bits)

    assert send().status_code == HTTPStatus.FORBIDDEN
    assert counted() == []


def test_what_another_site_sends_is_refused(send):
    assert send(headers={"Sec-Fetch-Site": "cross-site"}).status_code == HTTPStatus.FORBIDDEN
    assert counted() == []


@pytest.mark.parametrize(
    "campaign",
    [
        "",
        "mail",
        "mail/letter",
        "a/b/c/d",
        "Mail/letter/autumn",
        "a/b/é",
        "x" * 41 + "//",
        "a/b/\n",
    ],
)
def test_a_campaign_that_the_script_never_writes_is_not_counted(campaign, send, client):
    client.cookies["campaign"] = campaign

    assert send().status_code == HTTPStatus.NO_CONTENT
    assert counted() == []


@pytest.mark.parametrize("goal", ["", "elsewhere", "contact\x00"])
def test_there_is_no_other_goal(goal, send):
    send(goal)

    assert counted() == []


def test_made_up_campaigns_cannot_fill_the_table(send, client, monkeypatch):
    monkeypatch.setattr(counting, "MOST_A_DAY", 3)
    for number in range(6):
        client.cookies["campaign"] = f"mail/{number}/"
        send()
    client.cookies["campaign"] = "mail/1/"
    send()

    assert counted() == [
        ("mail/0/", "contact", 1),
        ("mail/1/", "contact", 2),
        ("mail/2/", "contact", 1),
        ("others", "contact", 3),
    ]


def test_with_the_database_down_nothing_is_said(send):
    with database_down():
        assert send().status_code == HTTPStatus.NO_CONTENT


class Bodies(TestCase):
    @given(st.binary(max_size=200), st.text(st.characters(max_codepoint=255), max_size=80))
    def test_no_bytes_are_an_error(self, body, campaign):
        allow(self.client)
        self.client.cookies["campaign"] = campaign
        form = "application/x-www-form-urlencoded"

        response = self.client.post("/campaigns/", body, content_type=form, headers=SAME_ORIGIN)

        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert not CampaignVisits.objects.exists()


@pytest.mark.parametrize(("days", "total"), [("7", 2), ("30", 5), ("365", 9), ("x", 5)])
def test_editors_see_the_sums_of_a_period(days, total, publisher, sign_in):
    for age, count in ((0, 2), (7, 3), (30, 4), (365, 8)):
        CampaignVisits.objects.create(
            day=periods.today() - timedelta(days=age),
            campaign=LETTER,
            goal="contact",
            count=count,
        )
    page = reverse("admin:campaigns_campaignvisits_changelist")

    response = sign_in(publisher).get(page, {"days": days})

    assert response.context["rows"] == [(LETTER, [total, 0])]
    assert f"<td>{total}</td>" in response.text


@pytest.mark.parametrize("role", ["author", "reviewer"])
def test_other_roles_do_not(role, request, sign_in):
    client = sign_in(request.getfixturevalue(role))

    response = client.get(reverse("admin:campaigns_campaignvisits_changelist"))

    assert response.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/contact/", "/newsletter/"])
def test_the_pages_that_campaigns_lead_to_say_whom_to_write_to(path, client):
    response = client.get(path)

    assert response.status_code == HTTPStatus.OK
    assert "mailto:privacy@peptides.example" in response.text
    assert f'data-goal="{path.strip("/")}"' in response.text
