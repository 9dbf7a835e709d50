"""The body of a form, read up to a size limit."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.http.body import BodyRejected, read_body

MAX_BYTES = 8192
MAX_FIELDS = 64


async def read_form(request: Request) -> Mapping[str, str]:
    """Returns the fields of a URL-encoded form; of a repeated field the last value.

    Raises:
        HTTPException: The form is too large (413), arrives too slowly (408), or has too many fields (400).
    """
    try:
        body = await read_body(request, MAX_BYTES)
    except BodyRejected as error:
        raise HTTPException(error.status, "The form is too large, or did not arrive as a whole.") from None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise HTTPException(400, "The form has too many fields.") from None
    return {name: values[-1].strip() for name, values in fields.items()}
