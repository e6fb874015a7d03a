"""Between API Gateway and the pages: lets in who may come in, and tells nobody of our inside."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from console.app import assets, security, session, sign_in, verification
from console.app.compression import squeezed
from console.app.jinja import render
from console.app.refusals import refusal, refusal_alone
from console.app.request import Request
from console.app.routing import PageRequest, PageResponse, Refusal, Router
from console.app.unsent import TOLD, Unsent, is_shown_again, sent_in_vain
from letterbook.contracts.answers import is_too_large
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import (
    BEYOND_READING,
    CallerError,
    ConcurrentUpdate,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    PartyMerged,
    beyond_reading,
)
from letterbook.http.problems import MEDIA_TYPE, MOVED, problem
from letterbook.ports import World
from letterbook.use_cases.admin.organisation import organisation_in_force
from letterbook.use_cases.directory.documents import upload_origin

logger = logging.getLogger(__name__)

_BUSY = "Others are changing this right now. Look how it stands, then try again."
_MERGED = "The record that you asked for was merged into this one: here is the party now."
_LOOK_THERE = (
    "The record was merged into another one of the same party, which this is. Nothing was changed: do it again here."
)
_TOO_LARGE = "It is more than a page holds. Narrow it down, or read it through the API."
_UNEXPECTED = "Something went wrong on our side. It was noted. Try again in a moment."

# Where a form leads to that our script sent: it goes there itself, and the page says what came of it.
_TO_SCRIPT = "Letterbook-Location"

# A path of the API that no route of the gateway knows comes here, as everything else does: it is answered as the API answers.
_API = "/v1/"


class Application:
    def __init__(self, world: Callable[[], World], pages: Router) -> None:
        self._world = world
        self._pages = pages

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        request = Request.of(event)
        try:
            answer = self._answer(request)
        except CallerError as error:
            answer = self._response(request, None, self._alone(request, error.status, error.detail))
        except BEYOND_READING:
            logger.warning("beyond reading", exc_info=True)
            answer = self._response(request, None, self._alone(request, 422, beyond_reading().detail))
        except Exception:
            logger.exception("unexpected")
            answer = self._response(request, None, self._alone(request, 500, _UNEXPECTED))
        if request.method == "HEAD":
            return {**answer, "body": ""}
        kept = request.path.startswith(assets.PREFIX)
        return squeezed(answer, request.headers.get("accept-encoding", ""), kept=kept)

    def _answer(self, request: Request) -> dict[str, Any]:
        if request.path.startswith(assets.PREFIX):
            return _asset(request)
        if request.path.startswith(_API):
            return _no_operation()
        if request.path == "/favicon.ico":
            return {"statusCode": 303, "headers": {"Location": assets.address("icon.svg")}, "body": ""}
        if request.writes and not security.from_here(request):
            refused = self._alone(request, 403, "This did not come from a page of Letterbook.")
            return self._response(request, None, refused)
        world = self._world()
        if done := sign_in.respond(world, request):
            reply, cookies = done
            return self._response(request, None, reply, cookies)
        if answered := verification.respond(world, request):
            return self._response(request, None, answered)
        visitor = session.visitor(world, request)
        if visitor is None:
            written = self._sent_in_vain(request)
            if written is None:
                return _to_sign_in(request)
            return self._response(
                request, None, sign_in.send_back(world, request, written), session.no_cookies(request)
            )
        visit = PageRequest(
            world=world,
            viewer=visitor.viewer,
            organisation=organisation_in_force(world),
            path=request.path,
            query=request.query,
            query_text=request.query_text,
            form=request.form if request.writes else {},
            files=request.files if request.writes else (),
            fragment=request.fragment,
        )
        try:
            reply = self._page(request, visit)
            return self._response(request, visit, reply, visitor.cookies)
        except Exception:
            logger.exception("unexpected")
            reply = self._refusal(request, visit, 500, _UNEXPECTED)
        return self._response(request, visit, reply, visitor.cookies)

    def _sent_in_vain(self, request: Request) -> Unsent | None:
        """What somebody wrote in a form that can be shown again; our script keeps what it sends itself."""
        found = self._pages.find(request.method, request.path) if request.writes else None
        if found is None or not found[0].form or request.fragment or request.by_script:
            return None
        return sent_in_vain(request)

    def _page(self, request: Request, visit: PageRequest) -> PageResponse:
        try:
            found = self._pages.find(request.method, request.path)
            if found:
                route, parts = found
                if request.writes and not route.personal:
                    visit.viewer.require_writing()
                return route.page(visit, **parts)
            if self._pages.methods(request.path):
                raise MethodNotAllowed("Go back, and use the page's own buttons.")
            raise NotFound("It was never here, or you may not see it.")
        except PartyMerged as error:
            return self._elsewhere(request, visit, error)
        except Forbidden as error:
            words = f"{error.detail} Ask a lead or an administrator for the right to do this."
            return self._refusal(request, visit, 403, words)
        except CallerError as error:
            logger.info("refused", extra={"status": error.status, "code": error.code})
            faults = (f"{one.field}: {one.message}" if one.field else one.message for one in error.faults)
            return self._refusal(request, visit, error.status, " ".join((error.detail, *faults)))
        except BEYOND_READING:
            logger.warning("beyond reading", exc_info=True)
            return self._refusal(request, visit, 422, beyond_reading().detail)
        except ConcurrentUpdate:
            logger.warning("others kept writing")
            return self._refusal(request, visit, 409, _BUSY)

    def _elsewhere(self, request: Request, visit: PageRequest, merged: PartyMerged) -> PageResponse:
        """The same page of the record that remains. What was to be written is looked at there first."""
        asked = f"{request.path}{visit.behind}"
        if request.writes or merged.gone not in asked:
            there = replace(visit, path=visit.path.replace(merged.gone, merged.into))
            return self._refusal(request, there, merged.status, _LOOK_THERE)
        return PageResponse(status=MOVED, location=asked.replace(merged.gone, merged.into), notice=_MERGED)

    def _alone(self, request: Request, status: int, words: str) -> PageResponse:
        return refusal_alone(self._pages, request.path, status, words)

    def _refusal(self, request: Request, visit: PageRequest, status: int, words: str) -> PageResponse:
        before = sign_in.page_before(request)
        return refusal(self._pages, visit, status, words, writes=request.writes, before=before)

    def _response(
        self, request: Request, visit: PageRequest | None, reply: PageResponse, cookies: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        said = session.notice(request) if reply.template and visit and not visit.fragment else ""
        if visit and is_shown_again(visit.form):
            said = TOLD
        body = reply.body
        if reply.template:
            frame = (
                _base_context(visit, said, reply.refusal)
                if visit
                else {"layout": "base/base_minimal.html", "notice": ""}
            )
            body = render(reply.template, **frame, **reply.context)
        if is_too_large(body):
            return self._response(request, visit, self._alone(request, 413, _TOO_LARGE), cookies)
        uploads_to = upload_origin(visit.world) if visit and reply.uploads else None
        headers = {
            **security.headers(reply.policy or security.policy(uploads_to, pictures=reply.pictures)),
            "Content-Type": reply.media_type,
            **reply.headers,
        }
        if reply.location:
            headers[_TO_SCRIPT if request.by_script else "Location"] = security.written(reply.location)
        told = (session.notice_cookie(request, reply.notice),) if reply.notice else ()
        heard = (session.no_notice(request),) if said else ()
        return {
            "statusCode": 200 if reply.location and request.by_script else reply.status,
            "headers": headers,
            "cookies": [*cookies, *told, *heard],
            "body": body,
        }


def _base_context(visit: PageRequest, said: str, refused: Refusal | None) -> dict[str, Any]:
    """What every page's frame shows."""
    return {
        "layout": "base/fragment.html" if visit.fragment else "base/base.html",
        "notice": said,
        "refusal": refused,
        "address": refused.href if refused else "",
        "viewer": visit.viewer,
        "firm": visit.organisation.name,
        "section": visit.path.split("/")[1],
        "asked_words": visit.parameter("q") if visit.path.startswith(("/communications", "/search")) else "",
        "may": _permissions(visit.viewer),
        "clock": visit.clock,
        "behind": visit.behind,
    }


