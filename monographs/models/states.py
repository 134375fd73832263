"""The states of a revision, and what they have in common."""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    APPROVED = "approved", "Approved"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DISCARDED = "discarded", "Discarded"


OPEN_STATES = [State.DRAFT, State.IN_REVIEW, State.APPROVED]
APPROVED_STATES = [State.APPROVED, State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
PUBLIC_STATES = [State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
# The texts that are readers' to have: every one that was public and was not withdrawn.
READABLE_STATES = [State.PUBLISHED, State.SUPERSEDED]
