import pytest
from django.core.exceptions import ValidationError

from peptidesite.accounts.models import User, validate_orcid


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0002-1694-233X"])
def test_an_orcid_with_its_check_digit_is_valid(orcid):
    validate_orcid(orcid)


@pytest.mark.parametrize(
    "orcid",
    [
        "0000-0002-1825-0098",
        "0000-0002-1694-2330",
        "0000000218250097",
        "0000-0002-1825-009",
        "0000-0002-1825-009x",
        "٠٠٠٠-0002-1825-0097",
        "",
    ],
)
def test_anything_else_is_no_orcid(orcid):
    with pytest.raises(ValidationError):
        validate_orcid(orcid)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"display_name": "Rosa Lindqvist", "first_name": "R"}, "Rosa Lindqvist"),
        ({"first_name": "Rosa", "last_name": "L"}, "Rosa L"),
        ({}, "rosa"),
    ],
)
def test_a_person_is_shown_by_the_best_name_there_is(names, shown):
    assert str(User(username="rosa", **names)) == shown


@pytest.mark.parametrize(
    ("group", "may", "may_not"),
    [
        ("Authors", "change_revision", "review_revision"),
        ("Reviewers", "review_revision", "change_revision"),
        ("Publishers", "publish_revision", "review_revision"),
    ],
)
def test_the_groups_are_made_by_migration(group, may, may_not, groups):
    codenames = set(groups[group].permissions.values_list("codename", flat=True))

    assert may in codenames
    assert may_not not in codenames
    assert "view_revision" in codenames
