"""The reviewing page in the words of the tests."""

from monographs import comments, drafts, workflow
from monographs.models import State


def second_in_review(make_revision, author):
    """A second revision in review, with another Risk than the live one."""
    live = make_revision(State.PUBLISHED)
    draft = drafts.start(live.monograph, author=author)
    text = {**draft.text, "risk": "A sentence for the known risk [@key1]."}
    drafts.save(draft, author=author, version=1, text=text, change_summary="Risk is clearer.")
    return workflow.perform("submit", draft, actor=author)


def part(page, name):
    """What a page has at one of its parts."""
    return page.split(f'id="at-{name}"')[1].split("</section>")[0]


def click(revision, action, **typed):
    """What a browser sends from the reviewing page."""
    boxes = {f"comment-{place}": "" for place in comments.NAMES}
    seen = {"digest": revision.digest, "seen": revision.version}
    seen["interests"] = "none" if action == "approve" else ""
    return {"action": action, "note": "", **seen, **boxes, **typed}
