import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from redis import Redis
from rq import Queue

from floyd.calls import slots, tickets
from floyd.clock import Clock
from floyd.errands.lifecycle import State
from floyd.errands.reception import ALL_BUSY, ON_ANOTHER_LINE, UNKNOWN
from floyd.settings import Settings
from floyd.store.database import database
from floyd.store.models import Call, Errand, ErrandMove, User
from floyd.web import create_app
from tests.webhooks.conftest import Twilio

SCHOOL = "+15195550188"
VOUCHED_FOR = "TN-Validation-Passed-A"


@pytest.fixture(autouse=True)
def _lines(redis: Redis, store: Redis) -> None:
    slots.announce(redis, "calls", 3, Clock().now())


def ring(
    twilio: Twilio, phone: str, sid: str = "CA1", verstat: str | None = VOUCHED_FOR
) -> ET.Element:
    told = {} if verstat is None else {"StirVerstat": verstat}
    answer = twilio.post("/twilio/voice", CallSid=sid, From=phone, To="+12265550100", **told)
    assert answer.status_code == 200
    return ET.fromstring(answer.text)


def verbs(response: ET.Element) -> list[str]:
    return [element.tag for element in response]


def said(response: ET.Element) -> str:
    return response.findtext("Say") or ""


def errand_of(user: User, state: State = State.WAITING_FOR_USER, number: int = 1) -> Errand:
    """An errand for which Floyd has phoned the school a minute ago."""
    now = Clock().now()
    errand: Errand = Errand.create(user=user, request="Call", state=state.value, created_at=now)
    Call.create(
        attempt=f"{number:032}",
        errand=errand,
        user=user,
        phone=SCHOOL,
        dialled=SCHOOL,
        sid=f"CA-out-{number}",
        state="completed",
        created_at=now - 60 + number,
    )
    return errand


def inbound() -> Call:
    call: Call = Call.get(Call.role != "errand")
    return call


def state_of(errand: Errand) -> str:
    return str(Errand.get_by_id(errand.id).state)


def test_a_user_is_connected_to_floyds_desk(twilio: Twilio, user: User, settings: Settings) -> None:
    response = ring(twilio, user.phone)

    call = inbound()
    assert (call.role, call.user, call.errand) == ("desk", user, None)
    assert (call.sid, call.phone, call.dialled) == ("CA1", user.phone, user.phone)
    assert (call.state, call.attested, call.awaited) == ("in-progress", True, False)
    assert call.due_at is not None
    parameter = response.find("Connect/Stream/Parameter")
    assert parameter is not None
    secret = settings.floyd_secret_key.get_secret_value()
    ticket = tickets.read(secret, parameter.get("value", ""))
    assert ticket == tickets.Ticket(call.attempt, 1)
    assert (response.findtext("Redirect") or "").endswith(f"/twilio/calls/{call.attempt}/resume")


@pytest.mark.parametrize("verstat", [None, "", "TN-Validation-Passed-B", "No-TN-Validation"])
def test_nobody_is_vouched_for_but_by_an_a(twilio: Twilio, user: User, verstat: str | None) -> None:
    ring(twilio, user.phone, verstat=verstat)
    assert inbound().attested is False


def test_a_webhook_that_comes_twice_is_answered_alike(
    twilio: Twilio, user: User, redis: Redis
) -> None:
    first, second = (ET.tostring(ring(twilio, user.phone)) for _ in range(2))
    assert first == second
    assert Call.select().count() == 1
    assert slots.free(redis, Clock().now()) == 2


def test_of_many_that_come_at_once_one_is_written_down(
    settings: Settings, user: User, redis: Redis
) -> None:
    app, together = create_app(settings), Barrier(3)
    token = settings.twilio_auth_token.get_secret_value()

    def post(_: int) -> str:
        together.wait(10)
        twilio = Twilio(app.test_client(), settings.floyd_public_url, token)
        try:
            return ET.tostring(ring(twilio, user.phone), "unicode")
        finally:
            database.close()

    with ThreadPoolExecutor(3) as threads:
        answers = set(threads.map(post, range(3)))
    assert Call.select().count() == 1
    assert slots.free(redis, Clock().now()) == 2
    assert len(answers) == 1


def test_a_webhook_that_comes_again_when_all_is_over_hangs_up(twilio: Twilio, user: User) -> None:
    ring(twilio, user.phone)
    Call.update(state="completed").execute()
    assert verbs(ring(twilio, user.phone)) == ["Hangup"]


def test_a_call_too_many_is_asked_for_a_text(twilio: Twilio, user: User) -> None:
    for number in range(3):
        ring(twilio, user.phone, f"CA{number}")
    response = ring(twilio, user.phone, "CA9")
    assert (verbs(response), said(response)) == (["Say", "Hangup"], ALL_BUSY)
    assert Call.select().count() == 3


