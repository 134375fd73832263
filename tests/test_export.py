from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monographs import drafts
from monographs.files.importing import import_entry
from monographs.files.reading import read_file
from monographs.models import State, Topic


def export(*slugs, **options):
    out, err, ending = StringIO(), StringIO(), None
    try:
        call_command("export_monographs", *slugs, **options, stdout=out, stderr=err)
    except CommandError as error:
        ending = error
    return out.getvalue(), err.getvalue(), ending


def test_the_live_text_is_written_as_markdown_with_front_matter(make_revision, tmp_path):
    revision = make_revision(State.PUBLISHED)
    revision.topics.add(Topic.objects.create(name="Immunology", slug="immunology"))

    out, err, _ = export(output=tmp_path / "new" / "folder")

    path = tmp_path / "new" / "folder" / "thymosin-alpha-1.md"
    assert path.read_text() == (
        "---\ntitle: Thymosin Alpha-1\nslug: thymosin-alpha-1\ntopics:\n- Immunology\n"
        "synonyms:\n- Thymalfasin\nfacts:\n  cas_number: 62304-98-7\nreferences:\n- id: key1\n"
        "  type: article-journal\n  title: Isolation of a peptide\n  author:\n"
        "  - family: Goldstein\n    given: A L\n  issued:\n    date-parts:\n    - - 1977\n---\n\n"
        + "\n\n".join(
            f"## {name.capitalize()}\n\nA sentence for the {name} [@key1]."
            for name in (
                *("definition", "context", "significance", "mechanism"),
                *("application", "metric", "risk"),
            )
        )
        + "\n"
    )
    assert out.splitlines() == [
        f"{path}: Thymosin Alpha-1, revision 1",
        f"1 written to {path.parent}.",
    ]
    assert err == ""
    assert [entry.name for entry in path.parent.iterdir()] == ["thymosin-alpha-1.md"]


def test_what_is_exported_and_imported_is_unchanged(make_revision, tmp_path, author):
    revision = make_revision(State.PUBLISHED)
    export(output=tmp_path)

    outcome = import_entry(read_file(tmp_path / "thymosin-alpha-1.md"), author)

    assert (outcome.kind, outcome.revision) == ("unchanged", revision)


def test_the_open_revision_is_written_on_demand(make_revision, tmp_path, author, text):
    live = make_revision(State.PUBLISHED)
    drafts.start(
        live.monograph,
        author=author,
        text={**text, "title": "Renamed"},
        change_summary="Renamed it.",
    )

    export(output=tmp_path / "live")
    export(output=tmp_path / "open", drafts=True)

    assert "title: Thymosin" in (tmp_path / "live" / "thymosin-alpha-1.md").read_text()
    written = (tmp_path / "open" / "thymosin-alpha-1.md").read_text()
    assert "title: Renamed\nslug: thymosin-alpha-1\nchange_summary: Renamed it.\n" in written


@pytest.mark.parametrize(
    ("state", "options", "reason"),
    [
        (State.DRAFT, {}, "no revision is published"),
        (State.DISCARDED, {}, "no revision is published"),
        (State.WITHDRAWN, {}, "it was withdrawn"),
        (State.PUBLISHED, {"drafts": True}, "no revision is open"),
    ],
)
def test_what_is_skipped_is_named_with_the_reason(
    state, options, reason, make_revision, tmp_path
):
    make_revision(state)

    out, err, ending = export(output=tmp_path, **options)

    assert err == f"thymosin-alpha-1: skipped, {reason}.\n"
    assert f"0 written to {tmp_path}." in out
    assert ending is None
    assert not list(tmp_path.iterdir())


def test_only_the_named_are_written_and_an_unknown_one_is_an_error(make_revision, tmp_path):
    make_revision(State.PUBLISHED, slug="one")
    make_revision(State.PUBLISHED, slug="two")

    _, err, ending = export("two", "three", output=tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["two.md"]
    assert err == "three: there is no such monograph.\n"
    assert ending.returncode == 1


def test_a_draft_with_gaps_is_written_and_said_not_to_be_importable(make_revision, tmp_path):
    make_revision(State.DRAFT, risk="")

    _, err, _ = export(output=tmp_path, drafts=True)

    path = tmp_path / "thymosin-alpha-1.md"
    assert err == f"{path}: Risk is empty, so it cannot be imported as it is.\n"
    assert path.read_text().endswith("## Risk\n")


def test_a_file_that_is_there_is_replaced(make_revision, tmp_path):
    make_revision(State.PUBLISHED)
    path = tmp_path / "thymosin-alpha-1.md"
    path.write_text("old")

    export(output=tmp_path)

    assert path.read_text().startswith("---\ntitle: Thymosin")


def test_a_place_that_is_no_folder_is_one_clear_line(make_revision, tmp_path):
    make_revision(State.PUBLISHED)
    (tmp_path / "file").write_text("x")

    _, _, ending = export(output=tmp_path / "file")

    assert str(ending) == f"{tmp_path / 'file'} is no folder to write to: File exists."


def test_a_file_that_cannot_be_written_is_one_clear_line(make_revision, tmp_path):
    make_revision(State.PUBLISHED)
    path = tmp_path / "thymosin-alpha-1.md"
    path.mkdir()

    _, _, ending = export(output=tmp_path)

    assert str(ending) == f"{path} could not be written: Is a directory."
    assert [entry.name for entry in tmp_path.iterdir()] == ["thymosin-alpha-1.md"]
