"""What a person says: turns heard in, replies out, an agreement at the end. Pure, seeded."""

import random
from enum import Enum, auto

from floyd.sandbox.people import phrases
from floyd.sandbox.people.mind import Reply
from floyd.sandbox.people.offers import Offer, still_open
from floyd.sandbox.people.person import Person
from floyd.sandbox.people.slots import Slot, plain
from floyd.sandbox.people.templates import fill, names_in

MAX_REPEATS = 2
MAX_PUZZLED = 3
MAX_SILENCES = 2
MAX_PLEASANTRIES = 2


class _State(Enum):
    OPENING = auto()
    ASKING = auto()
    OFFERING = auto()
    CONFIRMING = auto()
    AGREED = auto()
    LEAVING = auto()


class Conversation:
    """One call, as this person takes it."""

    def __init__(self, person: Person, draw: random.Random) -> None:
        self._person = person
        self._draw = draw
        self._state = _State.OPENING
        self._slots = [slot for slot in person.slots if draw.random() < slot.chance]
        draw.shuffle(self._slots)
        self._offers = list(person.offers)
        draw.shuffle(self._offers)
        self._offers.sort(key=lambda offer: -(offer.price or 0))
        self._offers_first = bool(self._offers) and draw.random() < person.offers_first
        self._offered: Offer | None = None
        self._declined: list[Offer] = []
        self._values: dict[str, str] = {}
        self._given_up: set[str] = set()
        self._asked: Slot | None = None
        self._repeats = 0
        self._puzzled = 0
        self._silences = 0
        self._pleasantries = 0

    def greet(self) -> Reply:
        """Answer the phone."""
        return Reply(self._line("greeting"))

    def on_silence(self) -> Reply:
        """Nobody has spoken for a while."""
        self._silences += 1
        if self._state is _State.AGREED or self._silences > MAX_SILENCES:
            return self._leave("goodbye")
        return Reply(self._line("anyone_there"))

    def on_turn(self, heard: str) -> Reply | None:
        """The other side has said something; None when no answer is due."""
        text = plain(heard)
        self._silences = 0
        corrected = self._learn(text)
        if self._state is _State.LEAVING:
            return None
        if self._state is _State.AGREED:
            return self._on_turn_after_agreement(text, corrected)
        if phrases.CALLS_LATER.search(text):
            return self._leave("later")
        if self._state is _State.CONFIRMING:
            return self._on_confirmation(text, corrected)
        if self._state is _State.OPENING:
            return self._on_opening(text)
        if self._state is _State.OFFERING and self._offered:
            return self._on_offer(self._offered, text)
        return self._on_answer(text)

    # The states

    def _on_opening(self, text: str) -> Reply:
        if self._person.topic.search(text):
            self._state = _State.ASKING
            return self._go_on(self._line("welcome"))
        if phrases.GOODBYE.search(text):
            return self._leave("goodbye")
        self._puzzled += 1
        return self._leave("give_up") if self._puzzled > MAX_PUZZLED else self._say("puzzled")

    def _on_answer(self, text: str) -> Reply:
        asked = self._asked
        if asked is None or asked.name in self._values:
            return self._go_on()
        if asked.if_yes and phrases.agrees(text):
            self._values[asked.name] = asked.if_yes
            return self._go_on()
        if phrases.UNKNOWN.search(text):
            return self._do_without(asked, "later")
        if phrases.GOODBYE.search(text):
            return self._leave("goodbye")
        if phrases.HOLD_ON.search(text):
            return self._say("waits")
        if phrases.PARDON.search(text):
            return Reply(self._draw.choice(asked.asks))
        self._repeats += 1
        if self._repeats > MAX_REPEATS:
            return self._do_without(asked, "give_up")
        return Reply(f"{self._line('repeat')} {self._draw.choice(asked.asks)}")

    def _on_offer(self, offered: Offer, text: str) -> Reply:
        if phrases.agrees(text):
            self._values |= offered.values
            self._state = _State.ASKING
            return self._go_on()
        if phrases.UNKNOWN.search(text):
            return self._leave("later")
        if phrases.GOODBYE.search(text):
            return self._leave("goodbye")
        if phrases.HOLD_ON.search(text):
            return self._say("waits")
        if not phrases.PARDON.search(text):
            self._declined.append(offered)
        return self._offer()

    def _on_confirmation(self, text: str, corrected: bool) -> Reply:
        if corrected:
            return self._read_back()
        answer = phrases.agrees(text)
        if answer is None:
            return self._say("repeat")
        if not answer:
            return self._leave("later")
        self._state = _State.AGREED
        return Reply(self._line("anything_else"), agreement=dict(self._values))

    def _on_turn_after_agreement(self, text: str, corrected: bool) -> Reply:
        if corrected and phrases.agrees(text) is False:
            return self._read_back()
        self._pleasantries += 1
        is_done = phrases.GOODBYE.search(text) or self._pleasantries > MAX_PLEASANTRIES
        return self._leave("goodbye") if is_done else self._say("anything_else")

    # What they lead to

    def _learn(self, text: str) -> bool:
        """Fill slots from what was said; says whether that changed a value known before."""
        found = {slot.name: slot.find(text) for slot in self._slots}
        news = {name: value for name, value in found.items() if value is not None}
        corrected = any(self._values.get(name, value) != value for name, value in news.items())
        self._values |= news
        return corrected

    def _go_on(self, opening: str = "") -> Reply:
        """Ask for what is still unknown, or agree."""
        missing = (slot for slot in self._slots if slot.name not in self._values)
        self._asked = next((slot for slot in missing if slot.name not in self._given_up), None)
        self._repeats = 0
        if self._has_to_offer() and (self._asked is None or self._offers_first):
            return self._offer(opening)
        if self._asked is None:
            return self._read_back(opening)
        return Reply(f"{opening} {self._draw.choice(self._asked.asks)}".strip())

    def _has_to_offer(self) -> bool:
        """Whether there are offers of which none has been taken."""
        return bool(self._offers) and not self._offers[0].values.keys() <= self._values.keys()

    def _offer(self, opening: str = "") -> Reply:
        """Offer the best that is left, or give up."""
        limit = self._values.get(self._person.limit)
        left = still_open(self._offers, self._declined, limit)
        if not left:
            return self._leave("nothing_left")
        self._state, self._offered = _State.OFFERING, left[0]
        return Reply(f"{opening} {self._draw.choice(left[0].says)}".strip())

    def _do_without(self, slot: Slot, farewell: str) -> Reply:
        if slot.required:
            return self._leave(farewell)
        self._given_up.add(slot.name)
        return self._go_on(self._line("move_on"))

    def _read_back(self, opening: str = "") -> Reply:
        text = f"{opening} {self._line('read_back')}".strip()
        if self._person.confirms:
            self._state = _State.CONFIRMING
            return Reply(text)
        self._state = _State.AGREED
        return Reply(text, agreement=dict(self._values))

    def _leave(self, occasion: str) -> Reply:
        self._state = _State.LEAVING
        return Reply(self._line(occasion), leaves=True)

    def _say(self, occasion: str) -> Reply:
        return Reply(self._line(occasion))

    def _line(self, occasion: str) -> str:
        """One of the lines for an occasion that speaks of nothing unknown."""
        known = self._person.words | self._values
        lines = [line for line in self._person.says[occasion] if names_in(line) <= known.keys()]
        return fill(self._draw.choice(lines), known)
