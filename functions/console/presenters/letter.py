"""A letter on the page: what of its HTML is seen."""

import re

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
_HEADING, _STYLE = re.compile(r"<(/?)h[1-6]>"), re.compile(r' style="[^"<>]*"(?=>)')


def seen_html(page: str | None) -> str:
    """What stands in the body; empty for a message that has no HTML."""
    body = _BODY.search(page or "")
    return body[1] if body else ""


def inline_html(page: str | None) -> str:
    """The same to stand in a page of ours: its headings are none of the page's, and it brings no style."""
    html = _STYLE.sub("", seen_html(page))
    return _HEADING.sub(lambda found: "</b></p>" if found[1] else "<p><b>", html)
