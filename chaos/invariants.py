"""What must be true whatever went wrong: evidence in, what is wrong with it out; pure.

One check for every case of `tests/faults`, and for the errands of `make chaos`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chaos.evidence import Evidence
from floyd.calls.progress import FINAL
from floyd.errands.lifecycle import CLOSED, State, is_allowed
from floyd.prompts.schemas import Outcome

DUE_AT_MOST_S = 60.0
"""What is due longer than this ago was dropped."""

VOICEMAILS = "voicemails"
"""The book of what was left on machines."""

_ATTEMPT = re.compile(r"/twilio/calls/(\w+)/status")
_UNSENT = ("queued", "sending")
_TOLD_SUCCESS = (Outcome.DONE, Outcome.PARTLY)
_NEVER_PLACED = "never_placed"
_FEWEST_WORDS = 3

Row = dict[str, Any]


def violations(seen: Evidence) -> list[str]:
    """Return what is wrong, in words; empty when every invariant holds."""
    return [
        wrong
        for invariant in (
            texts_in_are_understood_and_answered,
            texts_out_are_sent_once,
            calls_are_dialled_once,
            calls_agree_with_the_phone_company,
            an_errand_has_one_live_call,
            calls_are_reported_once,
            errands_move_as_they_may,
            errands_that_ended_were_told_once,
            order_books_agree,
            no_slot_is_leaked,
            nothing_is_due_for_ever,
            no_word_is_in_the_logs,
        )
        for wrong in invariant(seen)
    ]


def check(seen: Evidence) -> None:
    """Fail with all that is wrong."""
    wrong = violations(seen)
    assert not wrong, "\n" + "\n".join(wrong)


def texts_in_are_understood_and_answered(seen: Evidence) -> Iterator[str]:
    """A 2xx to a text means a row; each is understood, and its sender gets some answer."""
    stored = {text["sid"] for text in seen.inbound}
    for event in _of(seen, "twilio.webhook"):
        accepted = 200 <= (event["status"] or 0) < 300
        if (
            event["name"] == "webhook sms"
            and accepted
            and event["fields"]["MessageSid"] not in stored
        ):
            yield "a text was answered with 2xx and is not stored"
    for text in seen.inbound:
        if text["understood_at"] is None:
            yield f"text in {text['id']} was never understood"
        answers = (
            out
            for out in seen.outbound
            if out["phone"] == text["phone"] and out["created_at"] >= text["received_at"]
        )
        if text["call"] is None and not any(answers) and not _onboarded_before(seen, text):
            yield f"text in {text['id']} got no answer"


def _onboarded_before(seen: Evidence, text: Row) -> bool:
    """A stranger is answered once ever."""
    return any(out["occasion"] == f"onboarding:{text['phone']}" for out in seen.outbound)


def texts_out_are_sent_once(seen: Evidence) -> Iterator[str]:
    """Of each row of the outbox Twilio got one text at most, with its words to its number."""
    rows = {str(text["id"]): text for text in seen.outbound}
    sent: Counter[str] = Counter()
    for event in _of(seen, "message.created"):
        if event["direction"] != "outbound-api":
            continue
        (text_id,) = parse_qs(urlsplit(event["status_callback"] or "").query).get("text", [""])
        row = rows.get(text_id)
        if row is None:
            yield f"Twilio has a text of ours that no row knows ({text_id or 'no callback'})"
        elif (row["phone"], row["body"]) != (event["to"], event["body"]):
            yield f"text out {text_id} went out otherwise than written"
        sent[text_id] += 1
    yield from (f"text out {text_id} was sent {n} times" for text_id, n in sent.items() if n > 1)
    for text_id, row in rows.items():
        if row["state"] in _UNSENT:
            yield f"text out {text_id} is still {row['state']}"
        elif row["state"] != "failed" and not sent[text_id]:
            yield f"text out {text_id} is {row['state']}, but Twilio never had it"


def calls_are_dialled_once(seen: Evidence) -> Iterator[str]:
    """Every call that Twilio placed belongs to a durable attempt, and no attempt has two."""
    attempts = {call["attempt"] for call in seen.calls}
    placed = Counter(attempt for attempt, _ in _dialled(seen))
    yield from (f"attempt {each} was never written down" for each in placed.keys() - attempts)
    yield from (f"attempt {each} was dialled {n} times" for each, n in placed.items() if n > 1)


def calls_agree_with_the_phone_company(seen: Evidence) -> Iterator[str]:
    """A call's last state is Twilio's last word, whatever order the words came in."""
    last = {event["call"]: event["status"] for event in _of(seen, "call.status")}
    names = dict(_dialled(seen))
    for call in seen.calls:
        sid = names.get(call["attempt"], call["sid"])
        if sid is None:
            continue
        if call["sid"] not in (None, sid):
            yield f"call {call['id']} bears another call's SID"
        if call["state"] != last.get(sid, call["state"]):
            yield f"call {call['id']} is {call['state']} here and {last[sid]} at Twilio"


def an_errand_has_one_live_call(seen: Evidence) -> Iterator[str]:
    """Of the calls of one errand one ends before the next is placed."""
    errands = {call["attempt"]: call["errand"] for call in seen.calls}
    errand_of = {sid: errands.get(attempt) for attempt, sid in _dialled(seen)}
    live: dict[int, set[str]] = defaultdict(set)
    for event in seen.events:
        errand = errand_of.get(event.fields.get("call", ""))
        if errand is None:
            continue
        if event.kind == "call.created":
            live[errand].add(event.fields["call"])
            if len(live[errand]) > 1:
                yield f"errand {errand} had two live calls"
        elif event.kind == "call.status" and event.fields["status"] in FINAL:
            live[errand].discard(event.fields["call"])


def calls_are_reported_once(seen: Evidence) -> Iterator[str]:
    """Every call has ended and was reported: with one text, unless it never became a call.

    Of further tries that go on the user was told at the first one.
    """
    told = Counter(text["occasion"] for text in seen.outbound)
    for call in seen.calls:
        name = f"call {call['id']}"
        if call["state"] not in FINAL:
            yield f"{name} is still {call['state']}"
        elif call["reported_at"] is None:
            yield f"{name} was never reported"
        elif call["role"] == "errand" and call["awaited"]:
            reports = told[f"call:{call['attempt']}:report"]
            report = call["report"] or {"outcome": _NEVER_PLACED}
            silent = report["outcome"] == _NEVER_PLACED or not report.get("told", True)
            if reports != (0 if silent else 1):
                yield f"{name} was told {reports} times"


def errands_move_as_they_may(seen: Evidence) -> Iterator[str]:
    """Each move begins where the last one ended, is allowed, and leads to where the errand is."""
    for errand in seen.errands:
        state = State.NEW.value
        for move in (move for move in seen.moves if move["errand"] == errand["id"]):
            if move["from_state"] != state or not is_allowed(state, move["to_state"]):
                yield f"errand {errand['id']} moved from {state} by {move['from_state']}"
            state = move["to_state"]
        if state != errand["state"]:
            yield f"errand {errand['id']} is {errand['state']} and its history ends in {state}"


def errands_that_ended_were_told_once(seen: Evidence) -> Iterator[str]:
    """Done or failed: exactly one text says what became of it, and it waits for nothing more."""
    for errand in seen.errands:
        if errand["state"] not in CLOSED:
            if errand["state"] not in (State.WAITING_FOR_USER, State.SCHEDULED):
                yield f"errand {errand['id']} is still {errand['state']}"
            continue
        if errand["state"] == State.CANCELLED:
            continue
        endings = [text for text in seen.outbound if _ends(seen, errand, text["occasion"])]
        if len(endings) != 1:
            yield f"the end of errand {errand['id']} was told {len(endings)} times"


def _ends(seen: Evidence, errand: Row, occasion: str) -> bool:
    """Of its calls the last one that it waited for: who calls back later may change nothing."""
    own = (f"errand:{errand['id']}:refused", f"errand:{errand['id']}:not-planned")
    awaited = [call for call in seen.calls if call["errand"] == errand["id"] and call["awaited"]]
    last = [call for call in awaited if call["report"]][-1:]
    return occasion in (*own, *(f"call:{call['attempt']}:report" for call in last))


def order_books_agree(seen: Evidence) -> Iterator[str]:
    """Success is told only of what was noted down, and nothing is noted down twice.

    A message on a machine is no agreement: its callee may call back and agree.
    """
    noted = Counter(entry["call"] for book in seen.books.values() for entry in book)
    agreed = {e["call"] for name, book in seen.books.items() if name != VOICEMAILS for e in book}
    calls = {call["sid"]: call for call in seen.calls}
    by_errand = Counter(calls[sid]["errand"] for sid in agreed if sid in calls)
    yield from (f"errand {each} was noted down {n} times" for each, n in by_errand.items() if n > 1)
    keeps_books = bool(noted)
    for call in calls.values():
        outcome = (call["report"] or {}).get("outcome")
        about_errand = call["role"] != "desk" and outcome in _TOLD_SUCCESS
        if keeps_books and about_errand and not noted[call["sid"]]:
            yield f"call {call['id']} is told as {outcome}, and nothing was noted down"


def no_slot_is_leaked(seen: Evidence) -> Iterator[str]:
    """Who has a slot is on the phone."""
    on_the_phone = {call["attempt"] for call in seen.calls if call["state"] not in FINAL}
    for attempt, until in seen.slots.items():
        if until > seen.now and attempt not in on_the_phone:
            yield f"attempt {attempt} keeps a slot"


def nothing_is_due_for_ever(seen: Evidence) -> Iterator[str]:
    """The sweep has nothing left to do."""
    for kind, rows in (
        ("text in", seen.inbound),
        ("text out", seen.outbound),
        ("errand", seen.errands),
        ("call", seen.calls),
    ):
        for row in rows:
            if row["due_at"] is not None and row["due_at"] < seen.now - DUE_AT_MOST_S:
                yield f"{kind} {row['id']} has been due for {seen.now - row['due_at']:.0f} s"


def no_word_is_in_the_logs(seen: Evidence) -> Iterator[str]:
    """No text, no speech, no number and no key is in a line of a log."""
    words = {row["body"] for row in [*seen.inbound, *seen.outbound]}
    words |= {row["text"] for row in seen.utterances} | {row["request"] for row in seen.errands}
    private = {each for each in words if len(each.split()) >= _FEWEST_WORDS} | set(seen.secrets)
    for line in seen.log:
        if any(each in line for each in private):
            yield f"a log holds what is private, in a line of {len(line)} characters"


def _of(seen: Evidence, kind: str) -> Iterator[dict[str, Any]]:
    return (event.fields for event in seen.events if event.kind == kind)


def _dialled(seen: Evidence) -> Iterator[tuple[str, str]]:
    """Yield attempt and SID of each call that Twilio took from us."""
    for event in _of(seen, "call.created"):
        if event["direction"] == "outbound-api":
            found = _ATTEMPT.search(event["status_callback"] or "")
            yield (found[1] if found else "without a name"), event["call"]
