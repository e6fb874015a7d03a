"""What preview answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from letterbook.contracts.einvoice import EinvoiceView
from letterbook.contracts.entries import TracedDecisionView
from letterbook.contracts.fields import View
from letterbook.contracts.post import PostalAddressView, PostOptionsView
from letterbook.domain.channels import Channel, CostClass
from letterbook.domain.communication import Recipient, RecipientRole
from letterbook.domain.errors import FieldError, MissingVariable
from letterbook.domain.letter import LetterProof
from letterbook.domain.party import Document
from letterbook.domain.post import PostalAddress, PostOptions
from letterbook.domain.sms import SmsSize, SmsText
from letterbook.domain.templates import Rendered

if TYPE_CHECKING:
    # For types alone: what only reads must not wait for the policy.
    from letterbook.domain.einvoice import EinvoiceFacts
    from letterbook.domain.policy import PolicyResult


class PreviewRecipientView(View):
    address: str
    role: RecipientRole


class LookedAtView(View):
    """A document as it is now: sent with this digest, it is this."""

    id: str
    sha256: str


class RenderedView(View):
    subject: str
    text: str
    html: str | None


class LetterView(View):
    """How many pages a letter makes, and which of its characters no font has: in their place stands a mark."""

    pages: int
    missing_characters: list[str]


class PreviewFaultView(View):
    """What sending would be refused for, as a problem says it."""

    field: str
    code: str
    message: str


class PreviewView(View):
    """What sending now would do; `channel` is the one it goes by, another than was asked for where it falls back.

    A gap without a value reads `[name]` in what is rendered. `letter` is null for what is no letter, and for one that cannot be
    shown: `warnings` say why. Of what a provider posts, `delivery_class` says in words how it is carried and how long that usually
    takes; `postal_address` are the parts of where it goes, where they are certain.
    """

    channel: Channel
    rendered: RenderedView
    decision: TracedDecisionView
    segments: int | None
    sms: SmsSize | None
    sms_changes: Annotated[list[str], Field(description="What was written otherwise, in words, before it was counted.")]
    sms_beyond: Annotated[list[str], Field(description="The signs for which it is counted in UCS-2.")]
    missing_variables: list[str]
    errors: list[PreviewFaultView]
    warnings: list[str]
    recipients: list[PreviewRecipientView]
    cost_class: CostClass
    delivery_class: str | None
    post: PostOptionsView | None
    postal_address: PostalAddressView | None
    attachments: list[LookedAtView]
    letter: LetterView | None
    einvoice: EinvoiceView | None


def preview_view(
    *,
    channel: Channel,
    rendered: Rendered,
    ruling: "PolicyResult",
    sms: SmsSize | None,
    sms_text: SmsText | None = None,
    gaps: Sequence[FieldError],
    recipients: Sequence[Recipient],
    documents: Sequence[Document] = (),
    proof: LetterProof | None = None,
    post: PostOptions | None = None,
    postal_address: PostalAddress | None = None,
    einvoice: "EinvoiceFacts | None" = None,
) -> PreviewView:
    return PreviewView(
        channel=channel,
        rendered=RenderedView.model_validate(rendered),
        decision=TracedDecisionView.traced(ruling.decision, ruling.trace),
        segments=sms.segments if sms else None,
        sms=sms,
        sms_changes=list(sms_text.changes) if sms_text else [],
        sms_beyond=list(sms_text.beyond) if sms_text else [],
        missing_variables=list(
            dict.fromkeys(gap.variable for gap in gaps if isinstance(gap, MissingVariable) and gap.variable)
        ),
        errors=[PreviewFaultView.model_validate(one) for one in dict.fromkeys((*gaps, *_refused(ruling)))],
        warnings=[*_charged(sms), *([proof.told] if proof and proof.told else [])],
        recipients=[PreviewRecipientView.model_validate(one) for one in recipients],
        cost_class=channel.spec.cost_class,
        delivery_class=post.product.words if post else None,
        post=PostOptionsView.model_validate(post) if post else None,
        postal_address=PostalAddressView.model_validate(postal_address) if postal_address else None,
        attachments=[LookedAtView(id=one.id, sha256=one.sha256) for one in documents if one.sha256],
        letter=LetterView(pages=proof.pages, missing_characters=list(proof.missing))
        if proof and not proof.told
        else None,
        einvoice=EinvoiceView.model_validate(einvoice) if einvoice else None,
    )


def _refused(ruling: "PolicyResult") -> Sequence[FieldError]:
    return ruling.refusal.faults if ruling.refusal else ()


def _charged(sms: SmsSize | None) -> list[str]:
    return [f"This text makes {sms.segments} parts, and each is charged."] if sms and sms.segments > 1 else []
