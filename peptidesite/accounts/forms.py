from zoneinfo import available_timezones

from django import forms

from .models import Mail, User

NO_ADDRESS = "You gave no email address, so nothing can be sent to you. Give one above."


def time_zones():
    return [("", "That of the site"), *((name, name) for name in sorted(available_timezones()))]


class ProfileForm(forms.ModelForm):
    """What people may say of themselves."""

    time_zone = forms.ChoiceField(
        choices=time_zones,
        required=False,
        help_text="In which times are shown to you and taken from you.",
    )

    mail = forms.MultipleChoiceField(
        label="Mail you get",
        choices=Mail,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "desk__lines"}),
        help_text="Each with a link to the page that it is about.",
    )

    class Meta:
        model = User
        fields = ["display_name", "credentials", "orcid", "competing_interests", "email"]
        fields += ["time_zone"]
        widgets = {"competing_interests": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        unwanted = self.instance.unwanted_mail
        self.initial["mail"] = [kind for kind in Mail.values if kind not in unwanted]
        if not self.instance.email:
            self.fields["mail"].help_text = NO_ADDRESS

    def clean(self):
        # A browser sends every text field, also an empty one.
        if any(name not in self.data for name in self.Meta.fields):
            raise forms.ValidationError(
                "The form arrived incomplete. Reload the page and try again."
            )
        return super().clean()

    def clean_mail(self):
        wanted = self.cleaned_data["mail"]
        self.instance.unwanted_mail = [kind for kind in Mail.values if kind not in wanted]
        return wanted
