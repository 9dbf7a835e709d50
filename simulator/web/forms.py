"""Reads the fields of a submitted HTML form."""

from urllib.parse import parse_qs

from starlette.requests import Request

from simulator.http.received import read_content

MAX_FORM_BYTES = 8192


async def read_form(request: Request) -> dict[str, str]:
    """Returns the last value of each field, and no field where the form is longer than `MAX_FORM_BYTES`."""
    content = await read_content(request, MAX_FORM_BYTES) or b""
    fields = parse_qs(content.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[-1] for name, values in fields.items()}
