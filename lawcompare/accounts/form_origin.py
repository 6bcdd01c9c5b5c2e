"""Where a form came from, for pages that give a visitor no cookie and so cannot know it from one."""

from django.http import HttpRequest


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from this site's own page, as the browser itself says.

    Browsers say ``Sec-Fetch-Site``, older ones at least ``Origin`` with every form that another site sends; what says
    neither is no browser, and nobody else's name is on its request.
    """
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
