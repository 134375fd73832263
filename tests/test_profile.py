"""What editors say of themselves."""

import pytest
from django.urls import reverse

from peptidesite.accounts.models import Mail, User

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
    [
        ("orcid", "0000-0002-1825-0098"),
        ("time_zone", "Mars/Olympus"),
        ("email", "rosa"),
        ("credentials", "Dr \u202eneB"),
        ("competing_interests", "x" * 2_001),
    ],
)
def test_what_cannot_be_gets_its_message_and_changes_nothing(field, value, author, sign_in):
    response = sign_in(author).post(reverse("profile"), {**SAID, field: value})

    author.refresh_from_db()
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["display_name"].value() == "Rosa Lindqvist"
    assert author.display_name == "Ada Author"


def test_a_name_is_one_line(author, sign_in):
    sign_in(author).post(reverse("profile"), {**SAID, "display_name": "Rosa\n\nRead it:"})

    author.refresh_from_db()
    assert author.display_name == "Rosa Read it:"


def test_a_form_that_arrives_incomplete_empties_nothing(author, sign_in):
    response = sign_in(author).post(reverse("profile"), {"email": "rosa@peptides.example"})

    author.refresh_from_db()
    assert "arrived incomplete" in str(response.context["form"].errors)
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


def boxes(response):
    return {box.data["value"]: box.data["selected"] for box in response.context["form"]["mail"]}


def test_all_mail_is_wanted_until_one_says_otherwise(author, sign_in):
    response = sign_in(author).get(reverse("profile"))

    assert boxes(response) == dict.fromkeys(Mail.values, True)


def test_one_chooses_which_mail_one_gets(author, sign_in):
    chosen = {**SAID, "mail": [Mail.RETURNED, Mail.OPINION]}

    response = sign_in(author).post(reverse("profile"), chosen, follow=True)

    author.refresh_from_db()
    assert set(author.unwanted_mail) == set(Mail.values) - {Mail.RETURNED, Mail.OPINION}
    assert [kind for kind, wanted in boxes(response).items() if wanted] == chosen["mail"]


def test_a_kind_of_mail_that_is_none_gets_a_message_and_changes_nothing(author, sign_in):
    response = sign_in(author).post(reverse("profile"), {**SAID, "mail": ["submitted", "spam"]})

    author.refresh_from_db()
    assert list(response.context["form"].errors) == ["mail"]
    assert author.unwanted_mail == []


def test_who_gave_no_address_is_told_that_nothing_can_be_sent(author, sign_in):
    before = sign_in(author).get(reverse("profile")).content.decode()
    User.objects.filter(pk=author.pk).update(email="ada@peptides.example")
    after = sign_in(author).get(reverse("profile")).content.decode()

    assert "nothing can be sent to you" in before
    assert "nothing can be sent to you" not in after


def test_the_account_page_keeps_what_mail_a_person_wants(author, make_user, sign_in):
    author.unwanted_mail = [Mail.OVERDUE]
    author.save()
    page = reverse("admin:accounts_user_change", args=[author.pk])
    root = sign_in(make_user("root", is_superuser=True))
    form = root.get(page).context["adminform"].form

    typed = {name: form.initial.get(name) or "" for name in form.fields}
    saved = root.post(
        page,
        {
            **{name: value for name, value in typed.items() if isinstance(value, str)},
            "is_active": "on",
            "is_staff": "on",
            "display_name": "Ada Writer",
            "date_joined_0": "2026-01-01",
            "date_joined_1": "09:00",
        },
    )

    author.refresh_from_db()
    assert saved.status_code == 302
    assert author.display_name == "Ada Writer"
    assert author.unwanted_mail == [Mail.OVERDUE]
