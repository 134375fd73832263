from datetime import date, datetime, time

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone

from monographs import history, transitions

# Beyond these a day is in no time zone a day any more.
DAYS = [MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class DayField(forms.DateField):
    """A day in the reader's time zone, as the moment at its beginning or its end."""

    def __init__(self, *, moment, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(required=False, widget=widget, validators=DAYS, **kwargs)
        self.moment = moment

    def clean(self, value):
        day = super().clean(value)
        return day and timezone.make_aware(datetime.combine(day, self.moment))


class RecordForm(forms.Form):
    """Which events of a monograph's record are asked for."""

    transition = forms.ChoiceField(
        label="What was done",
        required=False,
        choices=[("", "Anything"), *transitions.DONE.items()],
    )
    person = forms.CharField(label="Who", required=False, max_length=100)
    since = DayField(label="From", moment=time.min)
    until = DayField(label="Until", moment=time.max)

    def select(self, events):
        """Return those of a queryset of events that are asked for, none if it makes no sense."""
        if not self.is_valid():
            return events.none()
        return history.select(events, **self.cleaned_data)


class SiteRecordForm(RecordForm):
    """Which events of the whole site are asked for."""

    words = forms.CharField(label="Monograph or comment", required=False, max_length=100)

    field_order = ["words"]
