"""Finds secrets in bytes, in whatever form they may have leaked, whole or in part."""

import base64
import re
import urllib.parse

# A part of this many bytes is a find: shorter ones say nothing of a secret of thirty or more.
PIECE = 16


def encoded_inside(secret, encode):
    """Base64 of the secret as it stands in the middle of something longer, at each of its three offsets."""
    for before in range(3):
        text = encode(b"\0" * before + secret)
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        yield text[first:last]


def forms(secret):
    """Form to its bytes; the names say what was found."""
    hexed = secret.hex().encode()
    yield "raw", secret
    yield "upper case", secret.upper()
    yield "lower case", secret.lower()
    yield "hex", hexed
    yield "upper-case hex", hexed.upper()
    for offset, text in enumerate(encoded_inside(secret, base64.b64encode)):
        yield f"base64 at offset {offset}", text
    for offset, text in enumerate(encoded_inside(secret, base64.urlsafe_b64encode)):
        yield f"URL-safe base64 at offset {offset}", text
    yield "URL-encoded", urllib.parse.quote_from_bytes(secret, safe="").encode()
    yield "URL-encoded in lower case", re.sub(
        rb"%..", lambda m: m.group().lower(), urllib.parse.quote_from_bytes(secret, safe="").encode())
    yield "URL-encoded throughout", b"".join(b"%%%02X" % byte for byte in secret)
    yield "JSON with its slashes escaped", secret.replace(b"/", b"\\/")
    yield "backwards", secret[::-1]


class Scanner:
    """Knows pieces of every form of every secret, and looks at each place of a text for one of them."""

    def __init__(self, secrets):
        """`secrets`: name to text or bytes."""
        self.pieces = {}
        for name, secret in secrets.items():
            secret = secret.encode() if isinstance(secret, str) else secret
            if len(secret) < PIECE:
                raise ValueError(f"{name} is too short to be looked for")
            for form, text in forms(secret):
                # The ends, and steps between: a part of 31 bytes holds a whole piece wherever it begins.
                for at in [*range(0, len(text) - PIECE + 1, PIECE), len(text) - PIECE]:
                    self.pieces.setdefault(text[at:at + PIECE], (name, form))
        letters = b"".join(re.escape(bytes([byte])) for byte in sorted(set(b"".join(self.pieces))))
        self.runs = re.compile(b"[" + letters + b"]{%d,}" % PIECE)

    def find(self, text):
        """Pairs of secret and form, each once."""
        text = text.encode() if isinstance(text, str) else text
        found, pieces = set(), self.pieces
        for run in self.runs.finditer(text):
            part = run.group()
            for at in range(len(part) - PIECE + 1):
                if (piece := part[at:at + PIECE]) in pieces:
                    found.add(pieces[piece])
        return found
