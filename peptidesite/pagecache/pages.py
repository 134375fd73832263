"""A page as ready bytes."""

import gzip
import hashlib
import json
import time
from email.utils import formatdate

import brotli

BROTLI_QUALITY, GZIP_LEVEL = 5, 6
OVERHEAD = 2_000  # bytes that a page takes in memory besides its text
MAY_DIFFER = {"content-length", "content-encoding", "etag", "last-modified", "vary"}
# RFC 9110, 15.4.5: whoever has the page keeps the rest of its headers.
OF_A_304 = {"cache-control", "content-location", "date", "etag", "expires", "vary", "x-cache"}


class Page:
    """One page of an edition: what it is answered with, in each encoding that was asked for.

    It is kept in brotli, and the other encodings are made of that when they are asked for.
    """

    __slots__ = ("answers", "edition", "headers", "packed")

    def __init__(self, edition, headers, packed):
        self.edition = edition
        self.headers = headers  # [(name, value)], the same in every encoding
        self.packed = packed
        self.answers = {}  # {encoding: (ETag, headers, headers of a 304, bytes)}

    @classmethod
    def of(cls, edition, headers, text):
        """Make the page that was rendered as bytes, with these headers, for an edition."""
        kept = [(name, value) for name, value in headers if name.lower() not in MAY_DIFFER]
        # No date of an answer may be yet to come, which that of an edition is after many changes.
        kept.append(("Last-Modified", formatdate(min(edition, time.time()), usegmt=True)))
        return cls(edition, kept, brotli.compress(text, quality=BROTLI_QUALITY))

    def answer(self, encoding):
        """Return (ETag, headers, headers of a 304, bytes) in one of ENCODINGS."""
        found = self.answers.get(encoding)
        if found is None:
            found = self.answers[encoding] = self._make(encoding)
        return found

    @property
    def size(self):
        """How many bytes of memory it takes, about."""
        others = sum(len(answer[3]) for name, answer in self.answers.items() if name != "br")
        return len(self.packed) + others + OVERHEAD

    def dump(self):
        """Return the page as bytes for `load`."""
        return json.dumps(self.headers).encode() + b"\n" + self.packed

    @classmethod
    def load(cls, edition, dumped):
        headers, _, packed = dumped.partition(b"\n")
        return cls(edition, [tuple(header) for header in json.loads(headers)], packed)

    def _make(self, encoding):
        body = self.packed
        if encoding != "br":
            body = brotli.decompress(body)
        if encoding == "gzip":
            # Without a time in it, so that the same text has the same ETag.
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        etag = self._etag(body)
        common = [*self.headers, ("Vary", "Accept-Encoding"), ("ETag", etag), ("X-Cache", "hit")]
        headers = [*common, ("Content-Length", str(len(body)))]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        not_modified = [header for header in common if header[0].lower() in OF_A_304]
        return etag, headers, not_modified, body

    def _etag(self, body):
        # Over the headers as well: a policy of other sources may be all that has changed.
        lasting = [header for header in self.headers if header[0] != "Last-Modified"]
        digest = hashlib.blake2b(body, digest_size=12)
        digest.update(json.dumps(lasting).encode())
        return f'"{digest.hexdigest()}"'
