import pytest
from citeproc import CitationStylesStyle
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from monographs import citations, content

ARTICLE = {
    "id": "Goldstein1977",
    "type": "article-journal",
    "title": "Thymosin alpha1",
    "author": [{"family": "Goldstein", "given": "A L"}, {"family": "Wara", "given": "DW"}],
    "container-title": "PNAS",
    "issued": {"date-parts": [[1977, 2, 1]]},
    "volume": "74",
    "issue": "2",
    "page": "725–729",
}
LINE = "Goldstein AL, Wara DW. Thymosin alpha1. PNAS. 1977;74(2):725–729."


def formatted(**fields):
    item = {name: value for name, value in {**ARTICLE, **fields}.items() if value is not None}
    (html,) = citations.format_references(content.clean_references([item]))
    return html


def test_the_style_is_valid_csl():
    CitationStylesStyle(str(citations.STYLE), validate=True)


def test_an_article_reads_as_vancouver_has_it():
    html = formatted()

    assert html == LINE


def test_from_the_seventh_author_on_the_rest_are_et_al():
    people = [{"family": f"F{n}", "given": "Ann"} for n in range(7)]

    assert formatted(author=people[:6]).startswith("F0 A, F1 A, F2 A, F3 A, F4 A, F5 A. Thy")
    assert formatted(author=people).startswith("F0 A, F1 A, F2 A, F3 A, F4 A, F5 A, et al. Thy")


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"author": None}, "Thymosin alpha1. PNAS."),
        ({"author": None, "editor": [{"family": "Ede"}]}, "Ede, ed. Thymosin"),
        ({"author": "WHO"}, "WHO. Thymosin"),
        ({"author": {"literal": "WHO"}}, "WHO. Thymosin"),
        ({"author": ["WHO", {}, 7]}, "WHO, 7. Thymosin"),
        ({"author": [{"given": "Ann"}]}, "A. Thymosin"),
        ({"author": [{"family": "van Raalte", "given": "Jean-Paul"}]}, "van Raalte JP. Thy"),
        ({"title": "What is it?"}, "Goldstein AL, Wara DW. What is it? PNAS."),
    ],
)
def test_names_are_read_in_whatever_form_they_are_stated(fields, start):
    assert formatted(**fields).startswith(start)


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        (1977, "1977"),
        ("about 1977", "about 1977"),
        ({"literal": "n.d."}, "n.d."),
        ({"date-parts": [["1977"]]}, "1977"),
        ({"date-parts": [[1977], [1978]]}, "1977–1978"),
        ({"date-parts": 1977}, "1977"),
        ({"raw": "May 1977"}, "May 1977"),
    ],
)
def test_a_year_is_read_in_whatever_form_it_is_stated(issued, year):
    assert f"PNAS. {year};74" in formatted(issued=issued)


def test_a_reference_without_a_date_has_none():
    assert "PNAS. 74(2):725" in formatted(issued=None)


def test_doi_and_pmid_are_links():
    html = formatted(DOI="10.1016/0888-7543(92)90248-Q", PMID=265536, URL="https://x.example/")

    assert html == (
        f'{LINE} <a href="https://doi.org/10.1016/0888-7543(92)90248-Q" '
        'rel="noopener noreferrer">doi:10.1016/0888-7543(92)90248-Q</a> '
        '<a href="https://pubmed.ncbi.nlm.nih.gov/265536/" rel="noopener noreferrer">'
        "PMID 265536</a>"
    )


def test_an_address_is_a_link_where_there_is_no_identifier():
    html = formatted(URL="https://x.example/?a=1&b=2")

    assert html.startswith(f'{LINE} <a href="https://x.example/?a=1&amp;b=2" rel=')


@pytest.mark.parametrize(
    "fields",
    [
        {"URL": "javascript:alert(1)"},
        {"URL": "//x.example/"},
        {"URL": "https://[/"},
        {"DOI": "11.1/x"},
        {"DOI": ["10.1000/x y"]},
        {"PMID": "PMC123"},
        {"PMID": True},
    ],
)
def test_what_is_no_address_or_identifier_makes_no_link(fields):
    assert formatted(**fields) == LINE


def test_markup_in_a_reference_does_nothing():
    html = formatted(
        title="A <script>alert(1)</script> & <b onclick=x>b", DOI='10.1000/"><script>', URL="x"
    )

    assert "A &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b onclick=x&gt;b." in html
    assert 'href="https://doi.org/10.1000/%22%3E%3Cscript%3E"' in html


def test_the_markup_that_csl_knows_is_shown():
    html = formatted(title="<i>E. coli</i> and H<sub>2</sub>O <b>left open")

    assert "<i>E. coli</i> and H<sub>2</sub>O <b>left open. PNAS. 1977" in html
    assert html.endswith("</b>")


def test_ids_that_differ_in_case_are_two_references():
    first, second = citations.format_references(
        [{**ARTICLE, "id": "a", "title": "One"}, {**ARTICLE, "id": "A", "title": "Two"}]
    )

    assert "One" in first
    assert "Two" in second


TEXTS = st.text(max_size=20) | st.sampled_from(
    ["<span class='nocase'>", '<span class="nocase">a', "</span>", "&", "<i>", "1-2-3", "٣"]
)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["family", "given", "literal", "date-parts", "raw", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [*citations.TEXTS, *citations.NAMES, "issued", "DOI", "PMID", "URL", "note", "language"]
)


@given(st.dictionaries(FIELDS, VALUES, max_size=8), TEXTS)
def test_whatever_reference_is_accepted_can_be_formatted(fields, title):
    item = {"id": "key", "type": "article", **fields, "title": title}
    try:
        cleaned = content.clean_references([item])
    except ValidationError:
        return

    (html,) = citations.format_references(cleaned)

    assert html
