from contextlib import suppress

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from monographs.models import Monograph
from peptidesite import periods
from peptidesite.incoming import beacon

from . import counting, reports, visits


@beacon("analytics")
def collect(request, response):
    """Count what static/analytics.js sends: a page, and how many seconds more it was read."""
    path, seconds = request.POST.get("page", ""), request.POST.get("seconds")
    first_day = visits.first_day(request)
    # Nobody waits for the answer, and a page that is not counted is no mistake of a reader's.
    with suppress(counting.NotCounted, DatabaseError):
        if seconds is None:
            is_returning = first_day is not None and first_day < periods.today()
            counting.count_view(path, is_returning=is_returning)
        elif len(seconds) < 10 and seconds.isdecimal():
            counting.count_seconds(path, int(seconds))
    if first_day is None:
        visits.remember(response, request)


@require_safe
@admin.site.admin_view
def of_monograph(request, pk):
    """Show editors how often a monograph was viewed."""
    monograph = get_object_or_404(Monograph, pk=pk)
    if not request.user.has_perm("monographs.view_monograph"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        **reports.of_monograph(monograph, request.GET.get("days")),
    }
    return TemplateResponse(request, "admin/analytics/monograph.html", context)
