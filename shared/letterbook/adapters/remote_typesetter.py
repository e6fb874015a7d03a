"""Letters set in type by the function `render`, which alone carries what it takes: for who waits to look at one."""

import json
from collections.abc import Sequence

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from letterbook.adapters import aws
from letterbook.contracts.typesetting import LONGEST_LETTER, LetterForm, TypesettingAnswer, TypesettingRequest
from letterbook.domain.errors import Unavailable
from letterbook.domain.letter import Letter, TypesetLetter, TypesettingFailed

# Somebody waits, and can go on without: a second try would only make them wait longer.
_AT_ONCE = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 1})


class RemoteTypesetter:
    """See ports.Typesetter. Raises Unavailable where no answer comes, and for a letter that is too long to be asked for so."""

    def __init__(self, function: str) -> None:
        self._function = function

    def pdf(self, letter: Letter) -> TypesetLetter:
        answer = self._asked(LetterForm.PDF, letter)
        return TypesetLetter(content=answer.pdf or b"", pages=answer.count, missing=tuple(answer.missing))

    def pages(self, letter: Letter) -> Sequence[bytes]:
        return self._asked(LetterForm.PAGES, letter).pages

    def _asked(self, form: LetterForm, letter: Letter) -> TypesettingAnswer:
        order = TypesettingRequest(form=form, letter=letter).model_dump_json(exclude_defaults=True).encode()
        if len(order) > LONGEST_LETTER:
            raise Unavailable("The letter is too long to be shown before it is made.")
        try:
            told = aws.client("lambda", _AT_ONCE).invoke(FunctionName=self._function, Payload=order)
            failed, body = told.get("FunctionError"), told["Payload"].read()
        except (BotoCoreError, ClientError, OSError) as broken:
            raise Unavailable("Letters cannot be shown at the moment.") from broken
        if failed:
            raise Unavailable("Letters cannot be shown at the moment.")
        answer = TypesettingAnswer.model_validate(json.loads(body))
        if answer.failed is not None:
            raise TypesettingFailed(answer.failed)
        return answer
