from django.http import Http404

# Above the last one no database takes it for a number of rows.
PAGE, LAST = 200, 1_000_000


def page(queryset, number):
    """Return (rows, is_more) of the page of that number (from 1) of an ordered queryset.

    Nothing is counted, so that a page takes as long however many there are. Raises Http404
    for a page that is not there.
    """
    start = (number - 1) * PAGE
    if not 1 <= number <= LAST:
        raise Http404("There is no such page.")
    rows = list(queryset[start : start + PAGE + 1])
    if not rows and number > 1:
        raise Http404("There is no such page.")
    return rows[:PAGE], len(rows) > PAGE
