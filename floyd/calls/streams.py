"""The TwiML that streams a call to us: the first time, and each time that its socket was lost.

Every stream is a generation of its own: the newest ticket given out is the only one that opens the
media socket, so an older stream cannot speak into the same call.
"""

from floyd.calls import tickets
from floyd.calls.progress import FINAL
from floyd.services.telephony.twilio import hangup_twiml, say_and_hangup_twiml, stream_twiml
from floyd.settings import Settings
from floyd.store.database import writing
from floyd.store.models import Call

MOST_RESUMES = 3
RESUMES_WITHIN_S = 60
GOODBYE = "I'm sorry, I'm having technical trouble and have to hang up. Goodbye."


class Overtaken(Exception):
    """Somebody else has given the call its next stream meanwhile."""


def twiml(settings: Settings, attempt: str, generation: int) -> str:
    """Return TwiML that streams an attempt's call to us, and the way back when the socket ends."""
    ticket = tickets.mint(settings.floyd_secret_key.get_secret_value(), attempt, generation)
    here = f"{settings.floyd_public_url}/twilio/calls/{attempt}"
    return stream_twiml(
        f"{settings.media_url}/twilio/media",
        {"ticket": ticket},
        f"{here}/stream?generation={generation}",
        f"{here}/resume",
    )


def resumed(settings: Settings, attempt: str, now: float) -> str:
    """Return what a call runs whose stream has ended: a new one, a goodbye, or the end."""
    call = Call.get_or_none(Call.attempt == attempt)
    if call is None or not goes_on(call):
        return hangup_twiml()
    try:
        generation = next_generation(call, now)
    except Overtaken:
        # Twilio asks for what runs now: the newest stream wins, and the other's ticket is void.
        return resumed(settings, attempt, now)
    if generation is None:
        return say_and_hangup_twiml(GOODBYE)
    return twiml(settings, attempt, generation)


def goes_on(call: Call) -> bool:
    """Return whether a call still has something to say: it has not ended nor said goodbye."""
    return call.state not in FINAL and call.finish is None


def next_generation(call: Call, now: float) -> int | None:
    """Give a call its next stream; None when it has come back too often within a minute.

    Raises:
        Overtaken: the call is not of the generation any more that it was read with.
    """
    recent = [at for at in call.resumes or [] if now - at < RESUMES_WITHIN_S]
    if len(recent) >= MOST_RESUMES:
        return None
    with writing():
        moved = (
            Call.update(generation=call.generation + 1, resumes=[*recent, now])
            .where(Call.id == call.id, Call.generation == call.generation)
            .execute()
        )
    if moved != 1:
        raise Overtaken
    return int(call.generation) + 1
