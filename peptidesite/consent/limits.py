"""How many grants a minute come from one network, so that nobody fills the records.

A grant is remembered by a salted hash of its network, in memory only. gunicorn.conf.py
imports this before the workers are forked, so that all of a host share that memory. How many
are stored in all, the records themselves tell (consent.records).
"""

import hashlib
import ipaddress
import multiprocessing
import secrets
import time
from ctypes import Structure, c_char, c_double

from .cookie import SECONDS_A_DAY

NETWORK_LIMIT, SECONDS, PLACES = 5, 60, 120
HASH_BYTES = 16


class _Grant(Structure):
    _fields_ = [("at", c_double), ("network", c_char * HASH_BYTES)]


_grants = multiprocessing.Array(_Grant, PLACES)
_salt = secrets.token_bytes(32)


def take(address):
    """Take one of this minute's places for a grant from an IP address (str); False if none is
    left for its network, an IPv4 /24 or an IPv6 /48.

    An address that is none, such as that of a local socket, always gets one.
    """
    network = _hash_of(address)
    if network is None:
        return True
    now = time.monotonic()
    with _grants.get_lock():
        recent = [grant for grant in _grants if grant.at and now - grant.at < SECONDS]
        if sum(grant.network == network for grant in recent) >= NETWORK_LIMIT:
            return False
        oldest = min(_grants, key=lambda grant: grant.at)
        oldest.at, oldest.network = now, network
    return True


def forget():
    """Give all places back."""
    with _grants.get_lock():
        for grant in _grants:
            grant.at = 0


def _hash_of(address):
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    known = getattr(known, "ipv4_mapped", None) or known
    prefix = ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False)
    day = int(time.time() // SECONDS_A_DAY)
    digest = hashlib.blake2b(
        prefix.network_address.packed, key=_salt, salt=day.to_bytes(16), digest_size=HASH_BYTES
    )
    # A C string ends at its first NUL.
    return digest.digest().replace(b"\0", b"\1")
