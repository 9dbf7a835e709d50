"""The encodings in which a text can be stored."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Yields every encoding of a text with its name, as part of something longer."""
    for written in {text, text.lower(), text.upper()}:
        yield from _written(written)
    raw = text.encode()
    yield "hex", raw.hex().encode()
    yield "hex", raw.hex().upper().encode()
    yield "reversed", text[::-1].encode()
    for core in _base64_of(raw):
        yield "base64", core
        yield "base64", core.replace(b"+", b"-").replace(b"/", b"_")


def _written(text: str) -> Iterator[tuple[str, bytes]]:
    yield "plain text", text.encode()
    yield "plain text", text.encode("utf-16-le")
    yield "plain text", text.encode("utf-16-be")
    yield "plain text", text.encode("latin-1")
    yield "escaped for JSON", json.dumps(text).strip('"').encode()
    yield "escaped for a URL", quote(text, safe="").encode()
    yield "escaped for a URL", quote_plus(text).encode()
    yield "escaped for HTML", text.encode("ascii", "xmlcharrefreplace")
    for escape in (r"\x{:02x}", r"\x{:02X}", r"\{:03o}"):
        for encoding in ("utf-8", "latin-1"):
            escaped = _escaped(text.encode(encoding), escape)
            yield "escaped for source", escaped
            yield "escaped for source", escaped.replace(b"\\", b"\\\\")


def _escaped(raw: bytes, escape: str) -> bytes:
    """Escapes what is not ASCII as Python's repr, C and the text format of protobuf do."""
    return "".join(chr(byte) if byte < 0x80 else escape.format(byte) for byte in raw).encode()


def _base64_of(raw: bytes) -> Iterator[bytes]:
    """Yields the base64 that does not depend on the text around it, for each of three alignments."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        yield encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
