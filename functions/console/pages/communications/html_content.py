"""What was sent or came in as HTML, in a frame where it can do nothing."""

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, pages
from letterbook.contracts.answers import MAX_ANSWER_BYTES, fitting, handed_over
from letterbook.domain.errors import NotFound
from letterbook.domain.visible import unturned
from letterbook.use_cases.reading.pictures import show_pictures
from letterbook.use_cases.reading.read import read

# Nothing runs, nothing is sent, nothing is fetched; pictures from elsewhere tell their sender that somebody reads.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:{images}; frame-ancestors 'self'"
# What the sheet around it takes is far less than the rest.
_ROOM = MAX_ANSWER_BYTES - 100_000
_SHEET = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Content</title><style>html{{color-scheme:light}}'
    "body{{margin:20px 24px;font:15.5px/24px Charter,'Charis SIL','Sitka Text',Cambria,Georgia,serif;color:#1b1b1b;"
    "background:#fff;overflow-wrap:break-word}}img{{max-width:100%;height:auto}}table{{max-width:100%}}</style>"
    "<body>{html}</body></html>"
)


@pages.get(f"{COMMUNICATIONS}/{{communication_id}}/content")
def show(visit: PageRequest, communication_id: str) -> PageResponse:
    """With `images=1`, pictures from elsewhere are loaded into this one frame."""
    opened = read(visit.world, visit.viewer, communication_id)
    html = fitting("", opened.content.html)[1]
    if not html:
        raise NotFound("It has no HTML.")
    bare = unturned(html)
    shown = show_pictures(visit.world, opened.communication.entry, bare, _ROOM - handed_over(bare))
    images = " https:" if visit.parameter("images") == "1" else ""
    return PageResponse(body=_SHEET.format(html=shown), policy=_POLICY.format(images=images))
