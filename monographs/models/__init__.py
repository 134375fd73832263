from .mail import Message
from .monographs import FormerAddress, Monograph, Topic
from .notices import Notice
from .record import Appointment, Event
from .review import WHOLE, Comment, Invitation, Opinion, Presence
from .revisions import Contribution, Revision
from .search import SearchEntry, SearchName
from .states import (
    APPROVED_STATES,
    ASKED_STATES,
    OPEN_STATES,
    PUBLIC_STATES,
    READABLE_STATES,
    State,
)

__all__ = [
    "APPROVED_STATES",
    "ASKED_STATES",
    "Appointment",
    "Comment",
    "Contribution",
    "Event",
    "FormerAddress",
    "Invitation",
    "Message",
    "Monograph",
    "Notice",
    "OPEN_STATES",
    "Opinion",
    "PUBLIC_STATES",
    "Presence",
    "READABLE_STATES",
    "Revision",
    "SearchEntry",
    "SearchName",
    "State",
    "Topic",
    "WHOLE",
]
