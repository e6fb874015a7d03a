"""Emailing a correspondence with a choice: to whom, what it says, what goes with it, and why."""

from dataclasses import dataclass
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, Faults, faults_of
from console.forms.meanwhile import takes
from console.forms.outcome import outcome
from console.forms.parsing import digest, once, parse, version_of
from console.lists.pagination import WHOLE
from console.pages.compose.uploads import document_choice, more_documents
from console.pages.correspondence.actions import audit_of, key_of
from console.pages.correspondence.detail import ONE, banner_of, correspondence_to_change
from console.presenters.correspondence import correspondence_path, type_name
from console.presenters.labels import humanize_code
from letterbook.contracts.correspondence import EmailCorrespondenceBody
from letterbook.domain.communication import RecipientRole
from letterbook.domain.correspondence import EMAILED_BY, Correspondence
from letterbook.domain.errors import CallerError, Invalid, TooLarge
from letterbook.use_cases.admin.templates import list_templates
from letterbook.use_cases.correspondence.send import EmailRequest, email_correspondence, preview_email
from letterbook.use_cases.correspondence.types import read_type
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.support.access import visible_party

_LOOK = "look"
_VALUE = "v-"
_LABELS = {
    "to": "To",
    "cc": "Copy to",
    "bcc": "Blind copy to",
    "template": "Message",
    "documents": "Documents",
    "reason": "Reason",
    "details": "Details",
}
_PLACES = {"audit.reason": "reason", "audit.details": "details", "template.key": "template"}
_VARIABLES = "template.variables."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailForm:
    """As it stands: addresses with commas between them; `values` are those of the message's own variables."""

    to: str = ""
    cc: str = ""
    bcc: str = ""
    template: str = ""
    documents: tuple[str, ...] = ()
    reason: str = ""
    details: str = ""
    values: dict[str, str]

    @classmethod
    def of(cls, visit: PageRequest) -> "EmailForm":
        lines = {name: visit.field(name) for name in ("to", "cc", "bcc", "template", "reason", "details")}
        values = {name.removeprefix(_VALUE): visit.field(name) for name in visit.form if name.startswith(_VALUE)}
        return cls(**lines, documents=tuple(one for one in visit.form.get("documents", ()) if one), values=values)

    def request(self) -> EmailRequest:
        """Raises Invalid."""
        given: dict[str, Any] = {name: _addresses(getattr(self, name)) for name in ("to", "cc", "bcc")}
        values = {name: value for name, value in self.values.items() if value}
        given |= {
            "documents": list(self.documents),
            "audit": audit_of({"reason": self.reason, "details": self.details}),
        }
        body = parse(EmailCorrespondenceBody, given | ({"template": self._use(values)} if self.template else {}))
        return EmailRequest(
            to=tuple(body.to),
            cc=tuple(body.cc),
            bcc=tuple(body.bcc),
            documents=tuple(body.documents),
            template=body.template_use(),
            # Whoever went through the form asks for an email of its own, even where nothing was chosen in it.
            audit=body.audit.model_dump() if body.audit else {},
        )

    def _use(self, values: dict[str, str]) -> dict[str, Any]:
        return {"key": self.template, "variables": values}


@pages.get(f"{ONE}/email")
def ask(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    one.must_be_made()
    message = read_type(visit.world, visit.viewer, one.type.key, one.type.version).message
    return _form(visit, one, EmailForm(template=message, values={}))


@pages.post(f"{ONE}/email", form=True)
def send(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    typed = EmailForm.of(visit)
    if takes(visit) or visit.field("do") == _LOOK:
        return _form(visit, one, typed)

    def save() -> PageResponse:
        asked = typed.request()
        key = key_of(visit, one, "email", digest({"asked": str(asked)}))
        email_correspondence(visit.world, visit.viewer, account, number, asked, key=key, version=version_of(visit))
        return redirect(correspondence_path(one), "The email is on its way.")

    return outcome(save, lambda error: _form(visit, one, typed, error), (Invalid, TooLarge))


def _form(visit: PageRequest, one: Correspondence, typed: EmailForm, error: CallerError | None = None) -> PageResponse:
    prepared, refused = _look(visit, one, typed)
    party = visible_party(visit.world, visit.viewer, one.party.id)
    documents = document_choice(visit, party, "", typed.documents)
    gaps = {gap.variable: gap.message for gap in prepared.gaps if gap.variable} if prepared else {}
    own = {each.document.id for each in one.versions}
    return page(
        "correspondence/email.html",
        status=error.status if error else 200,
        title=f"Email {one.number}",
        one=one,
        type=type_name(one),
        typed=typed,
        messages=[("", "The short words that come with Letterbook"), *_messages(visit)],
        values=[
            (name, humanize_code(name), typed.values.get(name, "")) for name in dict.fromkeys((*typed.values, *gaps))
        ],
        offered=[each for each in (*documents.attached, *documents.offered) if each.id not in own],
        more=more_documents(documents),
        strip=banner_of(prepared, visit) if prepared else None,
        told=refused or " ".join(gaps.values()),
        recipients=_recipients(prepared) if prepared else [],
        attached=[each.name for each in prepared.about.documents] if prepared else [],
        rendered=prepared.rendered if prepared else None,
        faults=_faults(error),
        version=visit.field("version") or one.version,
        once=once(visit),
        path=correspondence_path(one),
        party=party,
    )


def _look(visit: PageRequest, one: Correspondence, typed: EmailForm) -> tuple[Prepared | None, str]:
    """What would go, or why nothing would."""
    account, number = one.number.rsplit("/", 1)
    try:
        return preview_email(visit.world, visit.viewer, account, number, typed.request()), ""
    except (Invalid, TooLarge) as error:
        return None, " ".join(dict.fromkeys(fault.message for fault in error.faults)) or error.detail


def _messages(visit: PageRequest) -> list[tuple[str, str]]:
    """The templates of emails, each once, by name."""
    found = list_templates(visit.world, visit.viewer, channels=(EMAILED_BY,), limit=WHOLE).items
    return sorted({one.key: humanize_code(one.key) for one in found}.items(), key=lambda each: each[1])


def _recipients(prepared: Prepared) -> list[tuple[str, str]]:
    return [
        (_LABELS[str(role)], ", ".join(one.address for one in prepared.recipients if one.role is role))
        for role in RecipientRole
        if any(one.role is role for one in prepared.recipients)
    ]


def _addresses(text: str) -> list[str]:
    return [one for one in (part.strip() for part in text.replace(";", ",").replace("\n", ",").split(",")) if one]


def _faults(error: CallerError | None) -> Faults:
    if error is None:
        return NONE
    places = {one.field: _place(one.field) for one in error.faults}
    return faults_of(error, _LABELS, places)


def _place(name: str) -> str:
    """A field of the form; a recipient and a document stand in one field with the others."""
    if name.startswith(_VARIABLES):
        return f"{_VALUE}{name.removeprefix(_VARIABLES)}"
    return _PLACES.get(name) or (name.split(".")[0] if name.split(".")[0] in _LABELS else "")
