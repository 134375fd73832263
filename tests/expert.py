"""Experts in the words of the tests."""

from monographs import experts

SAID = {
    "verdict": "recommend",
    "name": "Prof. Eva Expert",
    "credentials": "MD, PhD",
    "competing_interests": "none",
}


def invite(revision, actor, expert=SAID["name"], **options):
    """Invite an expert to the text as it stands; return the Invitation and its token."""
    return experts.invite(revision, expert=expert, actor=actor, digest=revision.digest, **options)


def link_to(revision, actor, **options):
    """Invite an expert and return the path of the link."""
    return f"/opinions/{invite(revision, actor, **options)[1]}/"


def give(invitation, remarks=None, **changes):
    return experts.give(invitation, remarks=remarks or {}, **{**SAID, **changes})
