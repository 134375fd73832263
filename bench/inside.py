"""What takes its time inside the process: searching, the desk, writing. A round of it is

    python -m bench.inside N     with DATA_DIR and DATABASE_URL of a database of N monographs

It prints a JSON object: {figure: milliseconds}, each the median of its runs.
"""

import json
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from .desk import pages, seconds_for, set_up_django, someone_with_every_role

SEARCHES = {
    "search, rare word": "",
    "search, common word": "receptor",
    "search, two words": "receptor affinity",
    "search, prefix": "recep",
    "search, typo": "recpetor",
}
READ = {"home": "/", "A–Z": "/monographs/", "topic": "/topics/made-up-topic-1/"}
WRITES, FILES, RUNS = 3, 10, 3


def main(size):
    set_up_django()
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    figures = {name: timed(client, page) for name, page in reading(size).items()}
    client.force_login(someone_with_every_role())
    figures |= {f"desk: {name}": timed(client, page) for name, page in pages().items()}
    figures |= writing()
    print(json.dumps(figures))


def reading(size):
    """Return {figure: address} of public pages, rendered anew each time."""
    from urllib.parse import quote

    from monographs.models import Revision

    # The title of an entry holds its number, which no other text has.
    some = Revision.objects.published().order_by("pk")[size // 3]
    words = {**SEARCHES, "search, rare word": some.title.split()[1]}
    return {
        "monograph": some.monograph.get_absolute_url(),
        **READ,
        **{name: f"/search/?q={quote(query)}" for name, query in words.items()},
    }


def timed(client, address):
    seconds_for(client, address)
    return median(seconds_for(client, address) for _ in range(RUNS)) * 1000


def writing():
    """Return {figure: ms} of a draft's saving, approval and publication, and of an import."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.db.models import Exists, OuterRef

    from monographs import drafts, workflow
    from monographs.models import Revision

    people = get_user_model().objects
    author = people.get(username="corpus-author-1")
    reviewer = people.get(username="corpus-reviewer-1")
    reviewer.groups.add(*Group.objects.filter(name__in=["Reviewers", "Clinicians", "Publishers"]))
    times = {"save": [], "approve": [], "publish": []}
    is_open = Revision.objects.open().filter(monograph=OuterRef("monograph"))
    live = Revision.objects.published().exclude(Exists(is_open)).order_by("pk")
    for revision in live[:WRITES]:
        draft = drafts.start(revision.monograph, author=author, change_summary="Measured.")
        text = {**draft.text, "context": f"{draft.context} More."}
        with clocked(times["save"]):
            draft = drafts.save(
                draft, author=author, text=text, change_summary="More.", version=draft.version
            )
        draft = workflow.perform("submit", draft, actor=author)
        with clocked(times["approve"]):
            draft = workflow.perform(
                "approve", draft, actor=reviewer, digest=draft.digest, interests="none"
            )
        with clocked(times["publish"]):
            workflow.perform("publish", draft, actor=reviewer)
    figures = {name: median(some) * 1000 for name, some in times.items()}
    return {**figures, "import, a file": imported(author)}


def imported(author):
    """Return the milliseconds that the import of one of FILES new files takes."""
    from monographs.management.commands.export_monographs import file_of
    from monographs.management.commands.import_monographs import import_file
    from monographs.models import Revision

    live = Revision.objects.published().select_related("monograph").order_by("pk")
    took, run = [], time.time_ns()
    with tempfile.TemporaryDirectory() as folder:
        for number, revision in enumerate(live[:FILES]):
            revision.monograph.slug = f"measured-{run}-{number}"
            revision.title = f"Measured {run} {number}"
            path = Path(folder, f"{number}.md")
            path.write_text(file_of(revision))
            with clocked(took):
                outcome = import_file(path, author)
            if outcome.kind != "new monograph":
                raise SystemExit(f"An import came to nothing: {outcome.lines}")
    return median(took) * 1000


@contextmanager
def clocked(times):
    began = time.perf_counter()
    yield
    times.append(time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]))
