"""What an errand's calls have come to so far, as a model reads it."""

from typing import Any

from floyd.store.models import Call, Errand, Utterance

_WORDS_OF_A_CALL = 60


def calls_material(errand: Errand, before: int | None = None) -> list[dict[str, Any]]:
    """Return the calls of an errand that are over, oldest first, as the model reads them.

    Args:
        errand: whose calls.
        before: the id of a call: neither it nor a later one is told of.
    """
    # Whoever called from the callee's number without being vouched for may have been anybody.
    theirs = (Call.role == "errand") | (Call.attested == True)  # noqa: E712 - it is SQL
    over = (
        (Call.errand == errand)
        & theirs
        & Call.answered_at.is_null(False)
        & Call.reported_at.is_null(False)
    )
    if before is not None:
        over &= Call.id < before
    return [
        {"outcome": (call.report or {}).get("outcome", call.state), "transcript": _words_of(call)}
        for call in Call.select().where(over).order_by(Call.id)
    ]


def _words_of(call: Call) -> list[dict[str, str]]:
    """Return the last words of a call: how it ended matters most."""
    said = (
        Utterance.select()
        .where((Utterance.call == call) & Utterance.speaker.in_(("callee", "floyd")))
        .order_by(Utterance.position.desc())
        .limit(_WORDS_OF_A_CALL)
    )
    return [{"speaker": row.speaker, "text": row.text} for row in reversed(list(said))]
