"""Texts that never reached us are found in Twilio's list and taken in as their webhook would have.

Twilio posts a text once. Where our answer was 5xx or too late, the tunnel was down or the web
process away, it gives up, and nothing on our side knows. So the clock has the list looked through
time and again, not only after a failure of which we know: a look is one request that costs nothing
and, at one a minute, is far below any limit of Twilio's.
"""

import structlog
from peewee import fn
from redis import Redis

from floyd.errors import TelephonyError
from floyd.jobs import door
from floyd.services import Services
from floyd.services.telephony.protocol import TextReceived
from floyd.store.inbound_texts import Arrival, are_known, take_in
from floyd.store.models import User

log = structlog.get_logger()

OVERLAP_S = 600
"""How far a look goes back behind the last one: for clocks that differ, and lists that lag."""
LOOKED_BACK_S = 3 * 86_400
"""How far one goes back at most: after a long weekend people still hear that it is too late."""

_LOOKED_AT = "texts:looked_at"


def find_texts(services: Services, _: int) -> None:
    """Take in what is in Twilio's list and not in our database, in the order of its sending.

    Running it twice, or at once with the webhook of a text that it finds, is harmless: the
    MessageSid is unique. A look that fails is made good by the next one, which begins where the
    last good one did.
    """
    now = services.clock.now()
    since = _since(services.redis, services.settings.floyd_find_texts_every_s, now)
    if since is None:
        return
    try:
        listed = services.telephony.texts_received(since)
    except TelephonyError as error:
        log.warning("texts_not_looked_for", code=error.code)
        return
    found = sum(take_in(_arrival(text), services.clock.now()) for text in _missing(listed))
    services.redis.set(_LOOKED_AT, now)
    if found:
        log.warning("texts_found", texts=found)


def _since(redis: Redis, every_s: float, now: float) -> float | None:
    """Return from when on texts are to be looked for; None: not now.

    With Redis emptied it is as if nobody had ever looked. What came before there was a user was
    not meant for Floyd.
    """
    first_user: float | None = User.select(fn.MIN(User.created_at)).scalar()
    if first_user is None:
        return None
    looked_at = float(redis.get(_LOOKED_AT) or 0.0)
    if now - every_s / 2 < looked_at <= now:
        return None
    return max(first_user, looked_at - OVERLAP_S, now - LOOKED_BACK_S)


def _missing(listed: list[TextReceived]) -> list[TextReceived]:
    known = are_known([text.sid for text in listed])
    return [text for text in reversed(listed) if text.sid not in known]


def _arrival(text: TextReceived) -> Arrival:
    return Arrival(text.sid, text.from_, text.body, text.media_count, text.received_at)


run = door.job(find_texts)
