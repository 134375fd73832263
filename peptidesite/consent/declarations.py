"""How a service is declared: what its cookies are called and where, and whence it loads."""

import re
from fnmatch import fnmatchcase

from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

# Cookies that are kept whatever is withdrawn.
RESERVED = ("__Host-cc", "cc", "sessionid", "csrftoken", "messages")

# A token of RFC 6265, of which * stands for any letters.
cookie_name = RegexValidator(
    r"^(?=.*[^*])[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}\Z",
    "A name has letters, digits and signs such as - and _, without spaces; * stands for any "
    "letters, such as in _x_*.",
)
cookie_domain = RegexValidator(
    r"^(?:[a-z0-9-]+\.)+[a-z0-9-]+\Z",
    "Write a domain such as example.org, or leave this empty for this site.",
)
cookie_path = RegexValidator(r"^/[!-:<-~]*\Z", "A path begins with / and holds no ; or spaces.")
ORIGIN = re.compile(r"https://(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::[0-9]{1,5})?", re.ASCII)


def script_address(value):
    """Raise ValidationError unless the str is an https address, or one of our static files."""
    if value.startswith("https://"):
        URLValidator(schemes=["https"])(value)
    elif ".." in value or "//" in value or not finders.find(value):
        raise ValidationError(
            "Write an address that begins with https://, or the name of a static file of this "
            "site, such as analytics.js."
        )


def origins_of(text):
    """Return the origins that a str lists, one a line; raise ValidationError at a wrong one."""
    origins = text.split()
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise ValidationError(
                f"“{origin}” is no origin. Write one a line, such as https://media.example.org "
                "or https://*.example.org, without a path."
            )
    return origins


def matches(pattern, name):
    """Say whether a declared name, in which * stands for any letters, is that of a cookie."""
    # Only * is special here, while fnmatch knows brackets and question marks as well.
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
