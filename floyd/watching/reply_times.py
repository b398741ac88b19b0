"""Floyd's replies in, a line on how soon they came and where their time went out."""

from collections.abc import Iterable, Mapping
from statistics import median

# By their names in the database; each counts from the end of the callee's speech.
_STEPS = {
    "endpoint": "the turn was over",
    "first_token": "first word",
    "first_clause": "first clause",
    "first_sound": "first sound",
}


def in_words(replies: Iterable[Mapping[str, int]]) -> str | None:
    """Return the medians of the replies' timings, or None if nobody waited for any."""
    waited = [timings for timings in replies if "sent" in timings]
    if not waited:
        return None
    sent = [timings["sent"] for timings in waited]
    told = f"replies began after {median(sent):.0f} ms (median), {max(sent)} ms at most"
    steps = [
        f"{name} {median(times):.0f}"
        for step, name in _STEPS.items()
        if (times := [timings[step] for timings in waited if step in timings])
    ]
    return f"{told}; {', '.join(steps)}" if steps else told
