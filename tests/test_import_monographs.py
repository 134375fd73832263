from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from monographs import content, drafts
from monographs.management.commands import import_monographs
from monographs.models import Monograph, Revision, State, Topic

LABELLED = "{title} is a peptide.\n" + "\n".join(
    f"{name.capitalize()}\nText of the {name}."
    for name in content.SECTIONS
    if name != "definition"
)
BODY = "\n\n".join(f"## {name.capitalize()}\n\nText." for name in content.SECTIONS)


@pytest.fixture
def write(tmp_path):
    def make(name="text.txt", text=None, title="Thymosin Alpha-1"):
        path = tmp_path / name
        path.write_text(text or LABELLED.format(title=title))
        return str(path)

    return make


@pytest.fixture
def run(author):
    """Run the command; return what it wrote to stdout and stderr and the error it ended with."""

    def call(*arguments, **options):
        out, err, ending = StringIO(), StringIO(), None
        try:
            call_command("import_monographs", *arguments, **options, stdout=out, stderr=err)
        except CommandError as error:
            ending = error
        return out.getvalue(), err.getvalue(), ending

    return call


def front_matter(head):
    return f"---\n{head}\n---\n\n{BODY}\n"


def test_a_labelled_text_becomes_a_draft(run, write, author):
    out, err, ending = run(write())

    revision = Revision.objects.get()
    assert (revision.state, revision.author, revision.number) == (State.DRAFT, author, 1)
    assert revision.title == "Thymosin Alpha-1"
    assert revision.monograph.slug == "thymosin-alpha-1"
    assert revision.risk == "Text of the risk."
    assert revision.digest == content.digest(revision.text)
    assert list(revision.contributors.all()) == [author]
    assert "new monograph: Thymosin Alpha-1, revision 1 (thymosin-alpha-1)" in out
    assert "1 new monograph, 0 new revisions, 0 unchanged, 0 refused." in out
    assert (err, ending) == ("", None)


def test_the_same_file_twice_changes_nothing(run, write):
    path = write()
    run(path)

    out, _, ending = run(path)

    assert "0 new monographs, 0 new revisions, 1 unchanged, 0 refused." in out
    assert Revision.objects.count() == 1
    assert ending is None


def test_a_file_whose_text_was_given_facts_since_changes_nothing(run, write, author):
    path = write()
    run(path)
    draft = Revision.objects.get()
    text = {**draft.text, "facts": {"synonyms": ["Ta1"]}}
    drafts.save(draft, author=author, version=draft.version, text=text)

    out, _, _ = run(path)

    assert "1 unchanged" in out


@pytest.mark.parametrize(
    "state", [State.PUBLISHED, State.WITHDRAWN, State.SUPERSEDED, State.DISCARDED]
)
def test_a_title_that_is_there_becomes_a_new_revision(state, run, write, make_revision):
    old = make_revision(state)

    out, _, _ = run(write())

    new = old.monograph.revisions.get(state=State.DRAFT)
    assert new.facts == old.facts
    assert new.references == old.references
    assert new.risk == "Text of the risk."
    assert f"new revision: Thymosin Alpha-1, revision {new.number}" in out
    assert "0 new monographs, 1 new revision, 0 unchanged" in out


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_where_a_revision_is_open_the_file_is_refused_naming_it(state, run, write, make_revision):
    make_revision(state)
    path = write()

    out, err, ending = run(path)

    label = State(state).label.lower()
    assert err == (
        f"{path}: Thymosin Alpha-1, revision 1, is open already ({label}, begun by Ada Author). "
        "Expected: that revision published or discarded first.\n"
    )
    assert "1 refused" in out
    assert ending.returncode == 1
    assert Revision.objects.count() == 1


def test_topics_are_made_if_missing_and_said_so(run, write):
    Topic.objects.create(name="Immune system", slug="immunology")
    head = "title: X\ntopics: [Immunology, α-helices, α-Helices]"

    out, _, _ = run(write("x.md", front_matter(head)))

    assert "new topics: α-helices\n" in out
    topics = Revision.objects.get().topics.values_list("name", "slug")
    assert set(topics) == {("Immune system", "immunology"), ("α-helices", "alpha-helices")}


