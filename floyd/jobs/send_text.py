"""Send one text of the outbox, exactly once, whoever runs at once and whatever Twilio answers.

A compare-and-swap decides who sends; the lease that it takes outlasts the request. A text whose
request was lost in between stays `sending` and is looked for in Twilio's list: found, it is ours;
absent twice, a minute apart, it was never sent. Texts to one number go out in their
order.
"""

import random

import structlog
from peewee import IntegrityError

from floyd.clock import Clock
from floyd.errors import TelephonyError
from floyd.jobs import door
from floyd.services import Services
from floyd.services.telephony.protocol import TextSeen
from floyd.store.database import writing
from floyd.store.models import OutboundText
from floyd.store.queue import enqueue

log = structlog.get_logger()

LOST_AFTER_S = 30
LOST_AFTER_REAL_S = 8
ABSENT_FOR_S = 60
ASK_AGAIN_AFTER_S = 15
MOST_TRIES = 12
_LONGEST_BACKOFF_S = 300
_SKEW_S = 60
_TRIAL_NOTICE = "Sent from your Twilio trial account - "


def send_text(services: Services, text_id: int) -> None:
    """Send a text that is queued, or find out about one whose sending was interrupted."""
    text = OutboundText.get_or_none(OutboundText.id == text_id)
    if text is None or (text.tries and not _is_due(text, services.clock.now())):
        return
    if (
        text.state == "queued"
        and _oldest_unsent(text.phone) == text
        and _take(text, services.clock)
    ):
        _send(services, text)
    elif text.state == "sending":
        _reconcile(services, text)
    following = _oldest_unsent(text.phone)
    if following is not None and following.id > text.id:
        enqueue("send_text", following.id)


def backoff_s(tries: int) -> float:
    """Return seconds until the next try: doubling, capped, spread so that not all come at once."""
    return min(2.0**tries, _LONGEST_BACKOFF_S) * random.uniform(0.5, 1)


def _oldest_unsent(phone: str) -> OutboundText | None:
    """Return the text that goes to a number before all others do."""
    unsent: OutboundText | None = (
        OutboundText.select()
        .where(OutboundText.phone == phone, OutboundText.state.in_(("queued", "sending")))
        .order_by(OutboundText.id)
        .first()
    )
    return unsent


def _is_due(text: OutboundText, now: float) -> bool:
    return text.due_at is not None and text.due_at <= now


def _take(text: OutboundText, clock: Clock) -> bool:
    """Become the one run that sends a text; its number of tries fences off all others."""
    lease_s = max(LOST_AFTER_S, LOST_AFTER_REAL_S * clock.scale)
    due_at = clock.now() + lease_s
    if not _change(text, state="sending", tries=text.tries + 1, absent_at=None, due_at=due_at):
        return False
    text.state, text.tries = "sending", text.tries + 1
    return True


def _send(services: Services, text: OutboundText) -> None:
    status_url = f"{services.settings.floyd_public_url}/twilio/sms/status?text={text.id}"
    try:
        sid = services.telephony.send_text(text.phone, text.body, status_url)
    except TelephonyError as error:
        log.warning("text_not_sent", text=text.id, code=error.code, ambiguous=error.ambiguous)
        _after_refusal(text, error, services.clock.now())
    else:
        _claim(text, sid)


def _after_refusal(text: OutboundText, error: TelephonyError, now: float) -> None:
    """Try again later what was never sent; leave to be reconciled what may have been."""
    if error.ambiguous:
        return
    if error.retryable and text.tries < MOST_TRIES:
        _change(text, state="queued", due_at=now + backoff_s(text.tries))
    else:
        _change(text, state="failed", error_code=error.code, due_at=None)


def _reconcile(services: Services, text: OutboundText) -> None:
    """Look for a text that may have been sent; the sweep takes up what is due then."""
    now = services.clock.now()
    try:
        seen = services.telephony.texts(text.phone, text.created_at - _SKEW_S)
    except TelephonyError as error:
        log.warning("texts_not_listed", text=text.id, code=error.code)
        _change(text, due_at=now + ASK_AGAIN_AFTER_S)
        return
    if any(_claim(text, one.sid) for one in seen if _may_be(text, one)):
        return
    if text.absent_at is None:
        _change(text, absent_at=now, due_at=now + ABSENT_FOR_S)
    elif text.tries >= MOST_TRIES:
        _change(text, state="failed", due_at=None)
    else:
        _change(text, state="queued", absent_at=None, due_at=now)


def _may_be(text: OutboundText, seen: TextSeen) -> bool:
    same = seen.body.removeprefix(_TRIAL_NOTICE).strip() == text.body.strip()
    return same and not OutboundText.select().where(OutboundText.sid == seen.sid).exists()


def _claim(text: OutboundText, sid: str) -> bool:
    """Write down which of Twilio's texts this one is; False when another row was quicker."""
    try:
        with writing():
            OutboundText.update(state="sent", sid=sid, due_at=None, absent_at=None).where(
                OutboundText.id == text.id,
                OutboundText.state == "sending",
                OutboundText.sid.is_null(),
            ).execute()
    except IntegrityError:
        return False
    return True


def _change(text: OutboundText, **changes: object) -> bool:
    """Change a row that is still as it was read; False when somebody else was quicker."""
    with writing():
        changed: int = (
            OutboundText.update(**changes)
            .where(
                OutboundText.id == text.id,
                OutboundText.state == text.state,
                OutboundText.tries == text.tries,
            )
            .execute()
        )
    return changed == 1


run = door.job(send_text)
