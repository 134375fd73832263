from django.db import migrations, models

from peptidesite import guards

FROM_THE_RECORD = """
UPDATE monographs_revision SET moved_at = COALESCE(
    (SELECT MAX(e.at) FROM monographs_event e
    WHERE e.revision_id = monographs_revision.id AND e.source <> e.target),
    created_at
)
"""


def fill(apps, schema_editor):
    # No reader sees the difference, so no edition is to be counted a row; they are back after
    # the migrations.
    guards.lift(schema_editor.connection.alias)
    schema_editor.execute(FROM_THE_RECORD)


class Migration(migrations.Migration):

    dependencies = [
        ('monographs', '0009_lists_by_state'),
    ]

    operations = [
        # When a draft was saved last, nobody asked for.
        migrations.RenameField('revision', 'saved_at', 'moved_at'),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['state', 'moved_at'], name='revision_by_move'),
        ),
    ]
