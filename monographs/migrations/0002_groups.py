from django.contrib.auth.management import create_permissions
from django.db import migrations

READ = ["view_monograph", "view_revision", "view_topic"]
GROUPS = {
    "Authors": [*READ, "add_monograph", "change_monograph", "add_revision", "change_revision"],
    "Reviewers": [*READ, "review_revision"],
    "Publishers": [*READ, "publish_revision", "view_event", "add_topic", "change_topic"],
}


def make_groups(apps, schema_editor):
    # Permissions are made after all migrations; the groups need them now.
    app = apps.get_app_config("monographs")
    app.models_module = True
    create_permissions(app, apps=apps, verbosity=0, using=schema_editor.connection.alias)
    app.models_module = None

    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *Permission.objects.filter(
                content_type__app_label="monographs", codename__in=codenames
            )
        )


class Migration(migrations.Migration):
    dependencies = [
        ("monographs", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
