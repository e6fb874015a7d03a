"""The only place that puts things together."""

import gc

# What is made while a process starts stays: looking through it for garbage is a seventh of a cold start (make bench).
gc.disable()

from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from letterbook.adapters import aws
from letterbook.adapters.content_store import S3ContentStore
from letterbook.adapters.dynamodb.addresses import DynamoAddresses
from letterbook.adapters.dynamodb.communications import DynamoCommunications
from letterbook.adapters.dynamodb.documents import DynamoDocuments
from letterbook.adapters.dynamodb.grants import DynamoGrants
from letterbook.adapters.dynamodb.idempotency import DynamoIdempotencyStore
from letterbook.adapters.dynamodb.message_context import DynamoMessageContexts
from letterbook.adapters.dynamodb.settings import DynamoSettingsStore
from letterbook.adapters.dynamodb.templates import DynamoTemplates
from letterbook.adapters.queues import SqsQueues
from letterbook.adapters.schedules import EventBridgeSchedules
from letterbook.adapters.users import CognitoUsers
from letterbook.environment import MissingSetting, Settings, settings
from letterbook.ports import ContextQuery, MessageContext, Typesetter, World

if TYPE_CHECKING:
    from letterbook.adapters.capture_addresses import SignedCaptures
    from letterbook.adapters.dynamodb.attempts import DynamoAttemptChains
    from letterbook.adapters.dynamodb.cases import DynamoCases
    from letterbook.adapters.dynamodb.circuits import DynamoCircuitBreakers
    from letterbook.adapters.dynamodb.correspondence import DynamoCorrespondence
    from letterbook.adapters.dynamodb.correspondence_types import DynamoCorrespondenceTypes
    from letterbook.adapters.dynamodb.directory_renewal import DynamoDirectorySearch
    from letterbook.adapters.dynamodb.einvoice_numbers import DynamoEinvoiceNumbers
    from letterbook.adapters.dynamodb.exports import DynamoExports
    from letterbook.adapters.dynamodb.job_titles import DynamoJobTitles
    from letterbook.adapters.dynamodb.merges import DynamoMerges
    from letterbook.adapters.dynamodb.overview import DynamoOverview
    from letterbook.adapters.dynamodb.parties import DynamoParties
    from letterbook.adapters.dynamodb.provider_activity import DynamoProviderActivity
    from letterbook.adapters.dynamodb.saved_views import DynamoSavedViews
    from letterbook.adapters.dynamodb.search import DynamoSearch
    from letterbook.adapters.dynamodb.sessions import DynamoEndedSessions, DynamoSignInAttempts
    from letterbook.adapters.dynamodb.subjects import DynamoSubjects
    from letterbook.adapters.dynamodb.threads import DynamoThreads
    from letterbook.adapters.dynamodb.todos import DynamoTodos
    from letterbook.adapters.einvoices import EinvoiceFiles
    from letterbook.adapters.export_files import S3ExportFiles
    from letterbook.adapters.inbound_mail import S3Mailbox
    from letterbook.adapters.providers import RegisteredProviders
    from letterbook.adapters.rendering.renderer import TemplateRenderer
    from letterbook.adapters.reply_addresses import SignedReplies
    from letterbook.adapters.sessions import CognitoSessions
    from letterbook.adapters.shipped_library import PackagedLibrary
    from letterbook.adapters.typesetting.pdf_reader import PypdfReader


