"""Receipts of a consent, with the fields of the Kantara Consent Receipt Specification 1.1."""

from .categories import in_bits
from .models import Record

VERSION = "KI-CR-v1.1.0"


def of_consent(consent_id, request):
    """Return the receipts (list of dict) of all lines of a consent, the last one first."""
    if consent_id is None:
        return []
    lines = Record.objects.filter(consent_id=consent_id).select_related("policy")
    return [receipt(line, request) for line in lines.order_by("-sequence")]


def receipt(record, request):
    """Return the receipt of one record as a dict for JSON; addresses are as the request's."""
    said = record.policy.said
    controller = said["controller"]
    allowed = in_bits(record.bits)
    return {
        "version": VERSION,
        "jurisdiction": controller["jurisdiction"],
        "consentTimestamp": int(record.at.timestamp()),
        "collectionMethod": "The visitor chose on the cookie banner or the cookie page.",
        "consentReceiptID": f"{record.consent_id}-{record.sequence}",
        "language": "en",
        "piiPrincipalId": record.consent_id,
        "piiControllers": [
            {
                "piiController": controller["controller"],
                "contact": controller["controller"],
                "address": {"streetAddress": controller["address"]},
                "email": controller["email"],
            }
        ],
        "policyUrl": request.build_absolute_uri(record.policy.get_absolute_url()),
        "services": [
            _service(service, category)
            for category in said["categories"]
            if category["name"] in allowed
            for service in category["services"]
        ],
        "sensitive": False,
        "spiCat": [],
        "recordDigest": record.digest,
        "previousDigest": record.previous_digest,
        "policyDigest": record.policy.digest,
    }


def _service(service, category):
    is_third = bool(service["origins"] or service["script"].startswith("https://"))
    kept = ", ".join(f"{kept['name']}: {kept['duration']}" for kept in service["declared"])
    purpose = {
        "purpose": service["purpose"],
        "purposeCategory": [category["label"]],
        "consentType": "EXPLICIT",
        "piiCategory": [kept["purpose"] for kept in service["declared"]],
        "primaryPurpose": False,
        "termination": kept or "Nothing is kept in the browser.",
        "thirdPartyDisclosure": is_third,
    }
    if is_third:
        purpose["thirdPartyName"] = service["provider"]
    return {"service": service["name"], "purposes": [purpose]}
