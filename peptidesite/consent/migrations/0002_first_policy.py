import hashlib
import json

from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.utils import timezone

WORDING = {
    "banner_text": "Nothing optional happens here before you choose. If you allow it, we count "
    "which pages are read (analytics), keep your text size and colours in your browser "
    "(personalization), and note which link brought you here (marketing). All of it stays on "
    "this site. Refusing costs you nothing, and you can change your mind at any time.",
    "page_text": "This site works without optional cookies, and uses none unless you allow it. "
    "Readers who have not chosen get no cookie at all.",
    "controller": "Peptidesite editorial office",
    "address": "1 Example Street, 10115 Berlin, Germany",
    "email": "privacy@peptides.example",
    "jurisdiction": "DE",
}
CATEGORIES = [
    (
        "necessary",
        "Strictly necessary",
        "Without these the site could not remember your choice, and editors could not sign in. "
        "They are used for nothing else and need no consent, so they have no switch.",
    ),
    (
        "marketing",
        "Marketing",
        "Notes which campaign or link brought you here, to learn which of them are worth it.",
    ),
    (
        "analytics",
        "Analytics",
        "Counts which pages are read and for how long, so that the site can be improved.",
    ),
    (
        "personalization",
        "Personalization",
        "Remembers in your browser how you like to read, and what you read last.",
    ),
]
HERE = "Peptidesite"
SERVICES = [
    {
        "slug": "consent",
        "name": "Your choice",
        "category": "necessary",
        "purpose": "Remembers what you chose on the cookie banner, so that we need not ask again.",
        "declared": [
            (
                "cookie",
                "__Host-cc",
                "Keeps your choice and its day. If you allowed something it also holds a random "
                "number that leads to the proof; if you refused, it is alike for everyone.",
                "180 days",
                "/",
            ),
            (
                "cookie",
                "cc",
                "The same, where the site is tried out without HTTPS.",
                "180 days",
                "/",
            ),
        ],
    },
    {
        "slug": "desk",
        "name": "Editorial desk",
        "category": "necessary",
        "purpose": "Lets editors sign in and protects what they write. Readers get none of it.",
        "declared": [
            ("cookie", "sessionid", "Keeps an editor signed in.", "2 weeks, or until signing out", "/admin/"),
            ("cookie", "csrftoken", "Protects editors from forms on other sites.", "1 year", "/admin/"),
            ("local", "theme", "Keeps an editor's choice of light or dark.", "Until it is deleted", "/admin/"),
            ("session", "django.admin.*", "Keeps which parts of a page are open.", "Until the tab is closed", "/admin/"),
        ],
    },
]
SERVICES += [
    {
        "slug": "analytics",
        "name": "Page counts",
        "category": "analytics",
        "purpose": "Counts how often each page is read on each day and for how long, and whether "
        "by someone who was here on an earlier one of the last 30 days. It keeps no address and no browser, and "
        "nothing that tells one reader from another.",
        "script": "analytics.js",
        "declared": [
            ("cookie", "visited", "Keeps the day on which this browser was first here, to tell new readers from returning ones.", "30 days", "/"),
        ],
    },
    {
        "slug": "personalization",
        "name": "Reading comfort",
        "category": "personalization",
        "purpose": "Keeps the text size and colours that you chose and the monographs that you "
        "read last. All of it stays in your browser; we never see it.",
        "script": "personalization.js",
        "declared": [
            ("local", "reading", "Keeps the text size and colours.", "Until you withdraw or delete it", "/"),
            ("local", "recently-read", "Keeps the last ten monographs that you read.", "Until you withdraw or delete it", "/"),
        ],
    },
    {
        "slug": "campaigns",
        "name": "Campaign links",
        "category": "marketing",
        "purpose": "Notes which campaign link brought you here, and counts it when you follow our "
        "newsletter or contact link. We keep the sums, and not who you are.",
        "script": "marketing.js",
        "declared": [
            ("cookie", "campaign", "Keeps the name of the campaign whose link you followed.", "30 days", "/"),
        ],
    },
]


def publish_first_policy(apps, schema_editor):
    Policy = apps.get_model("consent", "Policy")
    if Policy.objects.exists():
        return
    apps.get_model("consent", "Wording").objects.create(pk=1, **WORDING)
    CategoryText = apps.get_model("consent", "CategoryText")
    for name, label, meaning in CATEGORIES:
        CategoryText.objects.create(name=name, label=label, meaning=meaning)
    for service in SERVICES:
        _make_service(apps, service)
    said = _snapshot(apps)
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    Policy.objects.create(
        number=1,
        published_at=timezone.now(),
        is_material=True,
        snapshot=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _make_service(apps, service):
    made = apps.get_model("consent", "Service").objects.create(
        provider=HERE,
        script=service.get("script", ""),
        **{name: service[name] for name in ("slug", "name", "category", "purpose")},
    )
    for kind, name, purpose, duration, path in service["declared"]:
        apps.get_model("consent", "Declared").objects.create(
            service=made, kind=kind, name=name, purpose=purpose, duration=duration, path=path
        )


def _snapshot(apps):
    services = apps.get_model("consent", "Service").objects.order_by("slug")
    return {
        "controller": {
            name: WORDING[name] for name in ("controller", "address", "email", "jurisdiction")
        },
        "banner": {
            "heading": "Cookies",
            "text": WORDING["banner_text"],
            "accept": "Accept all",
            "reject": "Reject all",
            "manage": "Manage preferences",
        },
        "page": {"heading": "Cookies", "text": WORDING["page_text"]},
        "days_held": 180,
        "categories": [
            {
                "name": name,
                "label": label,
                "meaning": meaning,
                "services": [_said(s) for s in services if s.category == name],
            }
            for name, label, meaning in CATEGORIES
        ],
    }


def _said(service):
    fields = ("slug", "name", "provider", "privacy_url", "purpose", "script")
    kept = ("kind", "name", "purpose", "duration", "domain", "path")
    return {
        **{name: getattr(service, name) for name in fields},
        "origins": [],
        "asks_consent_mode": False,
        "declared": [
            {name: getattr(declared, name) for name in kept}
            for declared in service.declared.order_by("kind", "name")
        ],
    }


KEEP = ("wording", "categorytext")
GROUP = [
    *(f"{verb}_{model}" for model in KEEP for verb in ("view", "change")),
    *(f"{verb}_{model}" for model in ("service", "declared") for verb in ("view", "add", "change", "delete")),
    *("view_policy", "publish_policy", "view_record", "view_tally"),
]


def make_group(apps, schema_editor):
    # Permissions are made after all migrations; the group needs them now.
    app = apps.get_app_config("consent")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Privacy editors")
    group.permissions.add(
        *apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="consent", codename__in=GROUP
        )
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(publish_first_policy, migrations.RunPython.noop),
        migrations.RunPython(make_group, migrations.RunPython.noop),
    ]
