"""All calls of the account: made by the API, received from phones, looked up and changed."""

from datetime import datetime

from floyd.sandbox.network.phones import Phone
from floyd.sandbox.twilio.call import Call
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.errors import TwilioError, bad_request, not_found
from floyd.sandbox.twilio.forms import CallRequest, Form, Program, read_call, read_program
from floyd.sandbox.twilio.live_call import LEG, LiveCall
from floyd.sandbox.twilio.twiml import Dial

NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."


class Calls:
    """The calls, newest last."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._live: dict[str, LiveCall] = {}
        self._next_dial_at = 0.0

    def all(self) -> list[LiveCall]:
        """Every call since the start, over or not."""
        return list(self._live.values())

    def get(self, sid: str) -> LiveCall:
        """One call.

        Raises:
            TwilioError: there is no such call.
        """
        if sid not in self._live:
            raise not_found(f"/Calls/{sid}.json")
        return self._live[sid]

    def create(self, form: Form) -> Call:
        """Queue an outbound call."""
        conditions = self._carrier.conditions
        request = read_call(form, self._carrier.account, conditions)
        active = sum(not live.call.is_over for live in self.all())
        if (
            conditions.max_concurrent_calls is not None
            and active >= conditions.max_concurrent_calls
        ):
            raise TwilioError(429, 10004, "Call concurrency limit exceeded")
        call = self._new_call(request, "outbound-api")
        live = self._add(call, request)
        self._carrier.background.spawn(live.run_outbound(self._wait_for_turn()))
        return call

    def receive(self, from_: str, phone: Phone, *, stir_verstat: str | None = None) -> Call:
        """Let a phone call the account's number."""
        account = self._carrier.account
        program = Program(url=account.voice_url)
        request = CallRequest(
            to=account.number, from_=from_, program=program, status_callback=account.status_url
        )
        call = self._new_call(request, "inbound")
        call.stir_verstat = stir_verstat
        live = self._add(call, request)
        self._carrier.background.spawn(live.run_inbound(phone))
        return call

    def start_leg(self, dial: Dial, parent: Call) -> LiveCall:
        """Call the phone that a connected call is to be joined with."""
        request = CallRequest(
            to=dial.number,
            from_=dial.caller_id or self._carrier.account.number,
            program=Program(twiml="<Response/>", url=dial.number_url),
            timeout_s=dial.timeout_s,
        )
        call = self._new_call(request, LEG)
        call.parent_sid = parent.sid
        live = self._add(call, request)
        self._carrier.background.spawn(live.run_outbound(0))
        return live

    def update(self, sid: str, form: Form) -> Call:
        """End a call, or let it go on with other TwiML."""
        live = self.get(sid)
        status = form.get("Status")
        if status is None:
            program = read_program(form)
            if live.call.status != "in-progress":
                raise bad_request(21220, NOT_IN_PROGRESS)
            live.replace(program)
        else:
            _end(live, status)
        return live.call

    def list_calls(self, query: Form) -> list[Call]:
        """The calls that match a query's filters, newest first."""
        chosen = [live.call for live in self.all() if _matches(live.call, query)]
        return chosen[::-1]

    def clear(self) -> None:
        """End what is live and forget all calls."""
        for live in self.all():
            if not live.call.is_over:
                live.end("completed")
        self._live.clear()

    def _new_call(self, request: CallRequest, direction: str) -> Call:
        now = self._carrier.clock.now()
        return Call(request.to, request.from_, direction, created=now, updated=now)

    def _add(self, call: Call, request: CallRequest) -> LiveCall:
        live = LiveCall(self._carrier, call, request, self)
        self._live[call.sid] = live
        self._carrier.records.add(
            "call.created",
            call=call.sid,
            to=call.to,
            from_=call.from_,
            direction=call.direction,
            status_callback=request.status_callback,
        )
        return live

    def _wait_for_turn(self) -> float:
        """How long a new call is queued, as an account dials so many a second only."""
        now = self._carrier.clock.monotonic()
        turn = max(now, self._next_dial_at)
        self._next_dial_at = turn + 1 / self._carrier.conditions.calls_per_second
        return turn - now


def _end(live: LiveCall, status: str) -> None:
    if status not in ("completed", "canceled"):
        raise bad_request(20001, "Status must be canceled or completed")
    may_cancel = live.call.status in ("queued", "ringing")
    if live.call.is_over or (status == "canceled" and not may_cancel):
        raise bad_request(21220, NOT_IN_PROGRESS)
    live.end("canceled" if may_cancel else "completed")


def _matches(call: Call, query: Form) -> bool:
    simple = {
        "To": call.to,
        "From": call.from_,
        "Status": call.status,
        "ParentCallSid": call.parent_sid,
    }
    if any(name in query and query[name] != value for name, value in simple.items()):
        return False
    return matches_date("StartTime", call.started or call.created, query)


def matches_date(name: str, moment: datetime, query: Form) -> bool:
    """Filter by `Name`, `Name<` and `Name>`: the API compares dates in UTC, never times."""
    day = moment.date().isoformat()
    return (
        day == query.get(name, day)[:10]
        and day <= query.get(f"{name}<", day)[:10]
        and day >= query.get(f"{name}>", day)[:10]
    )
