"""Which texts a query finds and in which order, by SQLite's FTS5 or PostgreSQL's text search."""

from django.db import connection

# Of a word that is in very many texts so many are compared; those named so come first.
CANDIDATES = 2_000
# What a word counts in the title, in the synonyms and in the text.
WEIGHTS = (10, 5, 1)


def ranked(words):
    """Return the primary keys of published revisions with all words, the best first.

    `words` is a list of (stem, prefix or None); the prefix will do in place of the stem.
    """
    scores = {}
    for pk, score in _SEARCH[connection.vendor](words):
        scores[pk] = max(score, scores.get(pk, score))
    return sorted(scores, key=lambda pk: (-scores[pk], pk))


def _on_sqlite(words):
    # What is between quotation marks is no operator, and no word has one.
    either = [f'("{stem}" OR "{prefix}" *)' if prefix else f'"{stem}"' for stem, prefix in words]
    query = " AND ".join(either)
    sql = (
        "SELECT rowid, -bm25(monographs_search, %s, %s, %s) FROM monographs_search "
        "WHERE monographs_search MATCH %s LIMIT %s"
    )
    for match in (query, f"{{title synonyms}} : ({query})"):
        yield from _rows(sql, [*WEIGHTS, match, CANDIDATES])


def _on_postgresql(words):
    either = [f"('{stem}' | '{prefix}':*)" if prefix else f"'{stem}'" for stem, prefix in words]
    title, synonyms, text = (weight / max(WEIGHTS) for weight in WEIGHTS)
    # The function is of migration 0011.
    sql = "SELECT * FROM monographs_search(to_tsquery('simple', %s), %s::real[], %s)"
    return _rows(sql, [" & ".join(either), [text, text, synonyms, title], CANDIDATES])


def _rows(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


_SEARCH = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}
