from django import forms
from django.core.exceptions import ValidationError
from django.db import OperationalError

from monographs import notices

from .forms import BUSY


class DeskForm(forms.Form):
    """What goes with one piece of work, whose refusals are shown where they belong."""

    def carry_out(self, work):
        """Call work with what was typed, if it makes sense; say whether it is done."""
        if not self.is_valid():
            return False
        try:
            work(**self.cleaned_data)
        except ValidationError as error:
            self.add_error(None, error)
        except notices.AlreadyDone as error:
            self.add_error(None, str(error))
        except OperationalError:
            self.add_error(None, BUSY)
        return self.is_valid()
