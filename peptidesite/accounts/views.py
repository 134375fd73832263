from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from .forms import ProfileForm
from .models import User


@admin.site.admin_view
def profile(request):
    """Let an editor say who they are to readers, and in which time zone they work."""
    # A form changes its instance even when it is refused, and the page shows who is signed in.
    person = User.objects.get(pk=request.user.pk)
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, instance=person)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(
            request, "Your profile is saved. Texts approved before stay as they are."
        )
        return redirect("profile")
    context = {**admin.site.each_context(request), "title": "Your profile", "form": form}
    return TemplateResponse(request, "admin/profile.html", context)
