from types import SimpleNamespace

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div
from django import forms
from django.urls import reverse_lazy
from django.utils.text import format_lazy

from . import policies
from .categories import BITS, in_bits


class Switches(forms.CheckboxSelectMultiple):
    template_name = "consent/_switches.html"


class ChoiceButton(StrictButton):
    """A button that sends the form with one `choice`: save, accept or reject."""

    field_classes = "button"

    def __init__(self, choice, label, css_class=None):
        super().__init__(label, type="submit", name="choice", value=choice, css_class=css_class)


class PreferencesForm(forms.Form):
    """Which optional categories a visitor allows; sent to consent:choose."""

    next = forms.CharField(
        required=False,
        initial=format_lazy("{}?saved#saved", reverse_lazy("consent:preferences")),
        widget=forms.HiddenInput,
    )
    categories = forms.MultipleChoiceField(
        label="Optional categories",
        choices=[(name, name) for name in BITS],
        required=False,
        widget=Switches,
    )

    @classmethod
    def of(cls, policy, choice):
        """Return the form with the texts of an InForce and the switches of a Choice or None."""
        form = cls(
            initial={"categories": in_bits(choice.bits) if choice else []}, label_suffix=""
        )
        form.fields["categories"].choices = [
            # Django takes a dict for a group of choices.
            (category["name"], SimpleNamespace(**category))
            for category in policy.snapshot["categories"]
            if category["name"] in BITS
        ]
        return form

    @property
    def helper(self):
        helper = FormHelper(self)
        helper.form_action = "consent:choose"
        helper.attrs = {"data-consent-preferences": ""}
        # A token would set a cookie before any choice; the endpoint checks the origin.
        helper.disable_csrf = True
        # Saving comes first: it is what the Enter key does on a switch.
        helper.layout.extend(
            [
                Div(ChoiceButton("save", "Save my choice"), css_class="form-actions"),
                Div(
                    ChoiceButton("accept", policies.BUTTONS["accept"], "button--equal"),
                    ChoiceButton("reject", policies.BUTTONS["reject"], "button--equal"),
                    css_class="form-actions",
                ),
            ]
        )
        return helper
