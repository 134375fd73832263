from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ["Publishers", "Privacy editors"]


def let_groups_view(apps, schema_editor):
    # Permissions are made after all migrations; the groups need this one now.
    app = apps.get_app_config("campaigns")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="campaigns", codename="view_campaignvisits"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0001_initial"),
        ("consent", "0002_first_policy"),
        ("monographs", "0002_groups"),
    ]

    operations = [migrations.RunPython(let_groups_view, migrations.RunPython.noop)]
