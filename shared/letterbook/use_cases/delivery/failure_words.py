"""What a provider's codes mean in plain words: kept with the failure, which reads the same whatever becomes of the provider."""

from dataclasses import replace

from letterbook.domain.receipts import Receipt, RecipientUpdate
from letterbook.ports import World


def in_words(world: World, receipt: Receipt) -> Receipt:
    """The receipt with the provider's words for its failures: those that came with it, or those for its code.

    Its note is in the firm's first language, where the provider has it in that.
    """
    news = tuple(_with_text(world, receipt.provider, one) for one in receipt.news)
    note = receipt.note
    if receipt.notes:
        language = world.settings.current().languages[0].partition("-")[0].lower()
        note = receipt.notes.get(language, note)
    return replace(receipt, news=news, note=note)


def _with_text(world: World, provider: str, news: RecipientUpdate) -> RecipientUpdate:
    if news.text or not news.provider_code or not (news.fact and news.fact.failing):
        return news
    return replace(news, text=world.providers.failure_text(provider, news.provider_code))
