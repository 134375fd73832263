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
# The texts about which an expert may be asked: nobody has answered for them yet.
ASKED_STATES = [State.DRAFT, State.IN_REVIEW]
APPROVED_STATES = [State.APPROVED, State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
PUBLIC_STATES = [State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN]
# The texts that are readers' to have: every one that was public and was not withdrawn.
READABLE_STATES = [State.PUBLISHED, State.SUPERSEDED]
