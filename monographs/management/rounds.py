import os
import time

from django.db import close_old_connections


def rounds(every=None):
    """Yield once, or again and again every so many seconds, for as long as the parent lives.

    Whoever started the process may have been killed without a word.
    """
    parent = os.getppid()
    yield
    while every and os.getppid() == parent:
        time.sleep(every)
        close_old_connections()
        yield
