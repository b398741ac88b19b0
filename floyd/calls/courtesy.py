"""Words that keep a conversation going or round it off, and ask for nothing; pure."""

from floyd.calls.words import words_of

_BACK_CHANNEL = frozenset(
    """mm mhm hm hmm uh huh okay ok yeah yes yep yup right alright sure aha ah oh i see got it great
    good perfect exactly understood""".split()
)
_GOODBYE = frozenset({"bye", "goodbye"})
_COURTESY = frozenset(
    """thanks thank you too have a good great nice lovely day one okay ok alright all welcome you're
    sure right no problem take care talk soon cheers then and so much very now for calling your
    call the""".split()
)
_BACK_CHANNEL_WORDS = 3
_FAREWELL_WORDS = 12


def is_back_channel(text: str) -> bool:
    """Say whether words only tell a speaker to go on."""
    words = words_of(text.replace("-", " "))
    return len(words) <= _BACK_CHANNEL_WORDS and all(word in _BACK_CHANNEL for word in words)


def is_farewell(text: str) -> bool:
    """Say whether words after a goodbye are a goodbye too, and not something new."""
    words = words_of(text)
    if "?" in text or len(words) > _FAREWELL_WORDS:
        return False
    return not _GOODBYE.isdisjoint(words) or all(word in _COURTESY for word in words)
