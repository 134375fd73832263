import re

from django.conf import settings

from peptidesite.consent import urls


def read(*path):
    return settings.BASE_DIR.joinpath(*path).read_text()


def test_the_tests_that_the_documentation_names_are_there():
    named = set(re.findall(r"`(test_\w+)`", read("docs", "consent.md")))
    tests = "".join(path.read_text() for path in settings.BASE_DIR.glob("tests/**/test_*.py"))

    there = set(re.findall(r"^def (test_\w+)", tests, re.MULTILINE))

    assert len(named) > 50
    assert named - there == set()


def test_the_addresses_of_consent_are_documented():
    documented = read("docs", "consent.md").replace("<number>", "<int:number>")

    missing = [str(a.pattern) for a in urls.urlpatterns if f"/{a.pattern}" not in documented]

    assert missing == []