def test_the_other_files_go_in_when_one_is_refused(run, write, tmp_path):
    bad = write("bad.txt", LABELLED.format(title="Bad").replace("Risk\n", "Metric\n"))
    good = [write("a.txt", title="First"), write("b.txt", title="Second")]

    out, err, ending = run(good[0], bad, str(tmp_path / "none.txt"), str(tmp_path), good[1])

    assert {monograph.slug for monograph in Monograph.objects.all()} == {"first", "second"}
    assert err == (
        f"{bad}, line 12: the label “Metric” is there twice. "
        "Expected: each of the six labels once.\n"
        f"{bad}, line 13: the label “Risk” is missing. Expected: each of “Context”, "
        "“Significance”, “Mechanism”, “Application”, “Metric” and “Risk” alone on a line.\n"
        f"{tmp_path / 'none.txt'}: there is no such file.\n"
        f"{tmp_path}: this is a folder. Expected: a file, or several.\n"
    )
    assert "2 new monographs, 0 new revisions, 0 unchanged, 3 refused." in out
    assert ending.returncode == 1


def test_of_very_many_errors_the_first_are_shown(run, write):
    keys = "\n".join(f"key{number}: 1" for number in range(30))
    path = write("x.md", front_matter(f"title: X\n{keys}"))

    _, err, _ = run(path)

    assert err.count("\n") == 21
    assert err.endswith(f"{path}: and 10 more like these.\n")


def test_what_was_cut_off_is_reported(run, write):
    path = write(text=LABELLED.format(title="X") + "\n\nWe use cookies.\nAccept all\n")

    out, _, _ = run(path)

    assert f"{path}, line 15: cut off the last 2 lines, from “We use cookies.”" in out


def test_a_dry_run_says_what_would_be_done_and_does_nothing(run, write):
    out, _, ending = run(write("x.md", front_matter("title: X\ntopics: [A]")), dry_run=True)

    assert "new monograph: X, revision 1 (x)" in out
    assert "Nothing was written: this was a dry run." in out
    assert not Monograph.objects.exists()
    assert not Topic.objects.exists()
    assert ending is None


def test_a_title_may_be_given_for_one_file(run, write):
    run(write(), title="Thymalfasin")

    assert Revision.objects.get().title == "Thymalfasin"


def test_a_title_for_several_files_is_refused(run, write):
    _, _, ending = run(write("a.txt"), write("b.txt"), title="X")

    assert "--title goes with one file" in str(ending)
    assert not Monograph.objects.exists()


def test_a_named_author_writes(run, write, coauthor):
    run(write(), author="coauthor")

    assert Revision.objects.get().author == coauthor


@pytest.mark.parametrize("name", ["reviewer", "nobody", "gone"])
def test_who_may_not_write_is_refused_naming_those_who_may(
    name, run, write, reviewer, coauthor, make_user
):
    make_user("gone", "Authors", is_active=False)

    _, _, ending = run(write(), author=name)

    assert str(ending) == (
        f"“{name}” is no active account that may write. These may: author, coauthor."
    )
    assert not Monograph.objects.exists()


def test_with_several_authors_one_has_to_be_named(run, write, coauthor):
    _, _, ending = run(write())

    assert str(ending) == (
        "Say with --author who writes the drafts. These may: author, coauthor."
    )


def test_without_any_author_it_says_what_to_do(run, write, author):
    author.groups.clear()

    _, _, ending = run(write())

    assert "Nobody may yet; add an account to Authors." in str(ending)


def test_an_interrupted_import_ends_with_a_summary(run, write, monkeypatch):
    paths = [write("a.txt", title="First"), write("b.txt", title="Second")]
    original = import_monographs.import_file

    def interrupted(path, *arguments):
        if path == paths[1]:
            raise KeyboardInterrupt
        return original(path, *arguments)

    monkeypatch.setattr(import_monographs, "import_file", interrupted)

    out, _, ending = run(*paths)

    assert "1 new monograph, 0 new revisions" in out
    assert "run the same command again" in str(ending)
    assert ending.returncode == 130
    assert Monograph.objects.get().slug == "first"


def test_a_file_that_the_database_refuses_does_not_stop_the_others(run, write, monkeypatch):
    paths = [write("a.txt", title="First"), write("b.txt", title="Second")]
    original = import_monographs.import_entry

    def colliding(entry, author):
        outcome = original(entry, author)
        if entry.title == "First":
            raise IntegrityError("slug is taken")
        return outcome

    monkeypatch.setattr(import_monographs, "import_entry", colliding)

    _, err, ending = run(*paths)

    assert err == (
        f"{paths[0]}: the database did not take it (slug is taken). Run the same command again.\n"
    )
    assert ending.returncode == 1
    assert Monograph.objects.get().slug == "second"


def test_who_may_revise_but_not_begin_monographs_is_told_so(run, write, groups):
    groups["Authors"].permissions.remove(
        *groups["Authors"].permissions.filter(codename="add_monograph")
    )

    _, err, ending = run(write())

    assert "Ada Author may not write monographs." in err
    assert ending.returncode == 1
