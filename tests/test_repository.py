"""The repository itself keeps the rules that it sets."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
CODE = [
    path
    for folder in ("peptidesite", "monographs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]

# Templates that Django or crispy-forms looks up by name.
FOUND_BY_NAME = {"admin/index.html", "400.html", "403.html", "404.html", "500.html"}


def name_of(path):
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at():
    assert len(TEMPLATES) > 10
    assert len(CODE) > 15


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_template_is_used(template):
    name = str(template.relative_to(ROOT / "templates"))
    if name in FOUND_BY_NAME or name.startswith("peptidesite/"):
        return
    others = [path for path in [*CODE, *TEMPLATES] if path != template]

    assert any(f'"{name}"' in path.read_text() for path in others)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_no_template_has_script_or_style_inline(template):
    markup = template.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)", markup)
    assert not re.search(r"<style\b", markup)
    assert not re.search(r"\s(style|on[a-z]+)\s*=", re.sub(r"{[{%].*?[%}]}", "", markup))


def assigns_state(node):
    """Say whether the syntax node gives a revision's state a value."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        writes = {"update", "create", "get_or_create", "update_or_create", "bulk_create"}
        return node.func.attr in writes and any(k.arg == "state" for k in node.keywords)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(t, ast.Attribute) and t.attr == "state" for t in targets)
    name = getattr(getattr(node, "func", None), "id", "")
    return name == "setattr" and getattr(node.args[1], "value", "") == "state"


def test_the_search_for_assigned_states_finds_them():
    for code in (
        "revision.state = 'published'",
        "revisions.update(state='published')",
        "Revision.objects.create(state='published')",
        "setattr(revision, 'state', 'published')",
    ):
        assert any(map(assigns_state, ast.walk(ast.parse(code)))), code


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_only_the_workflow_assigns_a_state(path):
    found = [node.lineno for node in ast.walk(ast.parse(path.read_text())) if assigns_state(node)]

    assert bool(found) == (name_of(path) == "monographs/workflow.py")


FORBIDDEN_IMPORTS = {
    "monographs": ("peptidesite.consent", "peptidesite.urls"),
    "peptidesite/consent": ("monographs", "peptidesite.urls"),
    "peptidesite/accounts": ("monographs", "peptidesite.consent", "peptidesite.urls"),
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", FORBIDDEN_IMPORTS)
def test_imports_run_one_way(folder):
    wrong = [
        (name_of(path), module)
        for path in CODE
        if name_of(path).startswith(folder + "/")
        for module in imported(path)
        for forbidden in FORBIDDEN_IMPORTS[folder]
        if module == forbidden or module.startswith(forbidden + ".")
    ]

    assert wrong == []


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_files_stay_small(path):
    assert len(path.read_text().splitlines()) <= 300
