"""Makes the OpenAPI document of the declared operations: `python -m letterbook.http.openapi` prints it."""

import json
import sys
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from letterbook.contracts.operation import PATH_PATTERNS, NoBody, Operation
from letterbook.contracts.operations import OPERATIONS
from letterbook.domain.errors import CallerError, PartyMerged, Unauthenticated
from letterbook.http.problems import MEDIA_TYPE, MOVED, Problem

_TITLE = "Letterbook"
_VERSION = "1"
_DESCRIPTION = (
    "The communications record of a firm. Times are RFC 3339 in UTC; ids are ULIDs with a prefix and sort by time; lists are "
    "newest first. Errors are problem details (RFC 9457). What the viewer may not see is 404; what they see and may not change is "
    "403: a party that is seen through a case is written to in that case, and changed by whoever was granted the party itself. An "
    "auditor reads, and writes nothing but saved views of their own."
)
_REFERENCE = "#/components/schemas/{model}"
_RESPONSE = "#/components/responses/Problem{status}"
# What any operation may answer besides, by what its errors are.
_ALWAYS = (401, 403, 503)
_WITH_BODY = (400, 413, 415)


_FOUND_ELSEWHERE = 302
_ANSWERED = {
    "Location": {"description": "Where it is.", "schema": {"type": "string"}},
    "ETag": {"description": "Its version, for If-Match, where it can be amended.", "schema": {"type": "string"}},
    "Idempotent-Replay": {
        "description": "That an earlier request with this key made it.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


# Names of schemas are published: clients are generated from them. A class that has another name now keeps its old one there.
_PUBLISHED = {
    "QuickFilter": "Quick",
    "StatusGroup": "Group",
    "Permission": "Right",
    "RuleResult": "Asked",
    "ContactMethod": "Way",
    "NameBody": "NamedBody",
}


def document() -> dict[str, Any]:
    """The OpenAPI document of all operations."""
    published: dict[str, Any] = _as_published(_document())
    return published


def _document() -> dict[str, Any]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    for operation in OPERATIONS:
        if operation.body is not NoBody:
            wanted.append((operation.body, "validation"))
        wanted += [(view, "serialization") for view in operation.answers.values() if view]
    made, definitions = models_json_schema(wanted, ref_template=_REFERENCE)
    references: _References = dict(made)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": _VERSION, "description": _DESCRIPTION},
        "security": [{"cognito": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "responses": _problems(),
            "securitySchemes": {
                "cognito": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A Cognito ID token.",
                }
            },
        },
    }


_References = dict[Any, dict[str, Any]]


def _as_published(part: Any) -> Any:
    """The same with its schemas under the names that they were published with."""
    if isinstance(part, list):
        return [_as_published(one) for one in part]
    if not isinstance(part, dict):
        return part
    named = {name: _as_published(value) for name, value in part.items()}
    if isinstance(part.get("title"), str):
        named["title"] = _PUBLISHED.get(part["title"], part["title"])
    if "$ref" in part:
        where, _, name = part["$ref"].rpartition("/")
        named["$ref"] = f"{where}/{_PUBLISHED.get(name, name)}"
    if "schemas" in part:
        schemas = {_PUBLISHED.get(name, name): value for name, value in named["schemas"].items()}
        named["schemas"] = dict(sorted(schemas.items()))
    return named


def _operation(operation: Operation[Any, Any], references: _References) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.path.split("/")[2].removesuffix(".json")],
        "parameters": [*_path(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation, references),
    }
    if operation.body is not NoBody:
        schema = references[operation.body, "validation"]
        # What asks for nothing may be sent without a body.
        required = any(field.is_required() for field in operation.body.model_fields.values())
        described["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return described


def _path(operation: Operation[Any, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PATH_PATTERNS[name]}$"},
        }
        for name in operation.parameters
    ]


def _query(operation: Operation[Any, Any]) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "style": "form",
            "explode": False,
            "schema": _inlined(value, definitions),
        }
        for name, value in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A parameter's schema with what it refers to put in its place: those are a few words each."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    return {name: _inlined(value, definitions) for name, value in schema.items() if name != "title"}


def _headers(operation: Operation[Any, Any]) -> list[dict[str, Any]]:
    headers = []
    if operation.creates:
        headers.append(
            _header(
                "Idempotency-Key", "Answers again what the same key and body made in the last 24 hours.", ".{1,255}"
            )
        )
    if operation.amends:
        headers.append(_header("If-Match", 'The version that is amended, such as "3".', r'"\d{1,9}"'))
    return headers


def _header(name: str, description: str, pattern: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _responses(operation: Operation[Any, Any], references: _References) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, view in operation.answers.items():
        content = {"application/json": {"schema": references[view, "serialization"]}} if view else None
        headers = {name: _ANSWERED[name] for name in _answered(operation, status)}
        answers[str(status)] = (
            {"description": "As asked"}
            | ({"headers": headers} if headers else {})
            | ({"content": content} if content else {})
        )
    return answers | {str(status): {"$ref": _RESPONSE.format(status=status)} for status in sorted(_possible(operation))}


def _answered(operation: Operation[Any, Any], status: int) -> list[str]:
    """The headers of a good answer. What has a version is amended by it."""
    if status == _FOUND_ELSEWHERE:
        return ["Location"]
    return ["Location", "ETag", "Idempotent-Replay"] if operation.creates else ["ETag"] if operation.amends else []


def _problems() -> dict[str, Any]:
    """An answer for every status an error of ours can have. The gateway turns strangers away by itself, in its own words."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}}
    moved = {"description": PartyMerged.title, "headers": {"Location": _ANSWERED["Location"]}, "content": problem}
    return {f"Problem{MOVED}": moved} | {
        f"Problem{error.status}": {
            "description": error.title,
            "content": {"application/json": {}} if error is Unauthenticated else problem,
        }
        for error in sorted(_errors(CallerError), key=lambda error: error.status)
        if error is not PartyMerged
    }


def _possible(operation: Operation[Any, Any]) -> set[int]:
    statuses = set(_ALWAYS)
    if operation.parameters or operation.body is not NoBody or operation.query.model_fields:
        statuses |= {404, 409, 422}
    if operation.writes:
        # Others may be changing the same.
        statuses.add(409)
    if _names_a_party(operation):
        statuses.add(MOVED)
    if operation.body is not NoBody:
        statuses |= set(_WITH_BODY)
    if operation.amends:
        statuses |= {400, 412}
    if operation.creates:
        statuses.add(400)
    return statuses


def _names_a_party(operation: Operation[Any, Any]) -> bool:
    return "party_id" in operation.parameters or bool({"party_id", "client_id"} & operation.query.model_fields.keys())


def _errors(root: type[CallerError]) -> list[type[CallerError]]:
    return [root, *(error for child in root.__subclasses__() for error in _errors(child))]


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1, sort_keys=False)
    sys.stdout.write("\n")
