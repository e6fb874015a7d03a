"""Makes documents: by order of its queue, one at a time; or at once, of a letter that somebody waits to look at."""

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from letterbook.bootstrap import world
from letterbook.contracts.queue_messages import render_order
from letterbook.observability import get_logger
from letterbook.sqs import Record, process_records
from letterbook.use_cases.correspondence.render import render_correspondence
from letterbook.use_cases.letters.prepare_entry import prepare_entry

if TYPE_CHECKING:
    from letterbook.contracts.typesetting import TypesettingAnswer, TypesettingRequest

log = get_logger()


@process_records
def batch(record: Record) -> None:
    order = render_order().validate_json(record["body"])
    if order.communication_id:
        prepare_entry(world(), order.communication_id)
    if order.correspondence:
        render_correspondence(world(), order.correspondence.account, order.correspondence.ordinal)


@log.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    if "Records" in event:
        return batch(event)
    # What comes by the queue needs none of it.
    from letterbook.contracts.typesetting import TypesettingAnswer, TypesettingRequest
    from letterbook.domain.letter import TypesettingFailed

    try:
        answer = _typeset(TypesettingRequest.model_validate(event))
    except TypesettingFailed as failed:
        answer = TypesettingAnswer(failed=str(failed))
    return answer.model_dump(mode="json")


def _typeset(order: "TypesettingRequest") -> "TypesettingAnswer":
    from letterbook.contracts.typesetting import MOST_ANSWERED, LetterForm, TypesettingAnswer

    if order.form is LetterForm.PDF:
        made = world().typesetter.pdf(order.letter)
        return TypesettingAnswer(pdf=made.content, count=made.pages, missing=list(made.missing))
    pages = world().typesetter.pages(order.letter)
    sizes = accumulate(len(page) for page in pages)
    shown = [page for page, size in zip(pages, sizes, strict=True) if size <= MOST_ANSWERED]
    return TypesettingAnswer(pages=shown, count=len(pages))