def _permissions(viewer: Viewer) -> dict[str, bool]:
    """By the right's own name in small letters: `may.send`, `may.settings`."""
    return {right.name.lower(): viewer.may(right) for right in Permission}


def _to_sign_in(request: Request) -> dict[str, Any]:
    there = sign_in.where(request)
    headers = security.headers(security.policy())
    if request.fragment or request.by_script:
        return {"statusCode": 401, "headers": {**headers, "Content-Type": "text/plain"}, "body": "Sign in again."}
    cookies = list(session.no_cookies(request)) if request.cookies else []
    return {"statusCode": 303, "headers": {**headers, "Location": there}, "cookies": cookies, "body": ""}


def _no_operation() -> dict[str, Any]:
    told = problem(NotFound("There is nothing at this address."))
    return {
        "statusCode": told.status,
        "headers": {**security.headers(security.policy()), "Content-Type": MEDIA_TYPE},
        "body": told.model_dump_json(exclude_none=True),
    }


def _asset(request: Request) -> dict[str, Any]:
    found = assets.asset(request.path) if not request.writes else None
    if found is None:
        return {
            "statusCode": 404,
            "headers": {**security.headers(security.policy()), "Content-Type": "text/plain"},
            "body": "",
        }
    content, media_type = found
    return {"statusCode": 200, "headers": {**security.asset_headers(), "Content-Type": media_type}, "body": content}
