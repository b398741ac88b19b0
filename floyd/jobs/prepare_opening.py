"""Voice what a call begins with, while the callee's phone rings."""

from floyd.calls import clips
from floyd.calls.progress import FINAL
from floyd.jobs import door
from floyd.services import Services
from floyd.services.build import voice
from floyd.store.models import Call


def prepare_opening(services: Services, call_id: int) -> None:
    """Leave introduction and first line in Redis for whichever process gets the call."""
    call = Call.get_or_none(Call.id == call_id)
    if call is not None and call.state not in FINAL:
        settings = services.settings
        clips.prepare(settings, services.redis, voice(settings), call.attempt)


run = door.job(prepare_opening)
