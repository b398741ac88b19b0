"""Fetch a call back whose media stream broke, unless it comes back by itself within a second."""

import structlog

from floyd.calls import streams
from floyd.errors import TelephonyError
from floyd.jobs import door
from floyd.services import Services
from floyd.services.telephony.twilio import say_and_hangup_twiml
from floyd.store.database import writing
from floyd.store.models import Call

log = structlog.get_logger()

COMES_BACK_WITHIN_S = 1.0


def fetch_back(services: Services, call_id: int) -> None:
    """Give a call a new stream unless it has ended, finished or found its own way back."""
    lost = Call.get_or_none(Call.id == call_id)
    if lost is None or lost.lost_at is None:
        return
    # Of many that were lost together only the first ones are waited for.
    services.clock.block(max(0.0, lost.lost_at + COMES_BACK_WITHIN_S - services.clock.now()))
    call = Call.get_by_id(call_id)
    if call.sid is None or call.generation != call.generation_lost or not streams.goes_on(call):
        return
    try:
        generation = streams.next_generation(call, services.clock.now())
    except streams.Overtaken:
        return
    twiml = (
        say_and_hangup_twiml(streams.GOODBYE)
        if generation is None
        else streams.twiml(services.settings, call.attempt, generation)
    )
    try:
        services.telephony.redirect_call(call.sid, twiml)
    except TelephonyError as error:
        if error.retryable:
            _have_it_tried_again(call, generation)
            raise
        log.info("call_not_fetched_back", call=call.id, code=error.code)


def _have_it_tried_again(call: Call, generation: int | None) -> None:
    """Let a stream that Twilio never heard of count as lost, not as one more that has come back.

    Should Twilio have heard of it after all, its ticket will be claimed, and it is lost no more.
    """
    with writing():
        Call.update(generation_lost=generation, resumes=call.resumes).where(
            Call.id == call.id, Call.generation == generation, Call.token_used < generation
        ).execute()


run = door.job(fetch_back)
