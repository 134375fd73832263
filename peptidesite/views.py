"""Pages that belong to no app: errors, and what was typed by someone who is signed out."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

# What a form of the desk carries besides what people type, and what is not to be shown.
NOT_TYPED = {"csrfmiddlewaretoken", "action", "version", "loaded", "seen", "digest"}
SECRET = {"password", "password1", "password2", "old_password", "new_password1", "new_password2"}

# Django's own error views set a CSRF cookie for whoever sends a bad one, so these do not.


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    # Whatever failed may be what a context would need.
    return HttpResponseServerError(render_to_string("500.html"))


def signed_out(request, reason=""):
    """Answer a form that came without a valid session, and give back all that was typed."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and name not in NOT_TYPED | SECRET
    ]
    return render(request, "signed_out.html", {"typed": typed}, status=403)
