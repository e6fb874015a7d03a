"""What an entry refers to, with the words that it is shown by: parties, a case, a template, what it is about."""

from dataclasses import dataclass

from letterbook.domain.party import PartyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRef:
    id: str
    name: str
    kind: PartyKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRef:
    id: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regarding:
    """What it is about: an invoice, a contract, a payment, a case, a customer."""

    type: str
    id: str
    label: str = ""
    url: str | None = None

    @property
    def key(self) -> str:
        return f"{self.type}:{self.id}"

    def same_as(self, other: "Regarding | None") -> bool:
        return other is not None and self.key == other.key


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRef:
    key: str
    version: int
    language: str
