"""Testing a provider."""

from command.api import api
from command.communications import created
from letterbook.contracts import operations as ops
from letterbook.contracts.providers import ProviderTestBody
from letterbook.contracts.queries import NoQuery
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.admin import providers


@api.route(ops.TEST_PROVIDER)
def test_provider(call: ApiRequest[ProviderTestBody, NoQuery], provider: str) -> ApiResponse:
    communication, replayed = providers.send_test(call.world, call.viewer, provider, call.body.to, call.key)
    return created(call, communication, replayed)
