import json


def canonical_json(value):
    """Return value as canonical JSON in UTF-8 bytes (RFC 8785, without floats)."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()
