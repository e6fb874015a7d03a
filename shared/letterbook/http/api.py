"""Between API Gateway and the use cases: reads a request as its operation says, answers what a route makes of it.

Every route goes through the same steps: who asks, is the path right, are body and query acceptable. Whatever error comes out of it
becomes a problem (RFC 9457); nothing of our inside is ever told.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, unquote

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from pydantic import BaseModel, ValidationError

from letterbook.contracts.answers import is_too_large
from letterbook.contracts.entry_rows import ViewContext
from letterbook.contracts.fields import Body
from letterbook.contracts.operation import PATH_PATTERNS, NoBody, Operation
from letterbook.contracts.operations import OPERATIONS
from letterbook.contracts.queries import ListQuery, Query
from letterbook.domain.access import Viewer
from letterbook.domain.errors import (
    BEYOND_READING,
    CallerError,
    ConcurrentUpdate,
    Conflict,
    FieldError,
    Malformed,
    MethodNotAllowed,
    NotFound,
    PartyMerged,
    TooLarge,
    Unsupported,
    beyond_reading,
)
from letterbook.http import problems
from letterbook.http.cursors import decode, encode
from letterbook.http.identity import viewer_from
from letterbook.ports import IdempotencyKey, World

logger = logging.getLogger(__name__)

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

# Above every limit of a field: what is larger is not even read.
_MAX_BODY_BYTES = 4 * 1024 * 1024
_MAX_KEY_CHARACTERS = 255
_BUSY_SECONDS = "1"
_IF_MATCH = re.compile(r'"(\d{1,9})"', re.ASCII)
# Those that a problem has where it is of their kind.
_MEMBERS = ("draft", "communication_id")
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest(Generic[B, Q]):
    """One request, understood. `version` is that of If-Match; `after` is where the list goes on."""

    world: World
    viewer: Viewer
    body: B
    query: Q
    key: IdempotencyKey | None
    version: int | None
    after: str | None
    scope: str

    @property
    def showing(self) -> ViewContext:
        organisation = self.world.settings.current()
        return ViewContext(self.world.now(), organisation.resend_days, organisation.retention.years)

    def cursor(self, after: str | None) -> str | None:
        """The cursor that goes on behind the item `after`."""
        return encode(self.world.cursor_key, self.scope, after) if after else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """`version` becomes the ETag; `replayed` says that an earlier request with the same key was answered so."""

    status: int = 200
    body: BaseModel | str = ""
    location: str | None = None
    version: int | None = None
    replayed: bool = False

    @property
    def headers(self) -> dict[str, str]:
        named = {
            "Location": self.location,
            "ETag": f'"{self.version}"' if self.version is not None else None,
            "Idempotent-Replay": "true" if self.replayed else None,
        }
        return {name: value for name, value in named.items() if value}


class Api:
    """The operations that one function answers; `operations` are their names."""

    def __init__(self, world: Callable[[], World]) -> None:
        self._world = world
        self._resolver = APIGatewayHttpResolver()
        self._resolver.not_found(self._unknown)
        self.operations: set[str] = set()

    def route(self, operation: Operation[B, Q]) -> Callable[[Callable[..., ApiResponse]], Callable[..., ApiResponse]]:
        """Registers a route: it takes the ApiRequest, and the parts of the path by their names."""

        def register(route: Callable[..., ApiResponse]) -> Callable[..., ApiResponse]:
            def answer(**parts: str) -> Response[str]:
                def routed() -> ApiResponse:
                    path = _path(parts)
                    return route(self._call(operation, path), **path)

                return self._guarded(routed)

            rule = re.sub(r"{(\w+)}", r"<\1>", operation.path)
            self._resolver.route(rule, method=operation.method)(answer)
            self.operations.add(operation.name)
            return route

        return register

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        return self._resolver.resolve(event, context)

    def _guarded(self, route: Callable[[], ApiResponse]) -> Response[str]:
        try:
            return _good(_within_reach(route))
        except PartyMerged as error:
            return self._elsewhere(error)
        except CallerError as error:
            logger.info("refused", extra={"status": error.status, "code": error.code})
            return _problem(problems.problem(error))
        except ConcurrentUpdate:
            logger.warning("others kept writing")
            busy = _problem(problems.problem(Conflict("Others are changing it right now: try again.", code="busy")))
            busy.headers["Retry-After"] = _BUSY_SECONDS
            return busy
        except Exception:
            logger.exception("unexpected")
            return _problem(problems.unexpected())

    def _elsewhere(self, merged: PartyMerged) -> Response[str]:
        """Where the address names the party, the same address of the record that remains; a body is to name that one itself."""
        event = self._resolver.current_event.raw_event
        query = event.get("rawQueryString") or ""
        asked = f"{event.get('rawPath') or ''}{'?' if query else ''}{query}"
        if merged.gone not in asked:
            return _problem(problems.problem(merged))
        found = _problem(problems.problem(merged).model_copy(update={"status": problems.MOVED}))
        found.headers["Location"] = asked.replace(merged.gone, merged.into)
        return found

    def _unknown(self, _: Exception | None = None) -> Response[str]:
        event = self._resolver.current_event
        methods = [operation.method for operation in OPERATIONS if _matches(operation, event.path)]
        if not methods or event.http_method in methods:
            return _problem(problems.problem(NotFound("There is nothing at this address.")))
        refused = _problem(problems.problem(MethodNotAllowed(f"This address takes {', '.join(methods)}.")))
        refused.headers["Allow"] = ", ".join(methods)
        return refused

    def _call(self, operation: Operation[B, Q], path: Mapping[str, str]) -> ApiRequest[B, Q]:
        event = self._resolver.current_event
        world = self._world()
        viewer = viewer_from(world, event.raw_event)
        if operation.writes and not operation.personal:
            viewer.require_writing()
        query = _query(operation, event.raw_event.get("rawQueryString") or "")
        body = _body(operation, event.headers, event.raw_event)
        scope = _scope(operation, query, path)
        cursor = query.cursor if isinstance(query, ListQuery) else None
        return ApiRequest(
            world=world,
            viewer=viewer,
            body=body,
            query=query,
            key=_key(operation, event.headers, viewer, path, body) if operation.creates else None,
            version=_version(event.headers) if operation.amends else None,
            after=decode(world.cursor_key, scope, cursor) if cursor else None,
            scope=scope,
        )


def _within_reach(route: Callable[[], ApiResponse]) -> ApiResponse:
    try:
        return route()
    except BEYOND_READING as error:
        logger.warning("beyond reading", exc_info=True)
        raise beyond_reading() from error


def _good(answer: ApiResponse) -> Response[str]:
    body = answer.body.model_dump_json(by_alias=True) if isinstance(answer.body, BaseModel) else answer.body
    if is_too_large(body):
        if not answer.location:
            raise _too_large_to_answer()
        # It is made and kept: where it is says more than that it cannot be shown.
        body = ""
    media_type = "application/json" if body else None
    return Response(answer.status, media_type, body, {**_HEADERS, **answer.headers})


def _too_large_to_answer() -> TooLarge:
    told = "This is more than one answer holds. Of a list, ask for fewer at once with `limit`."
    return TooLarge(told, code="answer_too_large")


def _problem(problem: problems.Problem) -> Response[str]:
    return Response(
        problem.status,
        problems.MEDIA_TYPE,
        problem.model_dump_json(exclude={name for name in _MEMBERS if getattr(problem, name) is None}),
        dict(_HEADERS),
    )


def _matches(operation: Operation[Any, Any], path: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", operation.path), path) is not None


def _path(parts: Mapping[str, str]) -> dict[str, str]:
    """As it was before it was escaped. Raises NotFound for a part that is not as its kind is written."""
    try:
        path = {name: unquote(part, errors="strict") for name, part in parts.items()}
    except UnicodeDecodeError:
        path = dict.fromkeys(parts, "")
    if not all(re.fullmatch(PATH_PATTERNS[name], value, re.ASCII) for name, value in path.items()):
        raise NotFound("There is nothing of this name.")
    return path


def _query(operation: Operation[B, Q], text: str) -> Q:
    try:
        return operation.query.model_validate(
            parse_qs(text, keep_blank_values=True, max_num_fields=200, errors="strict")
        )
    except ValidationError as error:
        raise problems.from_validation_error(error) from error
    except ValueError as error:
        raise Malformed(
            "The query cannot be read.", FieldError("", "invalid_format", "It is too long, or not in UTF-8.")
        ) from error


def _body(operation: Operation[B, Q], headers: Mapping[str, str], event: Mapping[str, Any]) -> B:
    if operation.body is NoBody:
        return operation.body()
    media_type = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Unsupported("Send JSON, with Content-Type: application/json.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Unsupported("Send it as it is, without a Content-Encoding.")
    raw = event.get("body") or ""
    if len(raw) > _MAX_BODY_BYTES:
        raise TooLarge("The request is too large.", FieldError("", "too_large", "A request holds at most 4 MB."))
    if event.get("isBase64Encoded"):
        raw = _decoded(raw)
    if not raw and not any(field.is_required() for field in operation.body.model_fields.values()):
        raw = "{}"
    try:
        return operation.body.model_validate_json(raw)
    except ValidationError as error:
        raise problems.from_validation_error(error) from error


def _decoded(raw: str) -> bytes:
    try:
        return base64.b64decode(raw)
    except ValueError as error:
        raise Malformed("The body cannot be read.", FieldError("", "invalid_format", "It is no base64.")) from error


def _scope(operation: Operation[Any, Any], query: Query, path: Mapping[str, str]) -> str:
    filters = query.model_dump_json(exclude={"cursor", "limit"})
    return "\0".join((operation.name, *path.values(), filters))


def _key(
    operation: Operation[Any, Any], headers: Mapping[str, str], viewer: Viewer, path: Mapping[str, str], body: Body
) -> IdempotencyKey | None:
    key = headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= _MAX_KEY_CHARACTERS:
        fault = FieldError("Idempotency-Key", "too_long" if key else "too_short", "A key has 1 to 255 characters.")
        raise Malformed("The Idempotency-Key cannot be used.", fault)
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
    return IdempotencyKey(user=viewer.id, route="/".join((operation.name, *path.values())), key=key, digest=digest)


def _version(headers: Mapping[str, str]) -> int | None:
    given = headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    match = _IF_MATCH.fullmatch(given.strip())
    if match is None:
        raise Malformed("If-Match takes a version in quotes.", FieldError("If-Match", "invalid_format", 'Such as "3".'))
    return int(match[1])
