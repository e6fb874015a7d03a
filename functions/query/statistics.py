"""Reading numbers."""

from letterbook.contracts import operations as ops
from letterbook.contracts.operation import NoBody
from letterbook.contracts.queries import NoQuery, StatsQuery
from letterbook.contracts.statistics import CountView, MonthView, ResponseTimesView, StatsView, TimesView
from letterbook.http.api import ApiRequest, ApiResponse
from letterbook.use_cases.reading.statistics import response_times, stats
from query.api import api


@api.route(ops.STATS)
def show_stats(call: ApiRequest[NoBody, StatsQuery]) -> ApiResponse:
    counted = stats(call.world, call.viewer, call.query.days)
    items = [
        CountView(day=one.day, channel=one.channel, status_group=one.group, count=count)
        for one, count in sorted(counted.counts.items(), key=lambda pair: str(pair[0]))
    ]
    return ApiResponse(body=StatsView(days=call.query.days, items=items, complete=counted.complete))


@api.route(ops.RESPONSE_TIMES)
def show_response_times(call: ApiRequest[NoBody, NoQuery], party_id: str) -> ApiResponse:
    told = response_times(call.world, call.viewer, party_id)
    months = [
        MonthView(month=month, count=times.count, median=times.median, p90=times.p90)
        for month, times in told.by_month.items()
    ]
    overall = TimesView.model_validate(told.overall)
    return ApiResponse(body=ResponseTimesView(by_month=months, **overall.model_dump()))
