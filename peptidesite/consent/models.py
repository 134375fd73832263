"""What visitors are asked, as editors keep it and as it was published, and what they answered.

Editors keep the wording, the categories' texts and the services with their cookies;
`policies.publish` freezes them into a Policy, and nothing else is ever shown.
"""

import json

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from . import categories, declarations


class CategoryName(models.TextChoices):
    NECESSARY = categories.NECESSARY, "Strictly necessary"
    MARKETING = "marketing", "Marketing"
    ANALYTICS = "analytics", "Analytics"
    PERSONALIZATION = "personalization", "Personalization"


class Wording(models.Model):
    """The one row of what the banner and the preferences page say besides the services."""

    banner_text = models.TextField(max_length=1_000, help_text="What the banner says.")
    page_text = models.TextField(
        max_length=2_000, help_text="What the preferences page begins with."
    )
    controller = models.CharField(
        max_length=200, help_text="Who answers for the cookies: a person or a legal entity."
    )
    address = models.CharField(max_length=300, help_text="Its postal address.")
    email = models.EmailField("e-mail address", help_text="Whom visitors write to about it.")
    jurisdiction = models.CharField(
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}\Z", "Write two capital letters, such as DE.")],
        help_text="The country whose law applies, by its two letters (ISO 3166-1).",
    )
    rates_are_public = models.BooleanField(
        "consent rates are public",
        default=False,
        help_text="Whether everyone may see how many visitors accept and refuse. "
        "This is in force at once; all else only with the next policy.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "wording"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="wording_is_one")]

    def __str__(self):
        return "Wording of the banner and the preferences page"


class CategoryText(models.Model):
    name = models.CharField(max_length=15, choices=CategoryName, unique=True, editable=False)
    label = models.CharField(max_length=50)
    meaning = models.TextField(max_length=500, help_text="What the category is for.")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.label


class Service(models.Model):
    """Something that uses cookies or another origin, of one category."""

    slug = models.SlugField(
        unique=True, help_text="How templates call it, such as in {% consent %}."
    )
    name = models.CharField(max_length=100)
    provider = models.CharField(max_length=200, help_text="Who runs it, as visitors know them.")
    privacy_url = models.CharField(
        "privacy link",
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["https"])],
        help_text="The provider's own words; empty for this site.",
    )
    category = models.CharField(max_length=15, choices=CategoryName)
    purpose = models.TextField(max_length=500, help_text="What it does, and what it keeps.")
    script = models.CharField(
        "script address",
        max_length=300,
        blank=True,
        validators=[declarations.script_address],
        help_text="Loaded after the grant: an https address, or a static file of this site.",
    )
    origins = models.TextField(
        max_length=1_000,
        blank=True,
        validators=[declarations.origins_of],
        help_text="Which other origins it may load from and talk to, one a line, such as "
        "https://media.example.org. The origin of its script is one of them.",
    )
    asks_consent_mode = models.BooleanField(
        "Google Consent Mode",
        default=False,
        help_text="Whether it is told the choice by Google Consent Mode v2.",
    )

    class Meta:
        ordering = ["category", "name"]

    def __str__(self):
        return self.name

    def clean(self):
        if self.category == CategoryName.NECESSARY and (self.script or self.origins):
            raise ValidationError(
                "What is strictly necessary loads nothing from elsewhere. Choose the category "
                "that it needs consent for."
            )


class Declared(models.Model):
    """A cookie of a service, or something that it keeps in the browser's storage."""

    class Kind(models.TextChoices):
        COOKIE = "cookie", "Cookie"
        LOCAL = "local", "Local storage"
        SESSION = "session", "Session storage"
        INDEXED = "indexed", "IndexedDB"

    service = models.ForeignKey(Service, models.CASCADE, related_name="declared")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.COOKIE)
    name = models.CharField(
        max_length=100,
        validators=[declarations.cookie_name],
        help_text="* stands for any letters, such as in _x_*.",
    )
    purpose = models.CharField(max_length=300)
    duration = models.CharField(max_length=100, help_text="How long it is kept, such as 30 days.")
    domain = models.CharField(
        max_length=253,
        blank=True,
        validators=[declarations.cookie_domain],
        help_text="Empty for this site.",
    )
    path = models.CharField(max_length=200, default="/", validators=[declarations.cookie_path])

    class Meta:
        ordering = ["kind", "name"]
        verbose_name = "declared cookie"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "name", "domain", "path"],
                name="declared_once",
                violation_error_message="This service declares that already.",
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        optional = self.service_id and self.service.category != CategoryName.NECESSARY
        names = [name for name in declarations.RESERVED if declarations.matches(self.name, name)]
        if optional and self.kind == self.Kind.COOKIE and names:
            raise ValidationError(
                {"name": f"This is also the name of {names[0]}, which the site needs itself."}
            )


class Policy(models.Model):
    """A numbered, immutable snapshot of everything that the banner and preferences page say."""

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    is_material = models.BooleanField()
    news = models.TextField(blank=True)
    # Text, since a database may write JSON in another way than it was hashed.
    snapshot = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "policies"
        permissions = [("publish_policy", "Can publish a policy")]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0) & (Q(is_material=False) | ~Q(news="") | Q(number=1)),
                name="policy_says_what_is_new",
            )
        ]

    def __str__(self):
        return f"Policy {self.number}"

    def get_absolute_url(self):
        return reverse("consent:policy", args=[self.number])

    @property
    def said(self):
        """The snapshot as a dict."""
        return json.loads(self.snapshot)


class Record(models.Model):
    """One line of what a visitor granted or withdrew; it names nobody.

    Lines of one consent follow each other by their digests (consent.records).
    """

    consent_id = models.CharField("consent id", max_length=16)
    sequence = models.PositiveIntegerField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="records")
    bits = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)
    expires_on = models.DateField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["consent_id", "sequence"]
        verbose_name = "consent record"
        constraints = [
            models.UniqueConstraint(
                fields=["consent_id", "sequence"], name="record_has_its_place"
            ),
            models.CheckConstraint(
                condition=Q(bits__gte=categories.NONE, bits__lte=categories.ALL),
                name="record_bits",
            ),
        ]

    def __str__(self):
        return f"{self.consent_id}, line {self.sequence}"


class Tally(models.Model):
    """How many visitors chose alike on a day (UTC), under a policy."""

    class Outcome(models.TextChoices):
        ACCEPT = "accept", "Accepted all"
        SOME = "some", "Allowed some"
        REJECT = "reject", "Refused"
        WITHDRAW = "withdraw", "Withdrew"

    day = models.DateField()
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="tallies")
    outcome = models.CharField(max_length=8, choices=Outcome)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "policy", "outcome"]
        verbose_name = "consent rate"
        constraints = [
            models.UniqueConstraint(fields=["day", "policy", "outcome"], name="tally_is_one")
        ]

    def __str__(self):
        return f"{self.day}: {self.count} × {self.get_outcome_display()}"