class CloudWorld:
    """The world as AWS has it (see ports.World). Each part is made when first needed: each function may use only some."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def now(self) -> datetime:
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def load_context(self, query: ContextQuery) -> MessageContext:
        return self._contexts.load(query, self.now())

    @cached_property
    def _contexts(self) -> DynamoMessageContexts:
        return DynamoMessageContexts()

    @cached_property
    def communications(self) -> DynamoCommunications:
        return DynamoCommunications(lambda: timedelta(days=self.settings.current().provider_event_days))

    @cached_property
    def search(self) -> "DynamoSearch":
        from letterbook.adapters.dynamodb.search import DynamoSearch

        return DynamoSearch()

    @cached_property
    def threads(self) -> "DynamoThreads":
        from letterbook.adapters.dynamodb.threads import DynamoThreads

        return DynamoThreads()

    @cached_property
    def overview(self) -> "DynamoOverview":
        from letterbook.adapters.dynamodb.overview import DynamoOverview

        return DynamoOverview()

    @cached_property
    def todos(self) -> "DynamoTodos":
        from letterbook.adapters.dynamodb.todos import DynamoTodos

        return DynamoTodos()

    @cached_property
    def einvoice_numbers(self) -> "DynamoEinvoiceNumbers":
        from letterbook.adapters.dynamodb.einvoice_numbers import DynamoEinvoiceNumbers

        return DynamoEinvoiceNumbers()

    @cached_property
    def attempts(self) -> "DynamoAttemptChains":
        from letterbook.adapters.dynamodb.attempts import DynamoAttemptChains

        return DynamoAttemptChains()

    @cached_property
    def circuit_breakers(self) -> "DynamoCircuitBreakers":
        from letterbook.adapters.dynamodb.circuits import DynamoCircuitBreakers

        return DynamoCircuitBreakers()

    @cached_property
    def provider_activity(self) -> "DynamoProviderActivity":
        from letterbook.adapters.dynamodb.provider_activity import DynamoProviderActivity

        return DynamoProviderActivity()

    @cached_property
    def parties(self) -> "DynamoParties":
        from letterbook.adapters.dynamodb.parties import DynamoParties

        return DynamoParties(self.now)

    @cached_property
    def merges(self) -> "DynamoMerges":
        from letterbook.adapters.dynamodb.merges import DynamoMerges

        return DynamoMerges()

    @cached_property
    def cases(self) -> "DynamoCases":
        from letterbook.adapters.dynamodb.cases import DynamoCases

        return DynamoCases(self.now)

    @cached_property
    def directory_search(self) -> "DynamoDirectorySearch":
        from letterbook.adapters.dynamodb.directory_renewal import DynamoDirectorySearch

        return DynamoDirectorySearch()

    @cached_property
    def documents(self) -> DynamoDocuments:
        return DynamoDocuments(self.now)

    @cached_property
    def grants(self) -> DynamoGrants:
        return DynamoGrants()

    @cached_property
    def job_titles(self) -> "DynamoJobTitles":
        from letterbook.adapters.dynamodb.job_titles import DynamoJobTitles

        return DynamoJobTitles()

    @cached_property
    def saved_views(self) -> "DynamoSavedViews":
        from letterbook.adapters.dynamodb.saved_views import DynamoSavedViews

        return DynamoSavedViews(self.now)

    @cached_property
    def addresses(self) -> DynamoAddresses:
        return DynamoAddresses()

    @cached_property
    def subjects(self) -> "DynamoSubjects":
        from letterbook.adapters.dynamodb.subjects import DynamoSubjects

        return DynamoSubjects()

    @cached_property
    def templates(self) -> DynamoTemplates:
        return DynamoTemplates()

    @cached_property
    def shipped_library(self) -> "PackagedLibrary":
        from letterbook.adapters.shipped_library import PackagedLibrary

        return PackagedLibrary()

    @cached_property
    def correspondence(self) -> "DynamoCorrespondence":
        from letterbook.adapters.dynamodb.correspondence import DynamoCorrespondence

        return DynamoCorrespondence(self.now)

    @cached_property
    def correspondence_types(self) -> "DynamoCorrespondenceTypes":
        from letterbook.adapters.dynamodb.correspondence_types import DynamoCorrespondenceTypes

        return DynamoCorrespondenceTypes()

    @cached_property
    def settings(self) -> DynamoSettingsStore:
        return DynamoSettingsStore()

    @cached_property
    def idempotency(self) -> DynamoIdempotencyStore:
        return DynamoIdempotencyStore(self.now)

    @cached_property
    def content_store(self) -> S3ContentStore:
        return S3ContentStore(self._settings.vault_bucket)

    @cached_property
    def exports(self) -> "DynamoExports":
        from letterbook.adapters.dynamodb.exports import DynamoExports

        return DynamoExports(self.now)

    @cached_property
    def export_files(self) -> "S3ExportFiles":
        from letterbook.adapters.export_files import S3ExportFiles

        return S3ExportFiles(self._settings.vault_bucket)

    @cached_property
    def queues(self) -> SqsQueues:
        return SqsQueues(self._settings)

    @cached_property
    def schedules(self) -> EventBridgeSchedules:
        return EventBridgeSchedules(
            group=self._settings.schedule_group,
            target=self._settings.clock_function_arn,
            role=self._settings.scheduler_role_arn,
            dead_letters=self._settings.scheduler_dlq_arn,
        )

    @cached_property
    def inbound_mailbox(self) -> "S3Mailbox":
        from letterbook.adapters.inbound_mail import S3Mailbox

        return S3Mailbox(self._settings.inbound_bucket)

    @cached_property
    def reply_addresses(self) -> "SignedReplies":
        from letterbook.adapters.reply_addresses import SignedReplies

        return SignedReplies(self._settings.inbound_domain, lambda: aws.secret(self._settings.reply_secret_arn))

    @cached_property
    def capture_addresses(self) -> "SignedCaptures":
        from letterbook.adapters.capture_addresses import SignedCaptures

        return SignedCaptures(self._settings.inbound_domain, lambda: aws.secret(self._settings.capture_secret_arn))

    @cached_property
    def providers(self) -> "RegisteredProviders":
        from letterbook.adapters.providers import RegisteredProviders

        return RegisteredProviders(self._settings)

    @cached_property
    def renderer(self) -> "TemplateRenderer":
        from letterbook.adapters.rendering.renderer import TemplateRenderer

        return TemplateRenderer()

    @cached_property
    def typesetter(self) -> Typesetter:
        """Typst itself where it is at hand; elsewhere the function that has it."""
        try:
            function = self._settings.render_function
        except MissingSetting:
            from letterbook.adapters.typesetting.typst_typesetter import TypstTypesetter

            return TypstTypesetter(self.content_store.attachment)
        from letterbook.adapters.remote_typesetter import RemoteTypesetter

        return RemoteTypesetter(function)

    @cached_property
    def pdf_reader(self) -> "PypdfReader":
        from letterbook.adapters.typesetting.pdf_reader import PypdfReader

        return PypdfReader()

    @cached_property
    def einvoice_reader(self) -> "EinvoiceFiles":
        from letterbook.adapters.einvoices import EinvoiceFiles

        return EinvoiceFiles()

    @cached_property
    def users(self) -> CognitoUsers:
        return CognitoUsers(self._settings.user_pool_id, float(self._settings.identity_seconds))

    @cached_property
    def sessions(self) -> "CognitoSessions":
        from letterbook.adapters.sessions import CognitoSessions

        return CognitoSessions(self._settings.user_pool_id, self._settings.user_pool_client_id)

    @cached_property
    def ended_sessions(self) -> "DynamoEndedSessions":
        from letterbook.adapters.dynamodb.sessions import DynamoEndedSessions

        return DynamoEndedSessions(float(self._settings.identity_seconds))

    @cached_property
    def sign_in_attempts(self) -> "DynamoSignInAttempts":
        from letterbook.adapters.dynamodb.sessions import DynamoSignInAttempts

        return DynamoSignInAttempts()

    @cached_property
    def cursor_key(self) -> bytes:
        return aws.secret(self._settings.cursor_secret_arn)

    @cached_property
    def link_key(self) -> bytes:
        return aws.secret(self._settings.link_secret_arn)

    @property
    def console_url(self) -> str:
        return self._settings.console_url


@cache
def world() -> World:
    """The world of this process."""
    return CloudWorld(settings())


# While it starts, a function has a whole processor and nobody waits: this is most of what its first caller would wait for.
_ = aws.dynamodb().client
gc.freeze()
gc.enable()
