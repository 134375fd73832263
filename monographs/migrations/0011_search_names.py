from django.db import migrations

# Vectors are kept beside their table, which the planner then takes for small: it would go
# through all of them.
POSTGRESQL = """
ALTER TABLE monographs_searchentry ADD COLUMN names tsvector GENERATED ALWAYS AS (
    to_tsvector('simple', title) || to_tsvector('simple', synonyms)
) STORED;
CREATE INDEX search_names ON monographs_searchentry USING gin (names);
CREATE FUNCTION monographs_search(words tsquery, weights real[], most integer)
RETURNS TABLE (revision_id bigint, score real) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    (SELECT e.revision_id, ts_rank(weights, e.vector, words, 1)
    FROM monographs_searchentry e WHERE e.names @@ words LIMIT most)
    UNION
    (SELECT e.revision_id, ts_rank(weights, e.vector, words, 1)
    FROM monographs_searchentry e WHERE e.vector @@ words LIMIT most)
$$
"""


def find_by_names_alone(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)


class Migration(migrations.Migration):

    dependencies = [
        ('monographs', '0010_since_when'),
    ]

    operations = [
        migrations.RunPython(find_by_names_alone),
    ]
