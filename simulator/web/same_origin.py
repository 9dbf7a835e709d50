"""Recognises a form that a page of another origin has sent; the console has no login that would reject it."""

from urllib.parse import urlsplit

from starlette.requests import Request


def is_same_origin(request: Request) -> bool:
    """Returns whether a request comes from a page of this server, or from a program that is no browser.

    A browser sends Sec-Fetch-Site to a trustworthy address such as localhost (W3C Fetch Metadata), and Origin
    with every POST.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
