import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404

from monographs import content, drafts, reading, workflow
from monographs.models import Revision, State, Topic
from peptidesite import guards

pytestmark = pytest.mark.django_db

PATHS = ["/", "/monographs/", "/monographs/thymosin-alpha-1/", "/topics/immunology/"]
UNPUBLISHED = [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.DISCARDED]


@pytest.fixture
def topic():
    return Topic.objects.create(name="Immunology", slug="immunology")


@pytest.fixture
def published(make_revision, topic):
    revision = make_revision(State.PUBLISHED)
    revision.topics.add(topic)
    return revision


def breaking(error):
    """Return a function that does nothing but raise this error."""

    def broken(*arguments):
        raise error

    return broken


@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_is_html_with_one_main_heading(path, client, published):
    response = client.get(path)

    assert response.status_code == 200
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response.text.count("<h1") == 1
    assert '<html lang="en-GB">' in response.text


@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_leads_to_the_list_and_to_the_cookie_preferences(path, client, published):
    page = client.get(path).text

    assert 'href="/monographs/"' in page
    assert 'href="/cookies/"' in page
    assert "no medical advice" in page


@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_sets_no_cookie_and_depends_on_none(path, client, published):
    response = client.get(path)

    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("path", PATHS)
def test_a_signed_in_editor_gets_the_same_bytes(path, client, published, author):
    anonymous = client.get(path)
    client.force_login(author)

    signed_in = client.get(path)

    assert signed_in.content == anonymous.content
    assert not signed_in.cookies
    assert "cookie" not in signed_in.get("Vary", "").lower()


@pytest.mark.parametrize("path", PATHS)
def test_a_public_page_answers_head_and_refuses_post(path, client, published):
    head, post = client.head(path), client.post(path)

    assert head.status_code == 200
    assert head.content == b""
    assert post.status_code == 405


def test_the_home_page_shows_what_is_new_and_by_which_topics_to_browse(client, published):
    Topic.objects.create(name="Metabolism", slug="metabolism")

    page = client.get("/").text

    assert 'href="/monographs/thymosin-alpha-1/">Thymosin Alpha-1</a>' in page
    assert 'href="/topics/immunology/">Immunology</a>' in page
    assert "Metabolism" not in page


def test_before_the_first_publication_home_and_list_say_so(client):
    home, index = client.get("/").text, client.get("/monographs/").text

    assert "Nothing has been published yet." in home
    assert "No monograph has been published yet." in index


def test_the_list_is_by_letter_and_each_letter_is_jumped_to(client, make_revision):
    make_revision(State.PUBLISHED, slug="selank", title="Selank")
    make_revision(State.PUBLISHED, slug="oxytocin", title="oxytocin")
    make_revision(State.PUBLISHED, slug="semaglutide", title="Semaglutide")

    page = client.get("/monographs/").text

    places = [page.index(f">{name}</a>") for name in ("oxytocin", "Selank", "Semaglutide")]
    assert places == sorted(places)
    for letter in "OS":
        assert f'href="#letter-{letter}"' in page
        assert page.count(f'id="letter-{letter}"') == 1


def test_a_topic_lists_its_published_monographs(client, published, make_revision, topic):
    make_revision(slug="selank", title="Selank").topics.add(topic)

    page = client.get("/topics/immunology/").text

    assert "Thymosin Alpha-1" in page
    assert "Selank" not in page


def test_a_topic_without_published_monographs_says_so(client, topic):
    response = client.get("/topics/immunology/")

    assert response.status_code == 200
    assert "No monograph on this topic is published at present." in response.text


def test_a_monograph_shows_all_sections_and_a_table_of_contents(client, published):
    page = client.get("/monographs/thymosin-alpha-1/").text

    for name in content.SECTIONS:
        assert f"A sentence for the {name}" in page
        assert page.count(f'id="{name}"') == 1
    for name in [*list(content.SECTIONS)[1:], "facts", "references"]:
        assert f'<li><a href="#{name}">' in page


def test_a_monograph_shows_its_facts(client, make_revision):
    facts = {"sequence": "SDAAVDTSSE", "cas_number": "62304-98-7", "synonyms": ["Thymalfasin"]}
    make_revision(State.PUBLISHED, facts=facts)

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert ">SDAAVDTSSE</code>" in page
    assert "<dd>62304-98-7</dd>" in page
    assert 'Also called <span itemprop="alternateName">Thymalfasin</span>' in page


def test_a_citation_leads_to_its_reference(client, published):
    page = client.get("/monographs/thymosin-alpha-1/").text

    assert 'href="#ref-key1"' in page
    assert page.count('id="ref-key1"') == 1
    assert "Isolation of a peptide" in page


def test_a_monograph_names_its_people_its_version_and_its_digest(
    client, author, reviewer, make_revision
):
    author.orcid = "0000-0002-1825-0097"
    author.save()
    revision = make_revision(State.PUBLISHED)

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert "Ada Author</span>, MSc, medical writer" in page
    assert 'href="https://orcid.org/0000-0002-1825-0097"' in page
    assert "Rex Reviewer</span>, MD, PhD" in page
    published_on = f'itemprop="datePublished" datetime="{revision.published_at:%Y-%m-%d}">'
    assert f"published on <time {published_on}" in page
    assert revision.digest in page


