"""What differs between two texts, and the page that shows it."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from monographs import content, drafts
from monographs.comparing import ADDED, CHANGED, REMOVED, SAME, Run, compare, compare_words
from monographs.models import State

# Few letters, so that the two texts have much in common.
TEXTS = st.text(alphabet="ab .,\n[@]", max_size=200)


def address(old, new):
    return reverse("admin:monographs_revision_compare", args=[old.pk, new.pk])


def old_text(runs):
    return "".join(run.text for run in runs if run.kind != ADDED)


def new_text(runs):
    return "".join(run.text for run in runs if run.kind != REMOVED)


def summary(fields):
    return [
        (field.name, change.label, change.status) for field in fields for change in field.changes
    ]


@pytest.fixture
def pair(author, make_revision):
    """A live revision, and a draft that changes its risk."""

    def make(**changes):
        live = make_revision(State.PUBLISHED)
        changes = changes or {"risk": "Another sentence for the risk [@key1]."}
        draft = drafts.start(live.monograph, author=author, text={**live.text, **changes})
        return live, draft

    return make


@given(TEXTS, TEXTS)
def test_the_runs_give_back_both_texts(old, new):
    runs = compare_words(old, new)

    assert (old_text(runs), new_text(runs)) == (old, new)


@given(st.text(max_size=50), st.text(max_size=50))
def test_the_runs_give_back_texts_in_any_script(old, new):
    runs = compare_words(old, new)

    assert (old_text(runs), new_text(runs)) == (old, new)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert [run for run in compare_words(text, text) if run.kind != SAME] == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Given at 0.25 mg weekly.",
            "Given at 2.4 mg weekly.",
            [(SAME, "Given at "), (REMOVED, "0.25"), (ADDED, "2.4"), (SAME, " mg weekly.")],
        ),
        (
            "None known [@a].",
            "None known [@b].",
            [(SAME, "None known "), (REMOVED, "[@a]"), (ADDED, "[@b]"), (SAME, ".")],
        ),
        (
            "One. Three.",
            "One. Two. Three.",
            [(SAME, "One. "), (ADDED, "Two. "), (SAME, "Three.")],
        ),
        (
            "GLP-1 acts.",
            "GLP-2 acts.",
            [(REMOVED, "GLP-1"), (ADDED, "GLP-2"), (SAME, " acts.")],
        ),
        (
            "Rats and mice lived.",
            "People or animals lived.",
            [(REMOVED, "Rats and mice"), (ADDED, "People or animals"), (SAME, " lived.")],
        ),
    ],
)
def test_texts_are_compared_word_by_word(old, new, expected):
    assert compare_words(old, new) == expected


@pytest.mark.parametrize(
    ("run", "shown"),
    [
        (Run(ADDED, "\n\n"), "¶\n\n"),
        (Run(REMOVED, " "), "␣ "),
        (Run(ADDED, " word"), " word"),
        (Run(SAME, " "), " "),
    ],
)
def test_a_change_of_spaces_alone_can_be_seen(run, shown):
    assert run.shown == shown


def test_only_what_changed_is_returned_in_reading_order(text):
    new = {**text, "title": "Thymalfasin", "risk": "", "metric": text["metric"] + " More."}

    assert summary(compare(text, new)) == [
        ("title", "", CHANGED),
        ("metric", "", CHANGED),
        ("risk", "", REMOVED),
    ]
    assert compare(text, text) == []


def test_facts_are_compared_one_by_one(text):
    old = {**text, "facts": {"cas_number": "62304-98-7", "synonyms": ["One", "Two"]}}
    new = {**text, "facts": {"sequence": "SDAA", "synonyms": ["One", "Three"]}}

    (field,) = compare(old, new)

    assert summary([field]) == [
        ("facts", "Sequence", ADDED),
        ("facts", "Synonyms", CHANGED),
        ("facts", "CAS number", REMOVED),
    ]
    assert field.changes[1].runs == [(SAME, "One\n"), (REMOVED, "Two"), (ADDED, "Three")]


def test_a_sequence_is_compared_letter_by_letter(text):
    old = {**text, "facts": {"sequence": "HAEGTFTSD"}}
    new = {**text, "facts": {"sequence": "HXEGTFTSD"}}

    (field,) = compare(old, new)

    assert field.changes[0].runs == [
        (SAME, "H"),
        (REMOVED, "A"),
        (ADDED, "X"),
        (SAME, "EGTFTSD"),
    ]


def item(key, **variables):
    return {"id": key, "type": "book", "title": "A title", **variables}


def test_references_are_compared_by_their_id(text):
    old = {**text, "references": [item("gone"), item("kept", volume="1"), item("same")]}
    new = {**text, "references": [item("kept", volume="2"), item("same"), item("new")]}

    (field,) = compare(old, new)

    assert summary([field]) == [
        ("references", "kept", CHANGED),
        ("references", "new", ADDED),
        ("references", "gone", REMOVED),
    ]
    changed = [run for run in field.changes[0].runs if run.kind != SAME]
    assert changed == [(REMOVED, "1"), (ADDED, "2")]


def test_references_in_another_order_are_a_change(text):
    old = {**text, "references": [item("one"), item("two")]}
    new = {**text, "references": [item("two"), item("one")]}

    assert summary(compare(old, new)) == [("references", "Order", CHANGED)]


@pytest.mark.parametrize("values", [("12", 12), ("a; b", ["a", "b"])], ids=str)
def test_references_that_read_alike_but_differ_are_told_apart(values, text):
    old, new = ({**text, "references": [item("one", volume=value)]} for value in values)

    (field,) = compare(old, new)

    assert {run.kind for run in field.changes[0].runs} > {SAME}


@given(st.data())
def test_two_texts_have_no_change_exactly_if_they_have_one_digest(data):
    def draw():
        sections = {
            name: data.draw(st.sampled_from(["", "A.", "B."])) for name in ("risk", "metric")
        }
        keys = data.draw(st.lists(st.sampled_from("abc"), unique=True))
        return {
            **dict.fromkeys(content.SECTIONS, ""),
            **sections,
            "title": "T",
            "facts": data.draw(st.sampled_from([{}, {"synonyms": ["A"]}, {"synonyms": ["B"]}])),
            "references": [item(key, page=data.draw(st.sampled_from(["1", 1]))) for key in keys],
        }

    old, new = draw(), draw()

    assert (compare(old, new) == []) == (content.digest(old) == content.digest(new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 10_000, "a " * 5_000 + "b " + "a " * 4_999),
        ("a\n" * 10_000, "b\n" + "a\nb\n" * 4_999),
        (" ".join("abcdefghij" * 1_000), " ".join("jihgfedcba" * 1_000)),
        (
            "".join(map(chr, range(0x2200, 0x2265))) * 198,
            "".join(map(chr, range(0x2264, 0x21FF, -1))) * 198,
        ),
    ],
    ids=["one word", "lines", "words in turn", "signs in turn"],
)
def test_the_longest_sections_are_compared_within_seconds(old, new):
    begin = time.process_time()

    runs = compare_words(old, new)

    # Without a limit on the pairs of words, half a minute.
    assert time.process_time() - begin < 5
    assert (old_text(runs), new_text(runs)) == (old, new)


def test_the_page_shows_changed_sections_only_and_marks_words(reviewer, sign_in, pair):
    live, draft = pair()

    page = sign_in(reviewer).get(address(draft, live)).text

    assert "<del>A</del>" in page
    assert "<ins>Another</ins>" in page
    assert 'id="changed-risk"' in page
    assert page.count('id="changed-') == 2
    assert "A sentence for the metric" not in page


@pytest.mark.parametrize("field", ["title", "risk", "facts", "references"])
def test_the_page_escapes_what_it_shows(field, reviewer, sign_in, pair):
    hostile = "<script>alert(1)</script>"
    values = {
        "facts": {"synonyms": [hostile]},
        "references": [item("key1", publisher=hostile)],
    }
    live, draft = pair(**{field: values.get(field, hostile)})

    page = sign_in(reviewer).get(address(live, draft)).text

    assert hostile not in page
    assert "&lt;script&gt;" in page.replace("</ins>", "").replace("<ins>", "")


def test_the_older_text_comes_first_whichever_was_named_first(reviewer, sign_in, pair):
    live, draft = pair()
    client = sign_in(reviewer)

    contexts = [client.get(address(*order)).context for order in ([live, draft], [draft, live])]

    assert [(page["old"], page["new"]) for page in contexts] == [(live, draft)] * 2


def test_any_two_revisions_are_chosen_without_script(reviewer, sign_in, pair):
    live, draft = pair()
    client = sign_in(reviewer)

    response = client.get(address(draft, draft), {"old": live.pk, "new": draft.pk})

    assert response.status_code == 302
    assert response.url == address(live, draft)


def test_a_revision_is_not_compared_with_itself_or_a_copy(author, sign_in, make_revision):
    live = make_revision(State.PUBLISHED)
    copy = drafts.start(live.monograph, author=author)
    client = sign_in(author)

    assert "one and the same" in client.get(address(live, live)).text
    assert "are the same, letter by letter" in client.get(address(live, copy)).text


@pytest.mark.parametrize("query", [{}, {"old": "x"}, {"new": "9" * 30}, {"old": ""}])
def test_revisions_of_two_monographs_are_not_compared(query, reviewer, sign_in, make_revision):
    one, other = make_revision(), make_revision(slug="other")

    response = sign_in(reviewer).get(address(one, other), query)

    assert response.status_code == 404


@pytest.mark.parametrize("pk", [999, int("9" * 30)])
def test_a_revision_that_is_not_there_is_not_compared(pk, reviewer, sign_in, make_revision):
    there = make_revision()
    client = sign_in(reviewer)

    for pks in ([there.pk, pk], [pk, there.pk], [pk, pk]):
        path = reverse("admin:monographs_revision_compare", args=pks)
        assert client.get(path).status_code == 404


def test_only_people_who_may_see_revisions_compare_them(make_user, client, pair):
    live, draft = pair()

    anonymous = client.get(address(live, draft))
    client.force_login(make_user("nobody"))

    assert anonymous.status_code == 302
    assert "/login/" in anonymous.url
    assert client.get(address(live, draft)).status_code == 403


@pytest.mark.usefixtures("policy_known")
def test_the_pages_queries_do_not_grow_with_the_revisions(
    author, sign_in, make_revision, move, django_assert_num_queries
):
    client = sign_in(author)
    first = make_revision(State.PUBLISHED)
    second = drafts.start(first.monograph, author=author)
    with CaptureQueriesContext(connection) as captured:
        client.get(address(first, second))
    for _ in range(4):
        move(second, "discard")
        second = drafts.start(first.monograph, author=author)

    with django_assert_num_queries(len(captured)):
        client.get(address(first, second))


@pytest.mark.parametrize(
    ("number", "words"), [(1, "Compare with the live"), (3, "Compare with the live"), (2, "n 1<")]
)
def test_a_revision_leads_to_its_comparison(number, words, author, sign_in, make_revision, move):
    first = make_revision(State.SUPERSEDED)
    drafts.start(first.monograph, author=author)

    revision = first.monograph.revisions.get(number=number)
    page = (
        sign_in(author).get(reverse("admin:monographs_revision_change", args=[revision.pk])).text
    )

    counterpart = first.monograph.revisions.get(number=1 if number == 2 else 2)
    assert address(revision, counterpart) in page
    assert words in page
