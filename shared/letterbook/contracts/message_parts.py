"""What bodies of several requests hold: what it regards, a template with its values, a file, a reason."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, StringConstraints, Tag

from letterbook.contracts.fields import Body, DocumentId, ForeignId, Language, Note, Slug, Text

_VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]
_VariableValue = Annotated[Text, StringConstraints(max_length=10_000)] | int | float


class RegardingBody(Body):
    type: Slug
    id: ForeignId


class TemplateUseBody(Body):
    key: Slug
    language: Language | None = None
    version: Annotated[int, Field(ge=1, le=999_999)] | None = None
    variables: Annotated[dict[_VariableName, _VariableValue], Field(max_length=100)] = {}


class AuditBody(Body):
    reason: Note
    details: Note = ""


class AttachmentBody(Body):
    """A document as somebody looked at it: what holds anything else is not attached."""

    id: DocumentId
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _kind_of(value: Any) -> str:
    return "AttachmentBody" if isinstance(value, dict | AttachmentBody) else "str"


Attached = Annotated[
    Annotated[DocumentId, Tag("str")] | Annotated[AttachmentBody, Tag("AttachmentBody")], Discriminator(_kind_of)
]
