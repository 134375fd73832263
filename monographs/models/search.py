from django.db import models

from .revisions import Revision


class SearchEntry(models.Model):
    """What a published text is found by: the stems of its words, parted by spaces.

    monographs.search makes it. The database keeps it in step: it takes none of another text,
    and drops it when the text is no longer published (monographs.guards). FTS5 or a tsvector
    is beside it (migrations 0008 and 0011).
    """

    revision = models.OneToOneField(
        Revision, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    title = models.TextField()
    synonyms = models.TextField()
    text = models.TextField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"Search entry of {self.revision_id}"


class SearchName(models.Model):
    """A word of a title or synonym, which a mistyped word may have been meant for."""

    word = models.CharField(max_length=50, primary_key=True)
    # Few are compared with what was typed: those that begin and are as long like it.
    start = models.CharField(max_length=2)
    length = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["start", "length"], name="search_name_alike")]

    def __str__(self):
        return self.word