def test_without_redis_nobody_is_half_answered(settings: Settings, user: User) -> None:
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    token = settings.twilio_auth_token.get_secret_value()
    twilio = Twilio(create_app(away).test_client(), settings.floyd_public_url, token)
    assert said(ring(twilio, user.phone)) == ALL_BUSY
    assert said(ring(twilio, SCHOOL)) == UNKNOWN
    assert Call.select().count() == 0


def test_an_unknown_caller_hears_one_sentence_and_the_third_time_nothing(twilio: Twilio) -> None:
    for sid in ("CA1", "CA1", "CA2"):
        response = ring(twilio, SCHOOL, sid)
        assert (verbs(response), said(response)) == (["Say", "Hangup"], UNKNOWN)
    assert verbs(ring(twilio, SCHOOL, "CA3")) == ["Reject"]
    assert said(ring(twilio, "+15195550199", "CA4")) == UNKNOWN
    assert Call.select().count() == 0


def test_the_calls_of_yesterday_do_not_count(twilio: Twilio, redis: Redis) -> None:
    yesterday = Clock().now() - 86_401
    redis.zadd(f"unknown_caller:{SCHOOL}", {"CA8": yesterday, "CA9": yesterday})
    assert said(ring(twilio, SCHOOL)) == UNKNOWN


@pytest.mark.parametrize("phone", ["", "anonymous", "+266696687"])
def test_a_withheld_number_is_nobodys(twilio: Twilio, user: User, phone: str) -> None:
    errand_of(user)
    assert said(ring(twilio, phone)) == UNKNOWN


def test_a_call_without_a_name_is_none(twilio: Twilio, user: User) -> None:
    assert twilio.post("/twilio/voice", From=user.phone).status_code == 400
    assert Call.select().count() == 0


@pytest.mark.parametrize(
    "state", [State.WAITING_FOR_USER, State.SCHEDULED, State.READY, State.PLANNING]
)
def test_a_callee_who_calls_back_takes_its_errand_up(
    twilio: Twilio, user: User, state: State
) -> None:
    errand = errand_of(user, state)
    assert verbs(ring(twilio, SCHOOL)) == ["Connect", "Redirect"]

    call = inbound()
    assert (call.role, call.errand, call.user) == ("return", errand, user)
    assert call.awaited
    assert state_of(errand) == "calling"
    assert [move.why for move in ErrandMove.select()] == ["they called back"]


def test_a_callee_whose_errand_is_over_is_recognised_and_changes_nothing(
    twilio: Twilio, user: User
) -> None:
    errand_of(user, State.FAILED, 1)
    newest = errand_of(user, State.DONE, 2)
    ring(twilio, SCHOOL)
    assert (inbound().errand, inbound().awaited) == (newest, False)
    assert state_of(newest) == "done"


def test_a_callee_whom_nobody_vouches_for_changes_nothing(twilio: Twilio, user: User) -> None:
    errand = errand_of(user)
    ring(twilio, SCHOOL, verstat=None)
    assert (inbound().errand, inbound().awaited, inbound().attested) == (errand, False, False)
    assert state_of(errand) == "waiting_for_user"


def test_of_several_errands_none_is_taken_up_unasked(twilio: Twilio, user: User) -> None:
    errands = [errand_of(user, number=number) for number in (1, 2)]
    assert verbs(ring(twilio, SCHOOL)) == ["Connect", "Redirect"]
    assert (inbound().errand, inbound().user) == (None, None)
    assert {state_of(errand) for errand in errands} == {"waiting_for_user"}


def test_an_errand_has_one_conversation_at_a_time(twilio: Twilio, user: User) -> None:
    errand_of(user, State.CALLING)
    Call.update(state="ringing").execute()
    assert said(ring(twilio, SCHOOL)) == ON_ANOTHER_LINE
    assert Call.select().count() == 1


def test_a_user_is_a_user_also_where_floyd_phoned_them(twilio: Twilio, user: User) -> None:
    other = User.create(phone=SCHOOL, name="Ben Berg", zone="UTC", created_at=0.0)
    errand_of(user)
    ring(twilio, SCHOOL)
    assert (inbound().role, inbound().user) == ("desk", other)


def test_the_end_of_their_call_is_heard_of_once(twilio: Twilio, user: User, redis: Redis) -> None:
    ring(twilio, user.phone)
    for status in ("completed", "in-progress", "completed"):
        answer = twilio.post("/twilio/voice/status", CallSid="CA1", CallStatus=status)
        assert answer.status_code == 204
    assert inbound().state == "completed"
    assert slots.free(redis, Clock().now()) == 3
    [job] = Queue("floyd", connection=redis).jobs
    assert (job.func_name, job.args) == ("floyd.jobs.report_call.run", (inbound().id,))


def test_the_end_of_a_call_that_nobody_knows_leaves_no_row(twilio: Twilio) -> None:
    answer = twilio.post("/twilio/voice/status", CallSid="CA7", CallStatus="completed")
    assert answer.status_code == 204
    assert Call.select().count() == 0
