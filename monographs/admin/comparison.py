"""Two revisions of a monograph compared, and going back to the text of an old one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from monographs import comparing, drafts
from monographs.models import Revision, State


class ComparisonPages:
    """What RevisionAdmin has beside the page of each revision."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/compare/<int:other>/",
                view(self.compare_view),
                name="monographs_revision_compare",
            ),
            path(
                "<int:pk>/restore/", view(self.restore_view), name="monographs_revision_restore"
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def compare_view(self, request, pk, other):
        if not self.has_view_permission(request):
            raise PermissionDenied
        revisions = _revisions_beside(pk)
        chosen = [request.GET.get("old", pk), request.GET.get("new", other)]
        pair = [next((r for r in revisions if str(r.pk) == str(key)), None) for key in chosen]
        if None in pair:
            raise Http404("There are no two such revisions of one monograph.")
        if request.GET:
            return redirect("admin:monographs_revision_compare", *(text.pk for text in pair))
        old, new = sorted(pair, key=lambda revision: revision.number)
        texts = Revision.objects.in_bulk([old.pk, new.pk])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Compare revisions of {new.title}",
            "revisions": revisions,
            "old": old,
            "new": new,
            "fields": comparing.compare(texts[old.pk].text, texts[new.pk].text),
        }
        return TemplateResponse(request, "admin/monographs/revision/compare.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        revision = self._revision(request, pk)
        try:
            draft = drafts.restore(revision, author=request.user)
        except drafts.OpenRevisionExists as error:
            messages.warning(request, f"{error} This is the open one.")
            draft = error.revision
        except ValidationError as error:
            # Its text was kept before there was such a rule.
            messages.error(request, f"Nothing was restored. {' '.join(error.messages)}")
            draft = revision
        else:
            text = f"“{draft}” is begun, with the text of revision {revision.number}."
            messages.success(request, text)
        return redirect("admin:monographs_revision_change", draft.pk)


def counterpart(revision, revisions):
    """Return what a revision is compared with first: the live one, else the one before it.

    `revisions` are all of its monograph, the newest first. None if it has no counterpart.
    """
    live = next((other for other in revisions if other.state == State.PUBLISHED), revision)
    if live.pk != revision.pk:
        return live
    return next((other for other in revisions if other.number < revision.number), None)


def _revisions_beside(pk):
    monograph = Revision.objects.filter(pk=pk).values("monograph")
    revisions = Revision.objects.filter(monograph__in=monograph).order_by("-number")
    return list(revisions.select_related("monograph").without_text())
