from django.contrib.auth.management import create_permissions
from django.db import migrations


def make_clinicians(apps, schema_editor):
    # Permissions are made after all migrations; the group needs its own now.
    app = apps.get_app_config("monographs")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Clinicians")
    group.permissions.add(
        *Permission.objects.filter(
            content_type__app_label="monographs",
            codename__in=["view_monograph", "view_revision", "view_topic", "clinician_revision"],
        )
    )


def make_retractions(apps, schema_editor):
    # A withdrawal's reason was its event's comment alone.
    Event = apps.get_model("monographs", "Event")
    Notice = apps.get_model("monographs", "Notice")
    for event in Event.objects.filter(transition="withdraw", revision__state="withdrawn"):
        Notice.objects.create(
            kind="retraction",
            revision_id=event.revision_id,
            text=event.note,
            author_id=event.actor_id,
            at=event.at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("monographs", "0003_review_notices_mail"),
    ]

    operations = [
        migrations.RunPython(make_clinicians, migrations.RunPython.noop),
        migrations.RunPython(make_retractions, migrations.RunPython.noop),
    ]
