"""What Floyd knows when one of its users calls, in the words that it would text them."""

from typing import Any

from floyd.errands.conversation import local_time, open_errands, open_questions
from floyd.errands.knowledge import contacts_of, facts_of, tellable
from floyd.errands.telling import name_of, standing
from floyd.store.models import Call, User


def material(call: Call, now: float) -> dict[str, Any]:
    """Return what the model is told of a user who calls, at a time (epoch seconds).

    A caller for whom Twilio does not vouch may be anybody: of the user it is told nothing.
    """
    user = call.user
    assert user
    known = {"attested": bool(call.attested), "now": local_time(user, now)}
    return {**known, **_about(user, now)} if call.attested else known


def _about(user: User, now: float) -> dict[str, Any]:
    # Whoever stands beside the user may hear it, too: nothing sensitive is ever read out.
    facts = tellable(facts_of(user, now), [])
    return {
        "user": user.name,
        "open_errands": [
            {
                "title": name_of(errand),
                "standing": standing(errand),
                "questions": [question.text for question in open_questions(errand)],
            }
            for errand in open_errands(user)
        ],
        "facts": [{"subject": fact.subject, "value": fact.value} for fact in facts],
        "contacts": [{"name": contact.name} for contact in contacts_of(user)],
    }
