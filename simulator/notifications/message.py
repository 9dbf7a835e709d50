"""A signed notification as it is sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from holdfast.antom.signing import sign
from simulator.clock import iso, wall_clock
from simulator.keys import Keys


@dataclass(frozen=True)
class Message:
    """The request of one send. `path` is the part of the URL that is signed."""

    url: str
    path: str
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


def signed_message(
    url: str,
    content: bytes,
    keys: Keys,
    *,
    over: bytes | None = None,
    time: str | None = None,
    client_id: str | None = None,
) -> Message:
    """Returns a notification with the gateway's signature.

    Args:
        url: The paymentNotifyUrl.
        content: The bytes that are sent.
        keys: The keys of the gateway.
        over: The bytes that are signed, where they are not those that are sent.
        time: The Request-Time; now in real time where it is None.
        client_id: The client id; that of the keys where it is None.
    """
    path, moment, client = urlsplit(url).path or "/", time or iso(wall_clock()), client_id or keys.client_id
    signature = sign(
        method="POST",
        path=path,
        client_id=client,
        time=moment,
        body=content if over is None else over,
        private_key=keys.gateway_private_key,
    )
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "client-id": client,
        "Request-Time": moment,
        # the documented sample of a notification has lower-case escapes, unlike an answer's
        "Signature": re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), signature),
    }
    return Message(url, path, headers, content)
