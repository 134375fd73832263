"""What a browser kept and asked for, against what the policy in force declares, both ways."""

from dataclasses import dataclass

from peptidesite.consent import categories
from peptidesite.consent.declarations import matches

COOKIE, REQUEST = "cookie", "request"
# A browser takes a cookie with a prefix over HTTPS only; without HTTPS the site drops it.
PREFIXES = ("__Host-", "__Secure-")


@dataclass(frozen=True)
class Found:
    """A cookie, a key of a storage, or a request to another origin (its name is the origin)."""

    kind: str
    name: str
    origin: str
    path: str = "/"


@dataclass(frozen=True)
class Finding:
    """A difference: in which state, on which page it first showed, what, and why it is one."""

    state: str
    page: str
    kind: str
    name: str
    origin: str
    problem: str


def unexpected(state, seen, policy, allowed):
    """Return a list of Finding of what was seen, but is not declared or not allowed.

    `seen` is {Found: the page (str) where it first showed}, `policy` an InForce, `allowed` the
    names of the optional categories that the state allows.
    """
    problems = {
        found: _problem(found, policy, {categories.NECESSARY, *allowed}) for found in seen
    }
    return [
        Finding(state, seen[found], found.kind, found.name, found.origin, problem)
        for found, problem in problems.items()
        if problem
    ]


def missing(state, seen, policy, desk):
    """Return a list of Finding of what is declared, but did not show though all is allowed.

    What is kept under the path `desk` shows to editors only, and is not looked for.
    """
    findings = []
    for service in policy.services:
        declared = [
            (kept["kind"], kept["name"])
            for kept in service["declared"]
            if not kept["path"].startswith(desk)
        ]
        declared += [(REQUEST, origin) for origin in service["origins"]]
        for kind, name in declared:
            if not any(found.kind == kind and _has_name(found, name) for found in seen):
                problem = f"{service['name']} declares it, and it never showed: delete it there"
                findings.append(Finding(state, "every page", kind, name, "", problem))
    return findings


def _problem(found, policy, allowed):
    fitting = {
        service["category"]
        for service in policy.services
        for kind, name, path in _declared(service)
        if found.kind == kind and matches(name, found.name) and path in (found.path, None)
    }
    if fitting & allowed:
        return None
    if fitting:
        return f"declared for {', '.join(sorted(fitting))}, which is not allowed here"
    return "declared by no service: declare it at the desk, or remove it"


def _declared(service):
    for kept in service["declared"]:
        yield kept["kind"], kept["name"], kept["path"] if kept["kind"] == COOKIE else None
    for origin in service["origins"]:
        yield REQUEST, origin, None


def _has_name(found, name):
    return matches(_bare(name), _bare(found.name))


def _bare(name):
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name
