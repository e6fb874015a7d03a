"""What is attached to a communication, as the API tells it."""

from letterbook.contracts.fields import View
from letterbook.domain.communication import Attachment


class AttachmentView(View):
    """`dangerous` tells that opening it may run something; `content_id` that the entry's HTML shows it, at `cid:<content_id>`."""

    id: str
    name: str
    bytes: int
    media_type: str
    sha256: str
    dangerous: bool
    content_id: str

    @classmethod
    def of(cls, attachment: Attachment) -> "AttachmentView":
        return cls.model_validate(attachment)
