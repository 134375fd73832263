from .monographs import Monograph, Topic
from .record import Appointment, Event
from .revisions import Contribution, Revision
from .states import APPROVED_STATES, OPEN_STATES, PUBLIC_STATES, READABLE_STATES, State

__all__ = [
    "APPROVED_STATES",
    "Appointment",
    "Contribution",
    "Event",
    "Monograph",
    "OPEN_STATES",
    "PUBLIC_STATES",
    "READABLE_STATES",
    "Revision",
    "State",
    "Topic",
]
