from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monographs import drafts, history, reading, timetable, transitions, workflow
from monographs.models import Revision

from .comparison import ComparisonPages, counterpart
from .forms import BUSY, RevisionForm
from .move_form import SAVE, MoveForm


@admin.register(Revision)
class RevisionAdmin(ComparisonPages, admin.ModelAdmin):
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
        return self._page(request, revision, self._form(request, revision))

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
            messages.success(request, f"“{revision}” is {transitions.DONE['cancel']}.")
        return _to(revision)

    @method_decorator([require_safe, never_cache])
    def preview(self, request, pk):
        context = reading.page(self._revision(request, pk))
        response = render(request, "admin/monographs/revision/preview.html", context)
        response["X-Robots-Tag"] = "noindex"
        return response

    def _act(self, request, revision):
        """Save what was typed, if anything, then make the move that was asked for."""
        name = request.POST.get("action", SAVE)
        form = (
            RevisionForm(request.POST, revision=revision) if "version" in request.POST else None
        )
        # Who throws a draft away need not mend it first.
        typed = form if name != "discard" else None
        move_form = MoveForm(request.POST)
        if not move_form.is_valid() or (typed and not typed.is_valid()):
            return self._page(request, revision, form, move_form)
        try:
            with transaction.atomic():
                changed = typed is not None and typed.is_changed
                if changed:
                    revision = typed.save(author=request.user)
                done = move_form.make(name, revision, actor=request.user, typed=typed)
        except drafts.StaleText as error:
            return self._conflict(request, typed, error)
        except OperationalError:
            messages.error(request, BUSY)
            return self._page(request, revision, form, move_form, status=503)
        except workflow.TransitionNotAllowed as error:
            messages.warning(request, str(error))
            return self._refused(request, revision, form, move_form)
        except ValidationError as error:
            move_form.place(error, else_in=form)
            return self._page(request, revision, form, move_form)
        messages.success(request, f"“{revision}” is {done}.")
        if name == SAVE and move_form.cleaned_data["note"]:
            messages.info(request, "Your comment is still below. It is kept with a move only.")
            return self._page(request, revision, RevisionForm(revision=revision), move_form)
        return _to(revision)

    def _refused(self, request, revision, form, move_form):
        revision = self._revision(request, revision.pk)
        if form and form.is_changed:
            return self._page(request, revision, form, move_form)
        if move_form.is_typed:
            form = self._form(request, revision)
            return self._page(
                request, revision, form, move_form.for_revision(revision, request.user)
            )
        return _to(revision)

    def _conflict(self, request, form, error):
        messages.error(request, str(error))
        form = form.merged(error.revision)
        move_form = MoveForm(request.POST).for_revision(error.revision, request.user)
        return self._page(request, error.revision, form, move_form, status=409)

    def _form(self, request, revision):
        editable = not revision.is_frozen and self.has_change_permission(request)
        return RevisionForm(revision=revision) if editable else None

    def _page(self, request, revision, form, move_form=None, status=200):
        revisions = list(revision.monograph.revisions.order_by("-number"))
        moves = workflow.moves_for(revision, request.user)
        context = {
            **self.admin_site.each_context(request),
            **({"revision": revision} if form else reading.page(revision)),
            "opts": self.opts,
            "title": revision.title,
            "form": form,
            # What was typed over a text that is frozen by now can only be copied.
            "moves": [] if form and revision.is_frozen else moves,
            "move_form": move_form or MoveForm().for_revision(revision, request.user),
            "sent_back": history.sent_back(revision),
            "timed_moves": timetable.MOVES,
            "appointments": revision.appointments.pending(),
            "revisions": revisions,
            "counterpart": counterpart(revision, revisions),
            "open_revision": next((other for other in revisions if other.is_open), None),
            "may_start": drafts.may_write(request.user),
            **history.summary(revision.monograph),
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
