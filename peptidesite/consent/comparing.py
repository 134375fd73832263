"""What a new policy would say differently from the one before."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One difference, in words for editors: `before` or `after` is "" if there was none.

    It widens if it lets more happen than those agreed to who consented to what was before.
    """

    place: str
    before: str
    after: str
    widens: bool


def changes(before, after):
    """Return the list of Change between two snapshots (dicts of policies.snapshot)."""
    old, new = dict(_lines(before)), dict(_lines(after))
    return [
        Change(" › ".join(place), old.get(place, ""), now, _widens(place, now))
        for place in dict.fromkeys([*old, *new])
        if (now := new.get(place, "")) != old.get(place, "")
    ]


# What a service may do; all else is said about it in words.
DEEDS = ("category", "origin", "script", "keeps", "keeps for", "consent mode")


def _widens(place, now):
    return any(deed in place for deed in DEEDS) and now not in ("", "no")


def _lines(said):
    """Yield ((the way to it, …), text) of all that a snapshot says."""
    for part in ("controller", "banner", "page"):
        for name, text in said[part].items():
            yield (part.capitalize(), name), text
    yield ("Page", "days held"), str(said["days_held"])
    for category in said["categories"]:
        yield ("Category", category["name"], "label"), category["label"]
        yield ("Category", category["name"], "meaning"), category["meaning"]
        for service in category["services"]:
            yield from _lines_of_service(category["name"], service)


def _lines_of_service(category, service):
    way = ("Service", service["slug"])
    yield (*way, "category"), category
    for name in ("name", "provider", "privacy_url", "purpose", "script"):
        yield (*way, name), service[name]
    yield (*way, "consent mode"), "yes" if service["asks_consent_mode"] else "no"
    for origin in service["origins"]:
        yield (*way, "origin", origin), origin
    for declared in service["declared"]:
        where = " ".join([declared["domain"] or "this site", declared["path"]])
        kept = f"{declared['kind']} {declared['name']}, {where}"
        yield (*way, "keeps", kept), declared["name"]
        yield (*way, kept, "keeps for"), declared["duration"]
        yield (*way, kept, "purpose"), declared["purpose"]