def test_what_each_declared_stands_beside_their_name_as_it_was_then(
    client, author, reviewer, make_revision
):
    author.competing_interests = "Shares of <Pep>.\nA patent."
    author.save()
    make_revision(State.PUBLISHED)
    reviewer.competing_interests = "Changed since."
    reviewer.save()

    page = client.get("/monographs/thymosin-alpha-1/").text

    written, reviewed = page[: page.index("<dt>Version")].split(
        "<dt>Reviewed and approved by</dt>"
    )
    assert "Competing interests: Shares of &lt;Pep&gt;.<br>A patent." in written
    assert "Competing interests: none" in reviewed
    assert "Changed since." not in page


@pytest.mark.parametrize("stated", [{}, {"competing_interests": ""}], ids=["absent", "empty"])
def test_a_byline_that_declares_nothing_has_no_empty_label(stated, client, make_revision):
    revision = make_revision(State.PUBLISHED)
    person = {"name": "Ada Author", "credentials": "", "orcid": "", **stated}
    with guards.lifted():
        Revision.objects.filter(pk=revision.pk).update(
            byline={"authors": [person], "reviewer": {**person, "name": "Rex Reviewer"}}
        )

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert "Rex Reviewer</span>" in page
    assert "Competing interests" not in page


def test_a_monograph_of_before_is_shown_as_its_successor(client, make_revision):
    make_revision(State.SUPERSEDED)

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert "2</span>, approved on" in page


@pytest.mark.parametrize("facts", [{}, {"synonyms": ["Thymalfasin"]}], ids=["none", "names"])
def test_a_monograph_without_facts_shows_no_empty_list(facts, client, make_revision):
    make_revision(State.PUBLISHED, facts=facts)

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert 'id="facts"' not in page
    assert 'href="#facts"' not in page


def test_what_an_editor_typed_is_shown_as_text(client, make_revision):
    make_revision(State.PUBLISHED, title="<b>Bold</b>", facts={"synonyms": ["<i>Odd</i>"]})

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert "&lt;b&gt;Bold&lt;/b&gt;</h1>" in page
    assert "&lt;i&gt;Odd&lt;/i&gt;" in page


def test_saving_a_draft_leaves_the_public_page_as_it_was(client, author, published):
    before = client.get("/monographs/thymosin-alpha-1/").content
    draft = drafts.start(published.monograph, author=author)
    text = {**draft.text, "risk": "Another sentence."}

    drafts.save(draft, author=author, version=draft.version, text=text)

    assert client.get("/monographs/thymosin-alpha-1/").content == before


@pytest.mark.parametrize("state", UNPUBLISHED)
def test_an_unpublished_text_is_at_no_address(state, client, make_revision, topic):
    revision = make_revision(state)
    revision.topics.add(topic)

    for path in (
        "/monographs/thymosin-alpha-1/",
        f"/monographs/thymosin-alpha-1/{revision.number}/",
        f"/monographs/thymosin-alpha-1/versions/{revision.number}/",
        f"/monographs/{revision.pk}/",
        f"/monographs/{revision.digest}/",
    ):
        assert client.get(path).status_code == 404
    for path in ("/", "/monographs/", "/topics/immunology/"):
        assert "Thymosin" not in client.get(path).text


def test_a_withdrawn_monograph_shows_the_reason_and_not_the_text(client, make_revision):
    make_revision(State.WITHDRAWN)

    response = client.get("/monographs/thymosin-alpha-1/")

    assert response.status_code == 200
    assert "Withdrawn on" in response.text
    assert "A reason." in response.text
    assert "Ada Author" in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert "A sentence for the" not in response.text
    assert "Isolation of a peptide" not in response.text
    assert "Pia Publisher" in response.text


def test_the_reason_of_a_withdrawal_keeps_its_lines_and_is_no_markup(
    client, publisher, published
):
    note = "First line.\nSecond <b>line</b>."
    workflow.perform("withdraw", published, actor=publisher, note=note)

    page = client.get("/monographs/thymosin-alpha-1/").text

    assert "First line.<br>Second &lt;b&gt;line&lt;/b&gt;." in page


def test_a_withdrawn_monograph_is_in_no_list(client, make_revision, topic):
    make_revision(State.WITHDRAWN).topics.add(topic)

    for path in ("/", "/monographs/", "/topics/immunology/"):
        assert "Thymosin" not in client.get(path).text


@pytest.mark.parametrize("path", ["/nothing/", "/monographs/nothing/", "/topics/nothing/"])
def test_an_unknown_address_says_so_and_leads_on(path, client):
    response = client.get(path)

    assert response.status_code == 404
    assert "There is no page at this address" in response.text
    assert 'href="/monographs/"' in response.text
    assert not response.cookies


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (SuspiciousOperation(), 400, "The request could not be understood"),
        (PermissionDenied(), 403, "This is not open to you"),
        (Http404(), 404, "There is no page at this address"),
        (RuntimeError(), 500, "Something went wrong on our side"),
    ],
    ids=[400, 403, 404, 500],
)
def test_an_error_is_told_in_the_voice_of_the_site(
    error, status, heading, client, published, monkeypatch
):
    monkeypatch.setattr(reading, "page", breaking(error))
    client.raise_request_exception = False

    response = client.get("/monographs/thymosin-alpha-1/")

    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.text
    assert 'href="/monographs/"' in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def test_only_the_tokens_of_the_stylesheet_hold_a_colour():
    styles = (settings.BASE_DIR / "static" / "site.css").read_text()
    tokens = styles[styles.index("@layer tokens {") : styles.index("@layer base {")]
    others = styles.replace(tokens, "")

    assert styles.startswith("@layer reset, tokens, base, layout, components, consent, print;")
    assert re.search(r"#[0-9a-f]{3,8}\b", tokens)
    assert not re.search(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|lch|lab)a?\(|\b(black|white);", others)
