"""The sentences that are Floyd's own, not the model's: voiced once and kept, to come at once."""

ONE_MOMENT = "One moment, please."
STILL_THERE = "Hello? Are you still there?"
NOBODY_THERE = "I can't hear anyone, so I'll hang up now. Goodbye."
TROUBLE = "I'm sorry, I'm having technical trouble. I have to end this call. Goodbye."
LINE_WAS_LOST = "Sorry, the line dropped for a second."
SAY_AGAIN = "Could you say that again, please?"

KEPT = (ONE_MOMENT, STILL_THERE, NOBODY_THERE, TROUBLE, LINE_WAS_LOST, SAY_AGAIN)


def introduction(user_name: str) -> str:
    """Return the first sentence of every call: that it is an AI, and for whom it calls."""
    return f"Hi, this is Floyd, an AI assistant calling for {user_name}."
