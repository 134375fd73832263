"""How the cookies of what is not allowed are taken back from the browser."""

from http.cookies import Morsel

from . import policies
from .categories import NECESSARY, in_bits
from .declarations import matches
from .models import Declared

COOKIE = Declared.Kind.COOKIE


def delete_cookies(response, request, bits):
    """Delete on the response each declared cookie of the categories outside the bits (0 to 7).

    Each goes on every parent domain of this host, and on every parent path of where it was
    declared. Names are found among the request's cookies, HTTP-only ones too.
    """
    policy = policies.in_force()
    domains = ["", *parent_domains(request.get_host())]
    for declared in policy.declared if policy else []:
        optional = declared["category"] != NECESSARY and declared["kind"] == COOKIE
        if optional and declared["category"] not in in_bits(bits):
            for name in _names(declared, request):
                for path in parent_paths(declared["path"]):
                    for domain in domains:
                        _delete(response, name, path, domain, secure=request.is_secure())


def parent_domains(host):
    """Return the domains that a cookie seen by this host (with a port or not) may be set on.

    None for an IP address or a single name, which have no parents. Browsers ignore what is
    set on a public suffix.
    """
    labels = host.rpartition(":")[0].split(".") if ":" in host else host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or host.startswith("["):
        return []
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def parent_paths(path):
    """Return a path and those above it, such as /a/b, /a/, /a and /."""
    ends = [end for end, letter in enumerate(path) if letter == "/"]
    above = [part for end in ends for part in (path[:end], path[: end + 1])]
    return sorted({path, *above} - {""}, reverse=True)


def _names(declared, request):
    found = [name for name in request.COOKIES if matches(declared["name"], name)]
    if declared["path"] != "/" and "*" not in declared["name"]:
        # The browser does not send it here, so it may be there unseen.
        found.append(declared["name"])
    return found


def _delete(response, name, path, domain, secure):
    morsel = Morsel()
    morsel.set(name, "", "")
    morsel.update({"path": path, "domain": domain, "max-age": 0, "secure": secure})
    morsel["expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"
    # By name there could be one deletion only.
    dict.__setitem__(response.cookies, (name, path, domain), morsel)
