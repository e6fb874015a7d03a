"""The environment, typed, read once and when first asked for. template.yaml sets each function only what it needs."""

import os
from functools import cache, cached_property


class MissingSetting(RuntimeError):
    """A function asks for something that template.yaml does not give it."""


class _Variable(cached_property[str]):
    """An environment variable by the upper-case name of the attribute."""

    def __init__(self) -> None:
        super().__init__(self._read)

    def _read(self, _: object) -> str:
        name = (self.attrname or "").upper()
        try:
            return os.environ[name]
        except KeyError:
            raise MissingSetting(name) from None


class Settings:
    communications_table = _Variable()
    history_table = _Variable()
    directory_table = _Variable()
    library_table = _Variable()
    threads_table = _Variable()
    overview_table = _Variable()
    work_table = _Variable()
    search_table = _Variable()
    idempotency_table = _Variable()
    vault_bucket = _Variable()
    email_queue_url = _Variable()
    sms_queue_url = _Variable()
    post_queue_url = _Variable()
    einvoice_queue_url = _Variable()
    bulk_queue_url = _Variable()
    receipts_queue_url = _Variable()
    inbound_queue_url = _Variable()
    lookup_queue_url = _Variable()
    render_queue_url = _Variable()
    render_function = _Variable()
    export_queue_url = _Variable()
    inbound_bucket = _Variable()
    inbound_domain = _Variable()
    reply_secret_arn = _Variable()
    capture_secret_arn = _Variable()
    configuration_set = _Variable()
    provider_secrets = _Variable()
    webhook_url = _Variable()
    webhook_function = _Variable()
    webhook_topics = _Variable()
    schedule_group = _Variable()
    clock_function_arn = _Variable()
    scheduler_role_arn = _Variable()
    scheduler_dlq_arn = _Variable()
    user_pool_id = _Variable()
    user_pool_client_id = _Variable()
    cursor_secret_arn = _Variable()
    link_secret_arn = _Variable()
    console_url = _Variable()
    identity_seconds = _Variable()

    @classmethod
    def names(cls) -> frozenset[str]:
        """The names of all the variables."""
        return frozenset(name.upper() for name, value in vars(cls).items() if isinstance(value, _Variable))


@cache
def settings() -> Settings:
    return Settings()
