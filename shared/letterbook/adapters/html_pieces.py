"""HTML in pieces: its tags and what is no text, found in one pass, without a tree that somebody else could make costly."""

import re

# A comment, an element whose content is no text, a declaration; a tag as it should be; a tag that is badly written.
PIECE = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<raw>script|style|title)\b.*?(?:</(?P=raw)(?=[\s/>]|\Z)[^>]*+(?:>|\Z)|\Z)"
    r"|<(?:[!?]|/(?![a-z]))[^>]*>?"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/<>]*+)(?P<attributes>"
    r"(?:(?:\s++|(?<=[\"']))[a-z_:][-\w:.]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+){0,50}+)\s*+/?>"
    r"|<(?P<bad_end>/?)(?P<bad_name>[a-z][^\s/<>]*+)[^<>]*+>",
    re.DOTALL | re.IGNORECASE | re.ASCII,
)
# What ends a paragraph by beginning (HTML, 13.2.6.4.7).
BLOCKS = frozenset(
    [
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "div",
        "dl",
        "dd",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
        "nav",
        "ol",
        "p",
        "pre",
        "summary",
        "table",
        "ul",
    ]
)


def tag_of(piece: re.Match[str]) -> tuple[str, bool, str]:
    """The name of a tag in lower case, whether it is an end, and its attributes; an empty name for what is no tag."""
    name = (piece["name"] or piece["bad_name"] or "").lower()
    return name, bool(piece["end"] or piece["bad_end"]), piece["attributes"] or ""
