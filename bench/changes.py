"""Publish so many texts, each when a line is read, and print where and what shows it. Run as

python -m bench.changes N     with DATA_DIR and DATABASE_URL
"""

import sys

from .desk import set_up_django


def main(count):
    set_up_django()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    from monographs import drafts, workflow
    from monographs.models import Revision

    author = get_user_model().objects.get(username="corpus-author-1")
    other = get_user_model().objects.get(username="corpus-reviewer-1")
    other.groups.set(Group.objects.all())
    is_open = Revision.objects.open().values("monograph")
    live = Revision.objects.published().exclude(monograph__in=is_open).order_by("-pk")
    revision = live.select_related("monograph").first()
    for number in range(count):
        draft = drafts.start(revision.monograph, author=author, change_summary="Measured.")
        words = f"Shown for the {number}th time {draft.pk}."
        draft = drafts.save(
            draft,
            author=author,
            text={**draft.text, "context": words},
            change_summary="Measured.",
            version=draft.version,
        )
        draft = workflow.perform("submit", draft, actor=author)
        draft = workflow.perform(
            "approve", draft, actor=other, digest=draft.digest, interests="none"
        )
        workflow.perform("publish", draft, actor=other)
        print(revision.monograph.get_absolute_url(), words, sep="\t", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(int(sys.argv[1]))
