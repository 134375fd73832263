"""Many made-up monographs, to measure the software with.

The workflow itself would take hours for them. So their rows are written in bulk, and moved by
the same table of moves; the database's guards look at every one of them.
"""

from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from multiprocessing import get_context

import django
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from monographs.models import Monograph, Topic

from .lives import PREFIX, Entry, slug
from .text import write_texts
from .writing import People, write

AT_A_TIME, AHEAD = 100, 3
TOPICS = [f"Made-up topic {number}" for number in range(1, 13)]
AUTHORS, REVIEWERS = 7, 3


def missing(count):
    """Return the numbers below count of which there is no entry yet."""
    there = Monograph.objects.filter(slug__startswith=PREFIX).values_list("slug", flat=True)
    there = set(there)
    return [number for number in range(count) if slug(number) not in there]


def grow(numbers, *, seed="1"):
    """Write the entries of these numbers, in order, and yield how many after each batch.

    A batch is one transaction, so what was yielded stays when this is stopped. The same seed
    gives the same texts.
    """
    authors = [_person("author", n, "Authors") for n in range(1, AUTHORS + 1)]
    reviewers = [
        _person("reviewer", n, "Reviewers", "Clinicians") for n in range(1, REVIEWERS + 1)
    ]
    publisher = _person("publisher", 1, "Publishers")
    topics, now = _topics(), timezone.now()
    batches = [
        (batch, list(members))
        for batch, members in groupby(numbers, lambda number: number // AT_A_TIME)
    ]
    for (batch, members), texts in zip(batches, _texts(seed, batches), strict=True):
        people = People(
            author=authors[batch % AUTHORS],
            coauthor=authors[(batch + 1) % AUTHORS],
            reviewer=reviewers[batch % REVIEWERS],
            publisher=publisher,
        )
        entries = [Entry(number, now) for number in members]
        with transaction.atomic():
            write(entries, people, topics, texts)
        # With the first batch, and whenever there are twice as many.
        if not batch & (batch - 1):
            _count_anew()
        yield len(entries)
    _count_anew()


def _texts(seed, batches):
    """Yield {(number, edition): what write_text returns} of each batch, made beside the writing.

    The other process is begun afresh, since it must not share a connection to a database.
    """
    begun = {"mp_context": get_context("spawn"), "initializer": django.setup}
    with ProcessPoolExecutor(1, **begun) as other:
        ahead = deque()
        for _, members in batches:
            ahead.append(other.submit(write_texts, seed, members))
            if len(ahead) > AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _count_anew():
    """Have PostgreSQL plan for as many rows as there are now, before autovacuum comes by.

    The guards' queries are planned when they are first asked, with hardly a row there.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _person(role, number, *groups):
    user, made = get_user_model().objects.get_or_create(
        username=f"{PREFIX}{role}-{number}",
        defaults={
            "is_staff": True,
            "display_name": f"Made-up {role.capitalize()} {number}",
            "credentials": "made up, no person",
            "competing_interests": "none",
        },
    )
    if made:
        user.set_unusable_password()
        user.save()
        user.groups.set(Group.objects.filter(name__in=groups))
    return user


def _topics():
    return [Topic.objects.get_or_create(name=name, slug=slugify(name))[0] for name in TOPICS]
