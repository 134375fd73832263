"""What a client accepts (RFC 9110, 12.5.3), and what it has already (13.1)."""

from email.utils import parsedate_to_datetime
from functools import lru_cache

# From the smallest to what every client takes.
ENCODINGS = ("br", "gzip", "identity")


@lru_cache(maxsize=500)
def encoding_for(accepted):
    """Return which of ENCODINGS to answer with to an Accept-Encoding header (str)."""
    weights = {}
    for part in accepted.lower().split(","):
        name, *parameters = (text.strip() for text in part.split(";"))
        if name:
            weights.setdefault({"x-gzip": "gzip"}.get(name, name), _weight(parameters))
    otherwise = weights.get("*", 0)
    found = {name: weights.get(name, otherwise) for name in ENCODINGS[:-1]}
    best = max(found.values())
    # Whoever accepts none of them gets the text as it is, as the standard allows.
    is_best = best > 0 and best >= weights.get("identity", 0)
    return next(name for name in ENCODINGS if found[name] == best) if is_best else "identity"


def has_it(environ, etag, edition):
    """Say whether the client of a request has a page of this ETag (str, with its quotation
    marks), or, if it knows no ETag, of this edition (int, seconds since 1970-01-01 UTC)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        # Within a list no ETag of ours has a comma.
        return known == etag or etag in _tags(known) or known.strip() == "*"
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and _seconds(since) >= edition


def _weight(parameters):
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1


def _tags(known):
    return [tag.strip().removeprefix("W/") for tag in known.split(",")]


@lru_cache(maxsize=500)
def _seconds(date):
    try:
        return parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0
