"""What a provider's codes mean in plain words: kept with the failure, which reads the same whatever becomes of the provider."""

from dataclasses import replace

from letterbook.domain.receipts import Receipt, RecipientUpdate
from letterbook.ports import World


def in_words(world: World, receipt: Receipt) -> Receipt:
    """The receipt with the provider's words for its failures: those that came with it, or those for its code."""
    return replace(receipt, news=tuple(_with_text(world, receipt.provider, one) for one in receipt.news))


def _with_text(world: World, provider: str, news: RecipientUpdate) -> RecipientUpdate:
    if news.text or not news.provider_code or not (news.fact and news.fact.failing):
        return news
    return replace(news, text=world.providers.failure_text(provider, news.provider_code))
