"""Message templates as callers write and read them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from letterbook.contracts.fields import (
    Body,
    Language,
    LongLine,
    MaybeEmptyLine,
    Slug,
    Text,
    Time,
    View,
)
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Actor
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.templates import Template, Variable


class VariableBody(Body):
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]
    required: bool = True
    example: MaybeEmptyLine = ""


class TemplateBody(Body):
    """A new version of a template: Markdown with Jinja2 variables. The subject is for email."""

    category: Slug
    language: Language
    channels: Annotated[list[Channel], Field(min_length=1)]
    subject: LongLine | None = None
    body: Annotated[Text, Field(min_length=1, max_length=100_000)]
    variables: Annotated[list[VariableBody], Field(max_length=100)] = []

    def template(self, key: str, author: Actor, now: datetime) -> Template:
        titled = next((one.spec for one in self.channels if one.spec.needs_subject), None)
        if titled and not self.subject:
            fault = FieldError("subject", "required", f"{titled.label}s need a subject.")
            raise Invalid(f"A template for {titled.noun} has a subject.", fault)
        names = [one.name for one in self.variables]
        if twice := [place for place, name in enumerate(names) if name in names[:place]]:
            place = f"variables.{twice[0]}.name"
            raise Invalid("A variable is declared once.", FieldError(place, "duplicate", "It is declared already."))
        return Template(
            key=key,
            language=self.language,
            version=0,
            category=self.category,
            channels=tuple(dict.fromkeys(self.channels)),
            subject=self.subject or "",
            body=self.body,
            variables=tuple(Variable(**one.model_dump()) for one in self.variables),
            created_at=now,
            created_by=author,
        )


class TemplateView(View):
    key: str
    language: str
    version: int
    category: str
    channels: list[str]
    subject: str
    body: str
    variables: list[Variable]
    created_at: Time
    created_by: Actor
    restored_from: Annotated[int | None, Field(description="The version that it says again.")] = None
