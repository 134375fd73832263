from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monographs", "0004_clinicians_and_retractions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["state", "monograph"], name="revision_by_state"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["title", "monograph"], name="revision_by_title"),
        ),
    ]
