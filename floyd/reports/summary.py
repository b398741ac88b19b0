"""A call that has ended becomes what can be said of it: outcome, proven claims, what was shared.

The model proposes, the transcript decides: a claim without proof is dropped, and an outcome that
rests on none is not believed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from floyd.prompts import instructions
from floyd.prompts.schemas import LearnedFact, Outcome, Report
from floyd.reports.evidence import Said, Transcript, agrees, holds, quotes, was_asked_for
from floyd.reports.learning import about_callee
from floyd.reports.shared import shared
from floyd.services.model.protocol import Thinker
from floyd.store.models import Call, Utterance

log = structlog.get_logger()

_UNCONNECTED: dict[str, Outcome] = {
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "canceled": Outcome.NO_ANSWER,
}
_MACHINE = "machine"
_MACHINES_END = frozenset({Outcome.VOICEMAIL_LEFT, Outcome.NO_ANSWER})
_SETTLED_ON_THE_LINE = frozenset({Outcome.NEEDS_USER, Outcome.DO_NOT_CALL})
_SUCCESS = frozenset({Outcome.DONE, Outcome.PARTLY})
_CALLEES_WORD = _SUCCESS | {
    Outcome.DECLINED,
    Outcome.CLOSED,
    Outcome.WRONG_NUMBER,
    Outcome.DO_NOT_CALL,
}
_FAREWELL = re.compile(r"\b(?:bye|goodbye)\b", re.IGNORECASE)
_MOST_CLAIMS = 3
_MOST_FOLLOW_UPS = 2


@dataclass(frozen=True)
class Summary:
    """What is known to be true about a call.

    Attributes:
        outcome: one of the fixed list.
        claims: sentences for the user, each proven.
        said: the callee's last words, for want of a claim.
        missing: what the callee needs and only the user knows, as questions.
        follow_ups: what the callee asked for.
        learned: facts about the callee.
        shared: what was told about the user.
        connected: whether anybody or anything answered.
        by_machine: whether a voicemail answered.
        message: what was left there, if all of it was.
    """

    outcome: Outcome
    claims: tuple[str, ...] = ()
    said: str | None = None
    missing: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    learned: tuple[LearnedFact, ...] = ()
    shared: tuple[str, ...] = ()
    connected: bool = True
    by_machine: bool = False
    message: str | None = None


def summarise(thinker: Thinker, call: Call) -> Summary:
    """Return what came of a call that has ended and whose transcript is complete.

    Raises:
        ModelError: the model gave no report; `without_model` can still tell the truth.
    """
    transcript = transcript_of(call)
    if not _was_conversation(call, transcript):
        return without_conversation(call)
    report = thinker.think(instructions("report"), _material(call, transcript), Report)
    return checked(call, transcript, report)


def without_conversation(call: Call) -> Summary:
    """Return what there is to say about a call in which the callee said nothing."""
    by_machine = (call.answered_by or "").startswith(_MACHINE)
    outcome = _UNCONNECTED.get(call.state, Outcome.NO_ANSWER if by_machine else Outcome.CUT_OFF)
    on_the_line = concluded(call)
    if on_the_line in _MACHINES_END:
        outcome = on_the_line
    transcript = transcript_of(call)
    message = _message_left(call, transcript) if outcome is Outcome.VOICEMAIL_LEFT else None
    if outcome is Outcome.VOICEMAIL_LEFT and message is None:
        outcome = Outcome.NO_ANSWER
    return Summary(
        outcome=outcome,
        shared=tuple(_shared(call, transcript)),
        connected=call.answered_at is not None or call.state == "completed",
        by_machine=by_machine,
        message=message,
    )


def _message_left(call: Call, transcript: Transcript) -> str | None:
    """Return the message of the plan, if a voicemail heard it to its end."""
    message = str(_plan(call).get("voicemail_message") or "")
    heard = " ".join(said.text for said in transcript.utterances if said.speaker == "floyd")
    is_left = bool(message) and _words(message) in _words(heard)
    return message if is_left else None


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def without_model(call: Call) -> Summary:
    """Return what the conversation itself concluded, as far as the transcript proves it."""
    transcript = transcript_of(call)
    if not _was_conversation(call, transcript):
        return without_conversation(call)
    return checked(call, transcript, None)


def checked(call: Call, transcript: Transcript, report: Report | None) -> Summary:
    """Return a report with all that is not proven taken out.

    Args:
        call: which call; what it concluded while on the line counts as far as it is proven.
        transcript: its words.
        report: as the model wrote it, or None when it wrote none.
    """
    claims = _proven_claims(report, transcript)
    evidence = quotes((call.finish or {}).get("evidence", []), transcript)
    outcome = _believed(call, report, transcript, [*claims, *evidence])
    if not claims and evidence:
        claims = [f'They said: "{" ".join(evidence[0].split()).rstrip(".")}"']
    return Summary(
        outcome=outcome,
        claims=tuple(claims[:_MOST_CLAIMS]),
        said=_last_words(transcript),
        missing=tuple(_missing(call)) if outcome is Outcome.NEEDS_USER else (),
        follow_ups=tuple(_proven_follow_ups(report, transcript)),
        learned=tuple(_learned(call, transcript, report)),
        shared=tuple(_shared(call, transcript)),
        by_machine=(call.answered_by or "").startswith(_MACHINE),
    )


def transcript_of(call: Call) -> Transcript:
    """Return the stored words of a call, in their order."""
    rows = Utterance.select().where(Utterance.call == call).order_by(Utterance.position)
    snapshot, callee = _snapshot(call), _plan(call).get("callee", {})
    known = (str(callee.get("name", "")), str(snapshot.get("user", "")))
    return Transcript(
        [Said(row.position, row.speaker, row.text) for row in rows if row.text.strip()], known
    )


def _was_conversation(call: Call, transcript: Transcript) -> bool:
    """Return whether two spoke; a voicemail's greeting is nobody's word."""
    speakers = {said.speaker for said in transcript.utterances}
    return {"callee", "floyd"} <= speakers and concluded(call) not in _MACHINES_END


def _material(call: Call, transcript: Transcript) -> dict[str, Any]:
    return {
        "plan": _plan(call),
        "snapshot": _snapshot(call),
        "called_back": call.role == "return",
        "transcript": [
            {"id": said.id, "speaker": said.speaker, "text": said.text}
            for said in transcript.utterances
            if said.speaker in ("callee", "floyd")
        ],
        "ending": _ending(call),
        "finish": call.finish,
    }


def _plan(call: Call) -> dict[str, Any]:
    return (call.errand.plan if call.errand else None) or {}


def _snapshot(call: Call) -> dict[str, Any]:
    return (call.errand.snapshot if call.errand else None) or {}


def _ending(call: Call) -> str:
    return f"{call.state}, answered by {call.answered_by}" if call.answered_by else call.state


def _proven_claims(report: Report | None, transcript: Transcript) -> list[str]:
    if report is None:
        return []
    claims = [
        claim.text
        for claim in report.claims
        if claim.text.strip() and holds(claim.text, claim.utterance_ids, transcript)
    ]
    if len(claims) < len(report.claims):
        log.info("claims_dropped", dropped=len(report.claims) - len(claims))
    return claims


def _proven_follow_ups(report: Report | None, transcript: Transcript) -> list[str]:
    """Return what the callee did ask of the user."""
    wanted = report.follow_ups[:_MOST_FOLLOW_UPS] if report else []
    return [text for text in wanted if text.strip() and was_asked_for(text, transcript)]


def _believed(
    call: Call, report: Report | None, transcript: Transcript, proofs: Sequence[str]
) -> Outcome:
    """Return the outcome that is told.

    What was settled on the line stands; else the report's, unless it rests on the callee's word and
    no word of the callee proves it: of a success, no word that agrees. A call that broke off,
    before Floyd concluded and anybody said goodbye, was no success whatever was said until then.
    """
    on_the_line = concluded(call)
    outcome = (report.outcome if report else on_the_line) or Outcome.CUT_OFF
    if on_the_line in _SETTLED_ON_THE_LINE:
        outcome = on_the_line
    if outcome is Outcome.NEEDS_USER:
        return outcome if _missing(call) else Outcome.FAILED
    if outcome in _SUCCESS and on_the_line is None and not _ended_in_words(transcript):
        return Outcome.CUT_OFF
    if outcome not in _CALLEES_WORD:
        return outcome if outcome is Outcome.FAILED else Outcome.CUT_OFF
    if outcome in _SUCCESS:
        proofs = [proof for proof in proofs if agrees(proof)]
    if proofs or (outcome is on_the_line and outcome not in _SUCCESS):
        return outcome
    return Outcome.FAILED if on_the_line else Outcome.CUT_OFF


def _ended_in_words(transcript: Transcript) -> bool:
    """Return whether one of the last words was a goodbye, whoever said it."""
    return any(_FAREWELL.search(said.text) for said in transcript.utterances[-2:])


def concluded(call: Call) -> Outcome | None:
    """Return what the conversation concluded while it was on the line."""
    told = (call.finish or {}).get("outcome")
    return next((outcome for outcome in Outcome if outcome.value == told), None)


def _missing(call: Call) -> list[str]:
    missing = (call.finish or {}).get("missing") or []
    return [str(question) for question in missing]


def _last_words(transcript: Transcript) -> str | None:
    said = [said.text for said in transcript.utterances if said.speaker == "callee"]
    return said[-1] if said else None


def _shared(call: Call, transcript: Transcript) -> list[str]:
    heard = [said.text for said in transcript.utterances if said.speaker == "floyd"]
    return shared(_snapshot(call), heard)


def _learned(call: Call, transcript: Transcript, report: Report | None) -> Sequence[LearnedFact]:
    if report is None:
        return []
    snapshot = _snapshot(call)
    subjects = [str(fact["subject"]) for fact in snapshot.get("facts", [])]
    persons = [str(snapshot.get("user", "")), *subjects]
    return [fact for fact in report.learned if about_callee(fact, transcript, persons)]
