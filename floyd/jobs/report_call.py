"""Report a call that has ended, once everything that was said is stored: each role in its way."""

from floyd.errands.conclusion import conclude
from floyd.errands.dictation import take_down
from floyd.errands.messages import pass_on
from floyd.jobs import door
from floyd.services import Services
from floyd.store.models import Call


def report_call(services: Services, call_id: int) -> None:
    """Have a call's end told to whom it concerns."""
    call = Call.get_or_none(Call.id == call_id)
    if call is None:
        return
    if call.role == "desk":
        take_down(services, call_id)
    elif call.role == "return" and (call.errand is None or not call.attested):
        pass_on(services, call_id)
    else:
        conclude(services, call_id)


run = door.job(report_call)
