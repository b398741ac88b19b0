"""The hours are a gate before every dial: outside of them an errand waits, and its user knows."""

from floyd.errands.clearance import hours_of
from floyd.errands.hours import CallHours
from floyd.errands.lifecycle import State, move
from floyd.errands.telling import callee_of
from floyd.errands.tries import last_ready
from floyd.phone_numbers import for_reading
from floyd.prompts.schemas import Outcome
from floyd.reports.delivery import write_text
from floyd.reports.moments import in_words
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import Errand

_WAITS = "It's too {when} there. I'll call {callee} {moment}."
_NEVER = "I can't call {number}: no hour of the day suits everywhere that it may be at home."


def is_inside_hours(services: Services, errand: Errand) -> bool:
    """Return whether the number that would ring for an errand may be phoned now."""
    return _hours(services, errand).is_open(services.clock.now())


def wait_for_hours(services: Services, errand: Errand) -> None:
    """Have an errand that is ready wait for the hours, or fail where there are none."""
    hours, now = _hours(services, errand), services.clock.now()
    opening = hours.next_opening(now)
    with writing() as writes:
        if opening is None:
            outcome = Outcome.FAILED.value
            moved = _move(writes, errand, State.FAILED, now, outcome=outcome)
            body = _NEVER.format(number=for_reading(_dialled(services, errand)))
        else:
            moved = _move(writes, errand, State.SCHEDULED, now, due_at=opening)
            body = _WAITS.format(
                when="early" if hours.is_too_early(now) else "late",
                callee=callee_of(errand),
                moment=in_words(opening, now, errand.user.zone, hours.zones),
            )
        if moved:
            write_text(
                writes,
                user=errand.user,
                errand=errand,
                body=body,
                occasion=_occasion(errand, opening),
                now=now,
            )


def _move(writes: Writes, errand: Errand, to: State, now: float, **changes: object) -> bool:
    return move(writes, errand.id, State.READY, to, "outside the hours", now, **changes)


def _occasion(errand: Errand, opening: float | None) -> str:
    """Return what the text is for: one each time that the errand wanted to call."""
    began = last_ready(errand)
    wait = f"hours:{began.id if began else 0}"
    return f"errand:{errand.id}:{'refused' if opening is None else wait}"


def _hours(services: Services, errand: Errand) -> CallHours:
    return hours_of(services.settings, _dialled(services, errand), errand.user)


def _dialled(services: Services, errand: Errand) -> str:
    return services.settings.floyd_dial_only or errand.phone or ""
