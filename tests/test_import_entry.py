import pytest

from monographs import content, drafts
from monographs.files.entry import FileRefused
from monographs.files.importing import import_entry
from monographs.files.reading import read
from monographs.models import Monograph, Revision, State, Topic

BODY = "\n\n".join(f"## {name.capitalize()}\n\nText." for name in content.SECTIONS)
TEXT = dict.fromkeys(content.SECTIONS, "Text.")


def front_matter(head):
    return f"---\n{head}\n---\n\n{BODY}\n"


def entry_of(text):
    return read(text.encode())


@pytest.mark.parametrize("state", [state for state in State if state != State.DISCARDED])
def test_a_text_that_a_revision_has_already_changes_nothing(state, make_revision, author):
    revision = make_revision(state, **TEXT)
    count = Revision.objects.count()

    outcome = import_entry(entry_of(front_matter("title: Thymosin Alpha-1")), author)

    assert outcome.kind == "unchanged"
    assert outcome.revision.monograph == revision.monograph
    assert Revision.objects.count() == count


def test_a_discarded_text_comes_again(make_revision, author):
    make_revision(State.DISCARDED, **TEXT)

    outcome = import_entry(entry_of(front_matter("title: Thymosin Alpha-1")), author)

    assert (outcome.kind, outcome.revision.number) == ("new revision", 2)


def test_a_given_slug_decides_which_monograph_is_meant(make_revision, author):
    make_revision(State.PUBLISHED, slug="other", title="Other")
    make_revision(State.PUBLISHED)

    named = import_entry(entry_of(front_matter("title: Thymosin Alpha-1\nslug: other")), author)
    new = import_entry(entry_of(front_matter("title: Thymosin Alpha-1\nslug: new")), author)

    assert (named.kind, named.revision.monograph.slug) == ("new revision", "other")
    assert (new.kind, new.revision.monograph.slug) == ("new monograph", "new")


@pytest.mark.parametrize(
    ("title", "typed"), [("Thymalfasin", "THYMALFASIN"), ("Tα1 Désir", "TΑ1 DÉSIR")]
)
def test_without_a_slug_a_title_is_found_whatever_its_case(title, typed, make_revision, author):
    make_revision(State.PUBLISHED, slug="elsewhere", title=title)

    outcome = import_entry(entry_of(front_matter(f"title: {typed}")), author)

    assert (outcome.kind, outcome.revision.monograph.slug) == ("new revision", "elsewhere")


def test_a_title_that_several_monographs_bear_is_refused_naming_them(make_revision, author):
    make_revision(State.PUBLISHED, slug="one", title="Same")
    make_revision(State.DRAFT, slug="two", title="same")

    with pytest.raises(FileRefused, match=r"line 2: .* fits several monographs: one, two\."):
        import_entry(entry_of(front_matter("title: SAME")), author)


def test_a_title_of_an_earlier_text_is_not_looked_for(make_revision, author, move, text):
    old = make_revision(State.PUBLISHED, slug="elsewhere", title="Old name")
    new = drafts.start(
        old.monograph, author=author, text={**text, "title": "New"}, change_summary="Renamed."
    )
    move(new, "submit", "approve", "publish")

    outcome = import_entry(entry_of(front_matter("title: Old name")), author)

    assert outcome.revision.monograph.slug == "old-name"


def test_a_title_without_letters_for_an_address_is_refused(author):
    with pytest.raises(FileRefused, match=r"line 2: no address can be made of .*--title"):
        import_entry(entry_of(front_matter("title: 日本")), author)


def test_an_address_that_is_none_is_refused_with_its_line(author):
    with pytest.raises(FileRefused, match="line 3: "):
        import_entry(entry_of(front_matter("title: X\nslug: a b")), author)

    assert not Monograph.objects.exists()


@pytest.mark.parametrize("topic", ["日本", "x" * 101])
def test_a_name_that_no_topic_may_have_is_refused_with_its_line(topic, author):
    with pytest.raises(FileRefused, match="line 3: .* cannot be a topic"):
        import_entry(entry_of(front_matter(f"title: X\ntopics: [{topic}]")), author)

    assert not Topic.objects.exists()


def test_a_text_with_other_topics_is_a_new_revision(make_revision, author):
    revision = make_revision(State.PUBLISHED, **TEXT)

    outcome = import_entry(entry_of(front_matter("title: Thymosin Alpha-1\ntopics: [A]")), author)

    assert outcome.kind == "new revision"
    assert outcome.revision.digest == revision.digest
    assert [topic.name for topic in outcome.revision.topics.all()] == ["A"]


def test_a_file_that_does_not_speak_of_topics_keeps_them(make_revision, author):
    topic = Topic.objects.create(name="A", slug="a")
    make_revision(State.PUBLISHED).topics.add(topic)

    outcome = import_entry(entry_of(front_matter("title: Thymosin Alpha-1")), author)

    assert list(outcome.revision.topics.all()) == [topic]


def test_the_summary_of_changes_is_kept(make_revision, author):
    make_revision(State.PUBLISHED)

    outcome = import_entry(
        entry_of(front_matter("title: Thymosin Alpha-1\nchange_summary: Clearer.")), author
    )

    assert outcome.revision.change_summary == "Clearer."
