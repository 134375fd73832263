import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monographs import content, rendering

REFERENCES = [
    {"id": key, "type": "book", "title": f"Title {key}"} for key in ("a", "b.1", "unused")
]


def rendered(references=(), **sections):
    empty = dict.fromkeys(content.SECTIONS, "")
    return rendering.render({"references": list(references), **empty, **sections})


def html(markdown, references=REFERENCES):
    return rendered(references, context=markdown)["sections"]["context"].strip()


def cited(key, number):
    return (
        f'<sup class="citation"><a href="#ref-{key}" rel="noopener noreferrer">'
        f"[{number}]</a></sup>"
    )


@pytest.mark.parametrize(
    ("markdown", "keys"),
    [
        ("As known [@a].", ["a"]),
        ("Twice [@a] and [@a; @b.1].", ["a", "b.1"]),
        ("[@a;\n@b.1]", ["a", "b.1"]),
        ("*[@a]* and **[@b.1]**", ["a", "b.1"]),
        ("- in a list [@a]\n\n> in a quotation [@b.1]", ["a", "b.1"]),
        ("| head [@a] |\n| --- |\n| cell [@b.1] |", ["a", "b.1"]),
        ("### In a heading [@a]", ["a"]),
        ("[@a]: https://x.example/", ["a"]),
        ("[@a](https://x.example/)", ["a"]),
        ("with a page [@a, p. 3]", ["a, p. 3"]),
        ("`[@a]`", []),
        ("```\n[@a]\n```", []),
        (r"\[@a]", []),
        ("[a] @b [@] [@;] [ @a]", []),
        ("[a link holds no other [@a]](https://x.example/)", ["a"]),
    ],
)
def test_citations_are_found_where_the_text_has_them(markdown, keys):
    assert rendering.citation_keys(markdown) == keys


def test_citations_are_numbered_over_the_sections_in_order():
    page = rendered(REFERENCES, risk="Last [@a].", definition="First [@b.1].")

    assert page["sections"] == {
        "definition": f"<p>First{cited('b.1', 1)}.</p>\n",
        "risk": f"<p>Last{cited('a', 2)}.</p>\n",
    }
    assert [(item["key"], item["number"]) for item in page["references"]] == [
        ("b.1", 1),
        ("a", 2),
    ]


def test_the_sections_stand_in_reading_order_whatever_order_they_came_in():
    page = rendered(risk="R", context="C", definition="D")

    assert list(page["sections"]) == ["definition", "context", "risk"]


def test_references_that_are_not_cited_are_not_listed():
    page = rendered(REFERENCES, context="Nothing cited.")

    assert page["references"] == []


def test_several_keys_in_one_citation_are_several_links():
    assert html("X [@a; @b.1].") == f"<p>X{cited('a', 1)}{cited('b.1', 2)}.</p>"


def test_a_key_that_resolves_to_nothing_is_shown_as_it_was_typed():
    assert html("X [@a; @no]. [@<b>]") == f"<p>X{cited('a', 1)}[@no].[@&lt;b&gt;]</p>"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        ("[x](ftp://y.example)", '<p><a rel="noopener noreferrer">x</a></p>'),
        ("<!-- note -->", "<p>&lt;!-- note --&gt;</p>"),
        ('<sup class="other" id="x">', '<p>&lt;sup class="other" id="x"&gt;</p>'),
        ("&lt;b&gt;", "<p>&lt;b&gt;</p>"),
    ],
)
def test_raw_html_and_odd_links_do_nothing(markdown, shown):
    assert html(markdown) == shown


def test_pictures_are_disabled():
    assert "<img" not in html("![alt](https://x.example/y.png)")


def test_a_line_of_dashes_under_a_paragraph_makes_no_heading():
    assert html("Text\n===\n") == "<p>Text\n===</p>"
    assert "<h" not in html("Text\n---\n").replace("<hr>", "")


@pytest.mark.parametrize("markdown", ["### Dose", "> # Dose", "- ## Dose"])
def test_headings_begin_at_the_third_level(markdown):
    assert re.findall(r"<(h\d)>", html(markdown)) == ["h3"]


def test_a_table_is_a_table():
    shown = html("| Assay | Result |\n|:---|---:|\n| IC50 | 3 nM [@a] |")

    assert "<th>Assay</th>" in shown
    assert f"<td>3 nM{cited('a', 1)}</td>" in shown


def test_links_say_nothing_of_where_they_come_from():
    shown = html('[x](https://y.example "T") <mailto:a@b.example> [in](/monographs/x/)')

    assert shown.count('rel="noopener noreferrer"') == 3
    assert '<a href="https://y.example" title="T"' in shown


MARKUP = st.lists(
    st.sampled_from(
        [
            *("[", "]", "(", ")", "@", "a", ";", "!", "<", ">", '"', "`", "*", "|", "\n", "-"),
            *("javascript:", "<script>", "[@a]", "[@b.1]", "\n\n", "    ", "#", "&#106;"),
            *('<img src=x onerror="y">', "](", "---", "style=", "\\", " "),
        ]
    ),
    max_size=30,
).map("".join)
ALLOWED = re.compile(
    r"</?(?:p|hr|h[3-6]|blockquote|pre|[uo]l|li|table|thead|tbody|t[rhd]|em|strong|code|sup)>"
    r'|<br>|<ol start="\d+">|<sup class="citation">|</a>'
    r'|<a(?: href="[^"<>]*")?(?: title="[^"]*")? rel="noopener noreferrer">'
)


@given(MARKUP)
def test_no_markdown_makes_other_markup_than_the_listed(markdown):
    shown = html(f"x{markdown}")

    assert "<" not in ALLOWED.sub("", shown)
    assert not re.search(r'href="\s*(?!#ref-|https?:|mailto:)[\w&;]*:', shown, re.IGNORECASE)


@given(MARKUP)
def test_a_citation_is_rendered_exactly_where_it_is_found(markdown):
    keys = [key for key in rendering.citation_keys(markdown) if key in ("a", "b.1")]

    page = rendered(REFERENCES, context=markdown)

    assert [item["key"] for item in page["references"]] == keys
    shown = page["sections"].get("context", "")
    assert list(dict.fromkeys(re.findall(r'href="#ref-([^"]+)"', shown))) == keys
