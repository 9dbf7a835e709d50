"""The body of a form, read up to a size limit."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BYTES = 8192
MAX_FIELDS = 64


async def read_form(request: Request) -> Mapping[str, str]:
    """Returns the fields of a URL-encoded form; of a repeated field the last value.

    Raises:
        HTTPException: The form is too large (413), or has too many fields (400).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise HTTPException(413, "The form is too large.")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(400, "The form has too many fields.") from None
    return {name: values[-1].strip() for name, values in fields.items()}
