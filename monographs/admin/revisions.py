from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monographs import drafts, reading, timetable, workflow
from monographs.models import Revision

from .forms import RevisionForm
from .move_form import MoveForm

SAVE = "save"


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin):
    """The page of one revision: its text, the moves one may make, and the record."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/start/", view(self.start_view), name="monographs_revision_start"),
            path(
                "<int:pk>/cancel/<int:appointment>/",
                view(self.cancel_view),
                name="monographs_revision_cancel",
            ),
            path("<int:pk>/preview/", view(self.preview), name="monographs_revision_preview"),
            *super().get_urls(),
        ]

    def has_module_permission(self, request):
        return False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:monographs_monograph_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        revision = self._revision(request, object_id)
        if request.method == "POST":
            return self._act(request, revision)
        editable = not revision.is_frozen and self.has_change_permission(request)
        form = RevisionForm(revision=revision) if editable else None
        return self._page(request, revision, form)

    @method_decorator(require_POST)
    def start_view(self, request, pk):
        revision = self._revision(request, pk)
        try:
            revision = drafts.start(revision.monograph, author=request.user)
        except drafts.OpenRevisionExists as error:
            messages.warning(request, f"{error} This is the open one.")
            return _to(error.revision)
        messages.success(request, f"“{revision}” is begun, with the text as it was.")
        return _to(revision)

    @method_decorator(require_POST)
    def cancel_view(self, request, pk, appointment):
        revision = self._revision(request, pk)
        appointment = get_object_or_404(revision.appointments, pk=appointment)
        try:
            timetable.cancel(appointment, actor=request.user)
        except workflow.TransitionNotAllowed as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, f"“{revision}” is {workflow.DONE['cancel']}.")
        return _to(revision)

    @method_decorator([require_safe, never_cache])
    def preview(self, request, pk):
        context = reading.page(self._revision(request, pk))
        response = render(request, "monographs/detail.html", context)
        response["X-Robots-Tag"] = "noindex"
        return response

    def _act(self, request, revision):
        """Save what was typed, if anything, then make the move that was asked for."""
        name = request.POST.get("action", SAVE)
        typed = "version" in request.POST
        form = RevisionForm(request.POST, revision=revision) if typed else None
        move_form = MoveForm(request.POST)
        if not move_form.is_valid() or (form and not form.is_valid()):
            return self._page(request, revision, form, move_form)
        done = "saved"
        try:
            with transaction.atomic():
                if form and form.is_changed:
                    revision = form.save(author=request.user)
                if name != SAVE:
                    done = move_form.make(name, revision, actor=request.user)
        except drafts.StaleText as error:
            return self._conflict(request, error)
        except workflow.TransitionNotAllowed as error:
            messages.warning(request, str(error))
            if form and form.is_changed:
                return self._page(request, revision, form, move_form)
        except ValidationError as error:
            move_form.place(error, else_in=form)
            return self._page(request, revision, form, move_form)
        else:
            messages.success(request, f"“{revision}” is {done}.")
        return _to(revision)

    def _conflict(self, request, error):
        data = request.POST.copy()
        data["version"] = error.revision.version
        form = RevisionForm(data, revision=error.revision)
        form.show_theirs()
        messages.error(request, str(error))
        return self._page(request, error.revision, form, MoveForm(data), status=409)

    def _page(self, request, revision, form, move_form=None, status=200):
        revisions = list(revision.monograph.revisions.order_by("-number"))
        context = {
            **self.admin_site.each_context(request),
            **reading.page(revision),
            "opts": self.opts,
            "title": revision.title,
            "subtitle": f"Revision {revision.number}",
            "form": form,
            "moves": workflow.moves_for(revision, request.user),
            "move_form": move_form or MoveForm(initial={"digest": revision.digest}),
            "timed_moves": timetable.MOVES,
            "appointments": revision.appointments.pending(),
            "revisions": revisions,
            "open_revision": next((other for other in revisions if other.is_open), None),
            "may_start": request.user.has_perm("monographs.add_revision"),
            "record": [
                (event, workflow.DONE[event.transition])
                for event in revision.monograph.events.select_related("actor", "revision")
            ],
            "contributors": revision.contributions.select_related("user"),
        }
        return TemplateResponse(
            request, "admin/monographs/revision/page.html", context, status=status
        )

    def _revision(self, request, pk):
        revision = self.get_object(request, str(pk))
        if revision is None:
            raise Http404("There is no such revision.")
        if not self.has_view_permission(request, revision):
            raise PermissionDenied
        return revision


def _to(revision):
    return redirect("admin:monographs_revision_change", revision.pk)
