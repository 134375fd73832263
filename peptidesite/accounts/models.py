from zoneinfo import available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models

from peptidesite.cleaning import clean_line, clean_prose

# What readers and colleagues see of a person, a line each.
LINES = ("display_name", "credentials")
INTERESTS_LIMIT = 2_000


def validate_line(value):
    """Raise ValidationError for a text with characters that nobody would see."""
    clean_line(value, limit=len(value))


def validate_interests(value):
    """Raise ValidationError for a text that is too long, or has what nobody would see."""
    clean_prose(value, INTERESTS_LIMIT)


def validate_orcid(value):
    """Raise ValidationError unless value is an ORCID iD, "0000-0002-1825-0097".

    The last character is an ISO 7064 MOD 11-2 check digit:
    https://support.orcid.org/hc/en-us/articles/360006897674
    """
    groups = value.split("-")
    digits = "".join(groups)
    well_formed = [len(group) for group in groups] == [4, 4, 4, 4] and (
        digits.isascii() and digits[:15].isdigit() and digits[15] in "0123456789X"
    )
    if not well_formed or _orcid_check_digit(digits[:15]) != digits[15]:
        raise ValidationError(
            "This is no valid ORCID iD. Copy the sixteen characters from your ORCID page, "
            "such as 0000-0002-1825-0097.",
            code="orcid",
        )


def _orcid_check_digit(digits):
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def validate_time_zone(value):
    """Raise ValidationError unless value names a zone of the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(
            "There is no time zone of this name. Use one such as Europe/Berlin or "
            "America/New_York.",
            code="time_zone",
        )


class Mail(models.TextChoices):
    """The kinds of mail that a person can choose to get."""

    SUBMITTED = "submitted", "A text waits for a review that you could do"
    RETURNED = (
        "returned",
        "Changes are requested in a text that you wrote, or its approval is void",
    )
    APPROVED = "approved", "A text that you wrote is approved, or waits for you to publish it"
    PUBLISHED = (
        "published",
        "A text that you wrote or reviewed is published or withdrawn, or gets a time for it",
    )
    OPINION = "opinion", "An expert gave an opinion on a text that you wrote or review"
    OVERDUE = "overdue", "Once a week, the reviews that are overdue"


class User(AbstractUser):
    """Someone who writes, reviews or publishes, as readers get to know them."""

    display_name = models.CharField(
        "name to show",
        max_length=150,
        blank=True,
        validators=[validate_line],
        help_text="As it stands under a monograph, such as “Rosa Lindqvist”.",
    )
    credentials = models.CharField(
        max_length=150,
        blank=True,
        validators=[validate_line],
        help_text="Degrees and post, such as “MD, PhD, clinical pharmacologist”.",
    )
    orcid = models.CharField(
        "ORCID iD",
        max_length=19,
        blank=True,
        validators=[validate_orcid],
        help_text="Sixteen characters, such as 0000-0002-1825-0097.",
    )
    time_zone = models.CharField(
        max_length=50,
        blank=True,
        validators=[validate_time_zone],
        help_text="In which times are shown to you and taken from you, such as "
        "Europe/Berlin. Empty: that of the site.",
    )
    competing_interests = models.TextField(
        blank=True,
        validators=[validate_interests],
        help_text="Posts, shares, fees and patents a reader should know of; “none” if none.",
    )
    # Names of Mail; all others are wanted, also a kind that comes later.
    unwanted_mail = models.JSONField(default=list, blank=True, editable=False)

    def clean(self):
        super().clean()
        for name in LINES:
            setattr(self, name, " ".join(getattr(self, name).split()))

    def __str__(self):
        return self.display_name or self.get_full_name() or self.username
