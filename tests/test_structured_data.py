"""What a page says to machines, as microdata: https://html.spec.whatwg.org/#microdata."""

from html.parser import HTMLParser

import pytest

from monographs import drafts, notices
from monographs.models import State

MONOGRAPH = "/monographs/thymosin-alpha-1/"
VOID = {"meta", "link", "br", "hr", "img", "input"}
VALUES = {"meta": "content", "a": "href", "link": "href", "time": "datetime"}

pytestmark = pytest.mark.django_db


class Microdata(HTMLParser):
    """Collects the items of a page: each is {"type": …, property: [values]}."""

    def __init__(self, html):
        super().__init__()
        self.items, self.open = [], []
        self.feed(html)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        item = {"type": attributes.get("itemtype")} if "itemscope" in attributes else None
        names = attributes.get("itemprop", "").split()
        value = item
        if item is None and tag in VALUES and names:
            value = attributes[VALUES[tag]]
        owner = next(
            (holder for *_, holder, _ in reversed(self.open) if holder is not None), None
        )
        if names:
            assert owner is not None, f"{names} is a property of nothing"
        elif item is not None:
            self.items.append(item)
        if value is not None:
            self.put(owner, names, value)
        text = [] if names and value is None else None
        if tag not in VOID:
            self.open.append((tag, names, owner, item, text))

    def put(self, owner, names, value):
        for name in names:
            owner.setdefault(name, []).append(value)

    def handle_data(self, data):
        for *_, text in self.open:
            if text is not None:
                text.append(data)

    def handle_endtag(self, tag):
        opened, names, owner, item, text = self.open.pop()
        assert opened == tag, f"{opened} is closed by {tag}"
        if text is not None:
            self.put(owner, names, " ".join("".join(text).split()))


def item_of(client, path=MONOGRAPH):
    (item,) = Microdata(client.get(path).text).items
    return item


@pytest.fixture
def published(author, make_revision):
    author.orcid = "0000-0002-1825-0097"
    author.save()
    return make_revision(State.PUBLISHED)


def test_a_monograph_says_what_it_is_of_whom_and_when(client, published):
    item = item_of(client)

    assert item["type"] == "https://schema.org/MedicalWebPage"
    assert item["headline"] == item["name"] == ["Thymosin Alpha-1"]
    assert item["version"] == ["1"]
    assert item["datePublished"] == [f"{published.published_at:%Y-%m-%d}"]
    published.monograph.refresh_from_db()
    assert item["lastReviewed"] == [f"{published.monograph.reviewed_on:%Y-%m-%d}"]
    assert item["author"] == [
        {
            "type": "https://schema.org/Person",
            "name": ["Ada Author"],
            "sameAs": ["https://orcid.org/0000-0002-1825-0097"],
        }
    ]
    assert item["reviewedBy"] == [{"type": "https://schema.org/Person", "name": ["Rex Reviewer"]}]
    assert item["about"] == [
        {
            "type": "https://schema.org/Substance",
            "name": ["Thymosin Alpha-1"],
            "alternateName": ["Thymalfasin"],
        }
    ]
    (citation,) = item["citation"]
    assert "Isolation of a peptide" in citation
    assert not {"correction", "comment", "creativeWorkStatus"} & set(item)


def test_each_of_many_authors_and_synonyms_is_said(client, author, coauthor, make_revision, move):
    names = {"synonyms": ["Thymalfasin", "Tα1"]}
    draft = make_revision(facts=names)
    drafts.save(draft, author=coauthor, version=1, text=draft.text)
    move(draft, "submit", "approve", "publish")

    item = item_of(client)

    assert [person["name"] for person in item["author"]] == [["Ada Author"], ["Cora Coauthor"]]
    assert item["about"][0]["alternateName"] == ["Thymalfasin", "Tα1"]


def test_a_correction_says_what_when_and_by_whom(client, publisher, published):
    notice = notices.give("correction", published, actor=publisher, text="The mass is 3,108 Da.")

    item = item_of(client)

    assert item["correction"] == [
        {
            "type": "https://schema.org/CorrectionComment",
            "name": ["Correction"],
            "text": ["The mass is 3,108 Da."],
            "datePublished": [f"{notice.at:%Y-%m-%d}"],
            "author": [{"type": "https://schema.org/Person", "name": ["Pia Publisher"]}],
        }
    ]


def test_a_concern_is_a_comment_that_corrects_nothing_and_may_have_ended(
    client, publisher, published
):
    notice = notices.give("concern", published, actor=publisher, text="The mass is in doubt.")
    notices.end(notice, actor=publisher, why="Measured again.")
    notice.refresh_from_db()

    item = item_of(client)

    (comment,) = item["comment"]
    assert comment["type"] == "https://schema.org/Comment"
    assert comment["name"] == ["Expression of concern"]
    assert comment["text"] == ["The mass is in doubt."]
    assert comment["expires"] == [f"{notice.ended_at:%Y-%m-%d}"]
    assert "correction" not in item


@pytest.mark.parametrize("path", [MONOGRAPH, f"{MONOGRAPH}versions/1/"])
def test_a_withdrawn_monograph_is_retracted(path, client, published, move):
    move(published, "withdraw")

    item = item_of(client, path)

    assert item["creativeWorkStatus"] == ["Retracted"]
    (retraction,) = item["correction"]
    assert retraction["name"] == ["Retraction"]
    assert retraction["text"] == ["A reason."]
    assert retraction["author"][0]["name"] == ["Pia Publisher"]
    assert "citation" not in item


def test_an_old_version_says_its_own_number_and_day(client, author, published, move):
    draft = drafts.start(published.monograph, author=author, change_summary="Clearer.")
    move(draft, "submit", "approve", "publish")

    old = item_of(client, f"{MONOGRAPH}versions/1/")

    assert (old["version"], item_of(client)["version"]) == (["1"], ["2"])
    assert old["datePublished"] == [f"{published.published_at:%Y-%m-%d}"]


def test_what_was_typed_is_no_markup_of_its_own(client, publisher, make_revision):
    name = '"><span itemprop="author">Nobody</span>'
    revision = make_revision(State.PUBLISHED, title=f"A {name}", facts={"synonyms": [name]})
    notices.give("correction", revision, actor=publisher, text=name)

    item = item_of(client)

    assert item["headline"] == [f"A {name}"]
    assert item["about"][0]["alternateName"] == [name]
    assert item["correction"][0]["text"] == [name]
    assert [person["name"] for person in item["author"]] == [["Ada Author"]]


@pytest.mark.parametrize("path", ["/", "/monographs/", f"{MONOGRAPH}versions/"])
def test_other_pages_claim_nothing(path, client, published):
    assert Microdata(client.get(path).text).items == []
