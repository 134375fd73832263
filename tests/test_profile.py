"""What editors say of themselves."""

import pytest
from django.urls import reverse

SAID = {
    "display_name": "Rosa Lindqvist",
    "credentials": "MD",
    "orcid": "0000-0002-1825-0097",
    "competing_interests": "none",
    "email": "rosa@peptides.example",
    "time_zone": "Europe/Berlin",
}


def test_an_editor_says_who_they_are(author, sign_in):
    sign_in(author).post(reverse("profile"), SAID)

    author.refresh_from_db()
    assert {name: getattr(author, name) for name in SAID} == SAID


@pytest.mark.parametrize(
    ("field", "value"),
    [("orcid", "0000-0002-1825-0098"), ("time_zone", "Mars/Olympus"), ("email", "rosa")],
)
def test_what_cannot_be_gets_its_message_and_changes_nothing(field, value, author, sign_in):
    response = sign_in(author).post(reverse("profile"), {**SAID, field: value})

    author.refresh_from_db()
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["display_name"].value() == "Rosa Lindqvist"
    assert author.display_name == "Ada Author"


def test_nobody_raises_their_own_rights(author, sign_in):
    sign_in(author).post(reverse("profile"), {**SAID, "is_superuser": "on", "groups": "2"})

    author.refresh_from_db()
    assert not author.is_superuser
    assert [group.name for group in author.groups.all()] == ["Authors"]


def test_a_stranger_is_asked_to_sign_in(client, db):
    response = client.get(reverse("profile"))

    assert response.status_code == 302
    assert "login" in response["Location"]
