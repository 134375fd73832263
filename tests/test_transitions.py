import pytest
from django.core.exceptions import PermissionDenied

from monographs import transitions, workflow
from monographs.models import State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", transitions.TRANSITIONS)
def test_only_the_listed_transitions_are_possible(name, state, make_revision, move):
    revision = make_revision(state)

    if state in transitions.TRANSITIONS[name].sources:
        moved = move(revision, name)
        assert moved.state == transitions.TRANSITIONS[name].target
    else:
        with pytest.raises(workflow.TransitionNotAllowed):
            move(revision, name)


@pytest.mark.parametrize("name", transitions.TRANSITIONS)
def test_nobody_moves_anything_without_a_role(name, make_revision, make_user):
    visitor = make_user("visitor")
    revision = make_revision(next(iter(transitions.TRANSITIONS[name].sources)))

    with pytest.raises(PermissionDenied):
        workflow.perform(name, revision, actor=visitor)
