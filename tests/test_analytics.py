"""Views are counted for who allows it, by day and page, and nobody is told apart."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from monographs import addresses
from monographs.models import Monograph, State, Topic
from peptidesite import charts, periods
from peptidesite.analytics import reports
from peptidesite.analytics.models import PageViews
from peptidesite.consent import cookie
from peptidesite.consent.cookie import Choice

from .consent_site import SAME_ORIGIN, database_down

pytestmark = pytest.mark.django_db
PAGE = "/monographs/thymosin-alpha-1/"


def grant(client, bits=2):
    client.cookies["cc"] = Choice(1, bits, cookie.today()).format()


@pytest.fixture
def live(make_revision):
    return make_revision(State.PUBLISHED).monograph


@pytest.fixture
def send(client):
    """Send what the script does, as a browser in which analytics are allowed."""
    grant(client)

    def send(page=PAGE, headers=SAME_ORIGIN, **more):
        return client.post("/views/", {"page": page, **more}, headers=headers)

    return send


def counted():
    fields = ("path", "views", "returning", "seconds")
    return list(PageViews.objects.values_list(*fields).order_by("path"))


def test_a_view_is_counted_by_day_and_page(live, send):
    response = send()
    send("/")

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response["Cache-Control"] == "no-store, private"
    assert counted() == [("/", 1, 0, 0), (PAGE, 1, 0, 0)]
    assert {row.day for row in PageViews.objects.all()} == {periods.today()}
    live.refresh_from_db()
    assert live.views == 1


def test_reading_time_adds_up_and_is_no_view(live, send):
    send()
    send(seconds="30")
    send(seconds="12")
    send(seconds="999999")

    assert counted() == [(PAGE, 1, 0, 3642)]


def test_who_was_here_on_an_earlier_day_is_returning(live, send, client):
    send()
    assert client.cookies["visited"].value == str(periods.today())
    send()
    client.cookies["visited"] = str(periods.today() - timedelta(days=29))
    send()
    client.cookies["visited"] = str(periods.today() - timedelta(days=30))
    send()

    assert counted() == [(PAGE, 4, 1, 0)]


def test_the_cookie_is_the_same_for_all_who_come_on_a_day_and_is_kept_30_days(live, send, client):
    morsel = send().cookies["visited"]

    assert morsel.value == str(periods.today())
    assert morsel["max-age"] == 30 * 24 * 60 * 60
    assert morsel["httponly"] is True
    assert morsel["samesite"] == "Lax"
    assert "visited" not in send().cookies


@pytest.mark.parametrize("value", ["", "1", "9999-01-01", "a-number-of-my-own", "\x00"])
def test_a_made_up_cookie_is_replaced(value, live, send, client):
    client.cookies["visited"] = value

    assert send().cookies["visited"].value == str(periods.today())
    assert counted() == [(PAGE, 1, 0, 0)]


@pytest.mark.parametrize("bits", [None, 0, 5])
def test_without_consent_nothing_is_counted_and_no_cookie_set(bits, live, client):
    if bits is not None:
        grant(client, bits)

    response = client.post("/views/", {"page": PAGE}, headers=SAME_ORIGIN)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "visited" not in response.cookies
    assert counted() == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-site"}, {}])
def test_what_another_site_sends_is_refused(headers, live, send):
    assert send(headers=headers).status_code == HTTPStatus.FORBIDDEN
    assert counted() == []


def test_it_takes_posts_only(live, send, client):
    assert client.get("/views/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_where_a_list_begins_is_a_page(live, send):
    Topic.objects.create(name="Bone", slug="bone")
    pages = ["/topics/bone/", "/letters/T/"]

    for page in pages:
        send(page)

    assert sorted(PageViews.objects.values_list("path", flat=True)) == sorted(pages)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "x",
        "/nothing/",
        "/monographs/unknown/",
        "/cookies/",
        "/admin/",
        "/topics/no/",
        "/topics/bone/99/",
        "/letters/Z/",
        "/letters/T/99/",
        "/letters/\x00/",
        "/\x00",
    ],
)
def test_no_row_is_made_for_what_is_no_page(page, live, send):
    Topic.objects.create(name="Bone", slug="bone")
    assert send(page).status_code == HTTPStatus.NO_CONTENT
    assert send(page, seconds="3").status_code == HTTPStatus.NO_CONTENT
    assert counted() == []


def test_a_draft_is_no_page(make_revision, send):
    make_revision(State.DRAFT)

    send()

    assert counted() == []


@pytest.mark.parametrize("seconds", ["", "0", "-1", "1e3", "²", "9" * 50])
def test_odd_seconds_count_nothing(seconds, live, send):
    send(seconds=seconds)

    assert sum(row[3] for row in counted()) == 0


def test_a_large_body_is_refused(live, send):
    assert send(x="x" * 1_000).status_code == HTTPStatus.BAD_REQUEST


def test_with_the_database_down_nothing_is_said(live, send):
    with database_down():
        response = send()

    assert response.status_code == HTTPStatus.NO_CONTENT


class Bodies(TestCase):
    @given(
        st.binary(max_size=200),
        st.sampled_from(
            ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
        ),
    )
    def test_no_bytes_are_an_error(self, body, content_type):
        grant(self.client)

        response = self.client.post(
            "/views/", body, content_type=content_type, headers=SAME_ORIGIN
        )

        assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert not PageViews.objects.exists()


@pytest.fixture
def days_of_views(live):
    for age, views in ((0, 5), (6, 3), (29, 2), (364, 1), (365, 9)):
        PageViews.objects.create(
            day=periods.today() - timedelta(days=age),
            path=PAGE,
            views=views,
            returning=1,
            seconds=60,
        )
    return live


@pytest.mark.parametrize(
    ("days", "views", "bars"), [("7", 8, 7), ("30", 10, 30), ("365", 11, 53)]
)
def test_editors_see_views_over_a_week_a_month_and_a_year(
    days, views, bars, days_of_views, author, sign_in
):
    page = reverse("views-of-monograph", args=[days_of_views.pk])

    response = sign_in(author).get(page, {"days": days})

    assert response.context["total"].views == views
    assert len(response.context["rows"]) == bars
    assert response.text.count('<rect class="chart__bar') > 3
    assert "Returning readers" in response.text
    assert f'<a href="?days={days}" aria-current="page">' in response.text


def test_views_follow_a_monograph_to_another_address(days_of_views, publisher, sign_in):
    addresses.change(days_of_views, "elsewhere", actor=publisher)
    page = reverse("views-of-monograph", args=[days_of_views.pk])

    assert sign_in(publisher).get(page).context["total"].views == 10


def test_without_views_the_page_says_so(live, author, sign_in):
    response = sign_in(author).get(reverse("views-of-monograph", args=[live.pk]), {"days": "x"})

    assert "Nobody who allows analytics viewed it" in response.text
    assert response.context["period"] == 30


def test_views_are_for_those_who_see_monographs(live, privacy_editor, sign_in):
    page = reverse("views-of-monograph", args=[live.pk])

    assert sign_in(privacy_editor).get(page).status_code == HTTPStatus.FORBIDDEN


def test_the_list_is_ordered_by_views(live, make_revision, author, sign_in):
    other = make_revision(slug="other").monograph
    Monograph.objects.filter(pk=live.pk).update(views=3)

    rows = (
        sign_in(author)
        .get(reverse("admin:monographs_monograph_changelist"), {"o": "-7"})
        .context["cl"]
        .result_list
    )

    assert list(rows) == [live, other]


def test_weeks_end_today_and_the_first_is_short():
    spans = periods.spans(365)

    assert spans[-1] == periods.today() - timedelta(days=6)
    assert spans[0] == periods.today() - timedelta(days=364)
    assert {b - a for a, b in zip(spans[1:], spans[2:], strict=False)} == {timedelta(days=7)}
    assert all(periods.span_of(day, spans) == day for day in spans)


def test_rows_are_of_the_day_they_were_counted_on(days_of_views):
    rows = reports.rows([PAGE], 7)

    assert [(row.day, row.views) for row in rows if row.views] == [
        (periods.today() - timedelta(days=6), 3),
        (periods.today(), 5),
    ]


def test_bars_stand_on_each_other_and_end_below_the_top():
    chart = charts.bars("Views", ["a", "b"], {"new": [3, 0], "old": [4, 10]})

    tops = {(number, float(x)): float(y) for number, x, y, _, _ in chart.bars}
    heights = {(number, float(x)): float(h) for number, x, _, _, h in chart.bars}
    first = min(x for _, x in tops)
    assert len(chart.bars) == 3
    assert tops[2, first] == pytest.approx(tops[1, first] - heights[2, first], abs=0.2)
    assert heights[2, first] == pytest.approx(4 / 3 * heights[1, first], abs=0.2)
    assert [number for _, number in chart.lines] == [0, 5, 10]


def test_there_is_no_chart_of_nothing():
    assert charts.bars("Views", ["a"], {"new": [0]}) is None


@pytest.mark.parametrize(
    ("highest", "top"), [(1, 1), (3, 5), (7, 10), (11, 20), (21, 25), (26, 50), (211, 250)]
)
def test_a_chart_ends_at_a_round_number(highest, top):
    assert charts.bars("Views", ["a"], {"new": [highest]}).lines[-1][1] == top
