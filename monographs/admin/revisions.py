from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monographs import (
    addresses,
    comments,
    content,
    drafts,
    history,
    reading,
    timetable,
    transitions,
    workflow,
)
from monographs.models import Revision

from . import review_page
from .comment_form import KEEP, RESOLVE, CommentForm
from .comparison import ComparisonPages, counterpart
from .experts import ExpertPages, expert_context
from .fields import parse_version
from .forms import BUSY, RevisionForm
from .move_form import SAVE, MoveForm
from .page_forms import PageForms
from .presence import PresencePages, presence_context


@admin.register(Revision)
class RevisionAdmin(ComparisonPages, ExpertPages, PresencePages, admin.ModelAdmin):
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
            path("<int:pk>/text.json", view(self.text_view), name="monographs_revision_text"),
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
        return self._page(request, revision, self._forms(request, revision))

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

    @method_decorator([require_safe, never_cache])
    def text_view(self, request, pk):
        """The bytes that the digest is over, for whoever wants to check it."""
        revision = self._revision(request, pk)
        name = f"{revision.monograph.slug}-{revision.number}.json"
        return HttpResponse(
            content.canonical_text(revision.text),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _act(self, request, revision):
        """Save and keep what was typed, if anything, then do what the button says."""
        name = request.POST.get("action", SAVE)
        forms = PageForms.posted(request.POST, revision)
        # Who throws a draft away need not mend it first.
        typed = forms.text if name != "discard" else None
        if not forms.are_valid(typed):
            return self._page(request, revision, forms)
        try:
            with transaction.atomic():
                if typed and typed.is_changed:
                    revision = typed.save(author=request.user)
                kept = forms.comments.keep(revision, author=request.user)
                done, place = self._do(name, revision, request.user, forms, typed, kept)
        except drafts.StaleText as error:
            return self._conflict(request, forms, error)
        except OperationalError:
            messages.error(request, BUSY)
            return self._page(request, revision, forms, status=503)
        except (workflow.TransitionNotAllowed, comments.NotAllowed) as error:
            messages.warning(request, str(error))
            return self._refused(request, revision, forms)
        except ValidationError as error:
            forms.move.place(error, else_in=forms.text)
            return self._page(request, revision, forms)
        messages.success(request, done)
        if name in transitions.TRANSITIONS:
            return _to(revision)
        return self._stay(request, revision, forms, typed, place)

    def _do(self, name, revision, actor, forms, typed, kept):
        """Do what the button says; return what is done, and where on the page it is seen."""
        if name.startswith(RESOLVE):
            comment = comments.find(revision, parse_version(name.removeprefix(RESOLVE)))
            comments.resolve(comment, actor)
            return "The comment is resolved.", f"#at-{comment.place}"
        if name == KEEP and not typed:
            if not kept:
                raise comments.NotAllowed("There is no comment to keep. Write it at its place.")
            return "Your comments are kept.", f"#comment-{kept[0].pk}"
        name = SAVE if name == KEEP else name
        return f"“{revision}” is {forms.move.make(name, revision, actor=actor, typed=typed)}.", ""

    def _stay(self, request, revision, forms, typed, place):
        """Go back to where something was kept, with what was typed for a move yet to be made."""
        if not typed and forms.move.seen_version not in (None, revision.version):
            messages.warning(request, "The text was changed since you opened it. Read it anew.")
        if not forms.move.is_typed:
            return _to(revision, place)
        messages.info(
            request, "What you typed beside the buttons is still there. A move keeps it."
        )
        return self._page(request, revision, self._forms(request, revision, forms.move))

    def _refused(self, request, revision, forms):
        revision = self._revision(request, revision.pk)
        if forms.text and forms.text.is_changed:
            return self._page(request, revision, forms)
        if forms.move.is_typed or forms.comments.is_typed:
            forms = self._forms(request, revision, forms.move, forms.comments)
            return self._page(request, revision, forms)
        return _to(revision)

    def _conflict(self, request, forms, error):
        messages.error(request, str(error))
        afresh = self._forms(request, error.revision, forms.move, forms.comments)
        afresh = afresh._replace(text=forms.text.merged(error.revision))
        return self._page(request, error.revision, afresh, status=409)

    def _forms(self, request, revision, move=None, remarks=None):
        """Return the forms for a revision as it stands now, with what was typed in the others."""
        editable = not revision.is_frozen and self.has_change_permission(request)
        text = RevisionForm(revision=revision) if editable else None
        move = (move or MoveForm()).for_revision(revision)
        return PageForms(text, move, remarks or CommentForm())

    def _page(self, request, revision, forms, status=200):
        revisions = list(revision.monograph.revisions.order_by("-number"))
        context = {
            **self.admin_site.each_context(request),
            **review_page.context(request.user, revision, revisions, forms),
            "opts": self.opts,
            "title": revision.title,
            "sent_back": history.sent_back(revision),
            "appointments": revision.appointments.pending(),
            "revisions": revisions,
            "counterpart": counterpart(revision, revisions),
            "open_revision": next((other for other in revisions if other.is_open), None),
            "may_start": drafts.may_write(request.user),
            "may_change_address": addresses.may_change(revision.monograph, request.user),
            **history.summary(revision.monograph),
            **expert_context(revision, request.user),
            **(presence_context(revision, request.user) if forms.text else {}),
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


def _to(revision, place=""):
    address = reverse("admin:monographs_revision_change", args=[revision.pk])
    return redirect(address + place)
