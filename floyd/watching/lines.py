"""Pictures in, plain lines out: each thing is told once, when its words do not change any more."""

from collections.abc import Iterator

from floyd.phone_numbers import for_reading
from floyd.watching import reply_times
from floyd.watching.picture import CallSeen, NoteSeen, Picture, TextSeen, UtteranceSeen


class Lines:
    """Remembers what was told already."""

    def __init__(self) -> None:
        self._told: set[object] = set()

    def new(self, picture: Picture) -> list[str]:
        """Return a line for everything in a picture that earlier ones did not have."""
        lines = [(key, line) for key, line in _all(picture) if key not in self._told]
        self._told.update(key for key, _ in lines)
        return [line for _, line in lines]


def _all(picture: Picture) -> Iterator[tuple[object, str]]:
    things: list[TextSeen | CallSeen] = [*picture.texts, *picture.calls]
    for thing in sorted(things, key=lambda thing: thing.at):
        if isinstance(thing, TextSeen):
            yield thing.key, in_words(thing)
        else:
            yield from _of_call(thing)


def in_words(text: TextSeen) -> str:
    """Return a text in one line."""
    phone = for_reading(text.phone)
    who = f"Floyd to {phone}" if text.is_floyds else phone
    return f"text  {who}: {text.body}"


def _of_call(call: CallSeen) -> Iterator[tuple[object, str]]:
    begins = "phones Floyd" if call.from_outside else "is being phoned"
    yield (call.id, "begins"), f"call  {call.callee} {begins}"
    for said in call.lines:
        if isinstance(said, NoteSeen):
            yield (call.id, said), f"call  {said.text}"
        elif said.is_settled:
            yield (call.id, said.position), f"call  {speaker(call, said)}: {said.text}"
    if call.is_over:
        yield (call.id, "is over"), f"call  {call.callee}: {call.state}"
        if call.is_settled and (times := reply_times.in_words(call.replies)):
            yield (call.id, "reply times"), f"call  {call.callee}: {times}"


def speaker(call: CallSeen, said: UtteranceSeen) -> str:
    """Return who spoke, and of a reply of Floyd's how long it took to begin."""
    if said.speaker != "floyd":
        return call.callee
    return "Floyd" if said.reply_ms is None else f"Floyd ({said.reply_ms} ms)"
