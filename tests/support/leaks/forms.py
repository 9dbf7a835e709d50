"""The forms in which a text can lie about: as bytes of several encodings."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Every form of a text with its name, each as it would stand in the middle of something longer."""
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
    yield "in clear", text.encode()
    yield "in clear", text.encode("utf-16-le")
    yield "in clear", text.encode("utf-16-be")
    yield "in clear", text.encode("latin-1")
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
    """What is not ASCII, as Python's repr, C and protobuf's texts write it."""
    return "".join(chr(byte) if byte < 0x80 else escape.format(byte) for byte in raw).encode()


def _base64_of(raw: bytes) -> Iterator[bytes]:
    """What is the same whatever stands before and after: three ways to lie between the groups of four."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw)
        yield encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
