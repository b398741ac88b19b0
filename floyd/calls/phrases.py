"""The sentences that are Floyd's own, not the model's: voiced once and kept, to come at once."""

DESK_GREETING = "Hi, this is Floyd, your AI assistant. What can I do for you?"
RETURN_GREETING = "Hi, this is Floyd, an AI assistant. Thank you for calling back."
TAKE_A_MESSAGE = "Can I take a message?"
WHOSE_CALL = "I call for several people. Whose call are you returning, please?"
ONE_MOMENT = "One moment, please."
STILL_THERE = "Hello? Are you still there?"
NOBODY_THERE = "I can't hear anyone, so I'll hang up now. Goodbye."
TROUBLE = "I'm sorry, I'm having technical trouble. I have to end this call. Goodbye."
BOTH_ASSISTANTS = "We are both AI assistants, so I'll end this call here. Thank you, goodbye."
OUT_OF_TIME = "I'm sorry, I have to end this call now. Thank you, goodbye."
LINE_WAS_LOST = "Sorry, the line dropped for a second."
SAY_AGAIN = "Could you say that again, please?"

KEPT = (
    DESK_GREETING,
    RETURN_GREETING,
    TAKE_A_MESSAGE,
    WHOSE_CALL,
    ONE_MOMENT,
    STILL_THERE,
    NOBODY_THERE,
    TROUBLE,
    BOTH_ASSISTANTS,
    OUT_OF_TIME,
    LINE_WAS_LOST,
    SAY_AGAIN,
)
"""What may have to be said at once; the greetings first, for a caller who comes early."""


def introduction(user_name: str) -> str:
    """Return the first sentence of a call to somebody: that it is an AI, and for whom it calls."""
    return f"Hi, this is Floyd, an AI assistant calling for {user_name}."
