from zoneinfo import available_timezones

from django import forms

from .models import User


def time_zones():
    return [("", "That of the site"), *((name, name) for name in sorted(available_timezones()))]


class ProfileForm(forms.ModelForm):
    """What people may say of themselves."""

    time_zone = forms.ChoiceField(
        choices=time_zones,
        required=False,
        help_text="In which times are shown to you and taken from you.",
    )

    class Meta:
        model = User
        fields = ["display_name", "credentials", "orcid", "competing_interests", "email"]
        fields += ["time_zone"]
        widgets = {"competing_interests": forms.Textarea(attrs={"rows": 3})}
