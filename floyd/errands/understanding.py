"""A user's text becomes what it asks for: one model call, then each wish carried out in code.

What a text causes and the mark that it was understood are one transaction: running it twice, or
twice at once, is harmless. The texts of one user are taken in their order.
"""

import secrets
import unicodedata
from collections.abc import Sequence

import structlog
from redis import Redis

from floyd.errands import inquiries
from floyd.errands.cards import Card
from floyd.errands.conversation import (
    dialogue,
    earlier_texts,
    errands_material,
    known_subjects,
    local_time,
    recent_material,
)
from floyd.errands.enclosures import ask_to_save, cards_of
from floyd.errands.gates import asks_for_an_emergency_call
from floyd.errands.handling import Desk
from floyd.errands.settling import carry_out, settle
from floyd.errands.spoken import confirmation
from floyd.errands.unread import as_one, mark_understood, next_texts, unread_together
from floyd.errands.welcome import welcome
from floyd.errors import ModelError
from floyd.prompts import instructions
from floyd.prompts.schemas import Understanding, Wish
from floyd.reports.delivery import plain, write_text
from floyd.reports.segments import two_segments
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import InboundText, User

log = structlog.get_logger()

ONBOARDING = (
    "Hi, this is Floyd, an AI assistant that makes phone calls for the people it works for. "
    "I don't know your number yet, so I can't help right now. Whoever set me up can add you."
)
NO_WORDS = "I got your text, but there were no words in it. What can I do for you?"
NO_PICTURES = (
    "I can't open that; I read contact cards only. What can I do for you? Please write it to me."
)
NOT_READ_YET = "I couldn't read your text just now; I'll try again in a moment."
NOT_READ = "I'm sorry, I couldn't make sense of your text. Could you send it again in other words?"
NOT_UNDERSTOOD = "I'm not sure what you mean. Whom should I call, and what should I say?"

TOO_LATE = (
    "I'm sorry, I couldn't read your text in time. If it still matters, please send it again."
)
NOT_HEARD_YET = (
    "I couldn't take in what you said on the phone just now; I'll try again in a moment."
)
NOT_HEARD = "I'm sorry, I couldn't make sense of what you said on the phone. Please text it to me."
HEARD_TOO_LATE = (
    "I'm sorry, I couldn't take in what you said on the phone in time. "
    "If it still matters, please text it to me."
)
EMERGENCY = (
    "I can't call emergency services. If this is an emergency, please dial {number} yourself now."
)

_LOCK_S = 45
_RETRY_AFTER_S = (10, 30, 60)
_STALE_AFTER_S = 3600
_MOST_WISHES = 5
_OF_THE_USER = ("earlier_texts", "open_errands", "recent_errands", "known")

# Deletes the lock only when it is still the one that we took.
_UNLOCK = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def understand(services: Services, text_id: int) -> list[int]:
    """Understand a text, after whatever the same person sent before it.

    Returns:
        Ids of the errands that can be taken on now.
    """
    text = InboundText.get_or_none(InboundText.id == text_id)
    if text is None or text.understood_at is not None:
        return []
    user = User.get_or_none(User.phone == text.phone)
    if user is None:
        _welcome_stranger(services, text)
        return []
    errands: list[int] = []
    while _take_turn(services, user, errands):
        pass
    return errands


def _take_turn(services: Services, user: User, errands: list[int]) -> bool:
    """Understand what a user sent next, collecting its errands; True when more waits."""
    lock, ours = f"understanding:{user.id}", secrets.token_hex(8)
    redis: Redis = services.redis
    if not redis.set(lock, ours, nx=True, px=round(services.clock.real(_LOCK_S) * 1000)):
        return False
    try:
        texts = next_texts(user, services.clock.now())
        if texts:
            errands += _understand_together(services, user, texts)
    finally:
        redis.eval(_UNLOCK, 1, lock, ours)
    # Whoever came while we held the lock has gone away again: what they came for is ours to do.
    return bool(next_texts(user, services.clock.now()))


def _understand_together(services: Services, user: User, texts: Sequence[InboundText]) -> list[int]:
    """Understand texts that are one message, and do what it asks for."""
    text, now = as_one(texts), services.clock.now()
    cards = cards_of(services, texts)
    if plain_answer := None if cards else _plain_answer(text, now):
        _answer_plainly(services, user, texts, plain_answer)
        return []
    inquiry = None if text.call else inquiries.open_inquiry(user, now)
    decided = inquiries.settles(inquiry, text.body) if inquiry else None
    try:
        needs_no_model = decided is not None or not _has_words(text.body)
        wishes = [] if needs_no_model else _read(services, user, text)
    except ModelError as error:
        _not_read(services, user, texts, error)
        return []
    with writing() as writes:
        desk = Desk(writes=writes, user=user, text=text, now=services.clock.now())
        if not _is_ours(desk, texts):
            return []
        if inquiry and decided is not None:
            _tell(desk, settle(desk, inquiry, decided))
        else:
            _tell(desk, _carried_out(desk, wishes, cards))
    return desk.errands


def _is_ours(desk: Desk, texts: Sequence[InboundText]) -> bool:
    """Mark texts as understood; False where another did, or more of the message has come since."""
    has_grown = len(unread_together(desk.user)[0]) > len(texts)
    return not has_grown and mark_understood(texts, desk.now)


def _tell(desk: Desk, sentences: list[str]) -> None:
    """Answer a text, after a welcome where it is a user's first."""
    if desk.is_surely_the_user and (hello := welcome(desk.user, desk.now)):
        sentences.insert(0, hello)
    if sentences:
        said = " ".join(dict.fromkeys(sentences))
        _reply(desk.writes, desk.user, desk.text, said, desk.now)


def _carried_out(desk: Desk, wishes: list[Wish], cards: Sequence[Card]) -> list[str]:
    """Do what a text asks for and return what is said about it, sentence by sentence."""
    if desk.text.call is not None:
        return confirmation(desk, wishes)
    saving = [ask_to_save(desk, cards)] if cards else []
    if not wishes:
        return saving or [NOT_UNDERSTOOD]
    if len(wishes) > 1:
        wishes = [wish for wish in wishes if wish.kind != "small_talk"] or wishes[:1]
    return [said for wish in wishes if (said := carry_out(desk, wish))] + saving


def _read(services: Services, user: User, text: InboundText) -> list[Wish]:
    material = {
        "now": local_time(user, services.clock.now()),
        "user": user.name,
        "text": text.body,
        "earlier_texts": earlier_texts(user, before=text.received_at),
        "open_errands": errands_material(user),
        "recent_errands": recent_material(user, services.clock.now()),
        "known": known_subjects(user),
    }
    if text.call is not None:
        material["spoken"] = dialogue(text.call)
        if not text.call.attested:
            # It may be a stranger who speaks: what Floyd knows of the user has no place there.
            material |= {key: [] for key in _OF_THE_USER} | {"user": "somebody"}
    understanding = services.thinker.think(instructions("understanding"), material, Understanding)
    return _once(understanding.wishes)[:_MOST_WISHES]


def _once(wishes: Sequence[Wish]) -> list[Wish]:
    """Return each errand once: whoever was not heard, or not answered, asks for the same again."""
    said: set[str] = set()
    kept = []
    for wish in wishes:
        words = " ".join(wish.text.casefold().split())
        if wish.kind != "new_errand" or words not in said:
            kept.append(wish)
        if wish.kind == "new_errand":
            said.add(words)
    return kept


def _not_read(
    services: Services,
    user: User,
    texts: Sequence[InboundText],
    error: ModelError,
) -> None:
    text = texts[0]
    log.warning("text_not_read", text=text.id, tries=text.tries, error=type(error).__name__)
    if text.tries >= len(_RETRY_AFTER_S):
        _answer_plainly(services, user, texts, NOT_HEARD if text.call else NOT_READ)
        return
    with writing() as writes:
        now = services.clock.now()
        InboundText.update(
            tries=InboundText.tries + 1, due_at=now + _RETRY_AFTER_S[text.tries]
        ).where((InboundText.id == text.id) & InboundText.understood_at.is_null()).execute()
        occasion = f"text:{text.id}:delayed"
        body = NOT_HEARD_YET if text.call else NOT_READ_YET
        write_text(writes, user=user, body=body, occasion=occasion, now=now)


def _welcome_stranger(services: Services, text: InboundText) -> None:
    """Answer someone whom Floyd does not work for: once ever, and without the model."""
    with writing() as writes:
        now = services.clock.now()
        if mark_understood([text], now):
            occasion = f"onboarding:{text.phone}"
            write_text(writes, phone=text.phone, body=ONBOARDING, occasion=occasion, now=now)


def _answer_plainly(
    services: Services, user: User, texts: Sequence[InboundText], body: str
) -> None:
    with writing() as writes:
        now = services.clock.now()
        if mark_understood(texts, now):
            _reply(writes, user, texts[0], body, now)


def _reply(writes: Writes, user: User, text: InboundText, body: str, now: float) -> None:
    # Of what was asked for by phone the user must read every word that they say yes to.
    told = body if text.call else two_segments(plain(body))
    write_text(writes, user=user, body=told, occasion=f"reply:{text.id}", now=now)


def _plain_answer(text: InboundText, now: float) -> str | None:
    """Return the answer to a text that needs no model, or must not wait for one."""
    if not _has_words(text.body):
        return NO_PICTURES if text.media_count else NO_WORDS
    if number := asks_for_an_emergency_call(text.body):
        return EMERGENCY.format(number=number)
    if now <= text.received_at + _STALE_AFTER_S:
        return None
    return HEARD_TOO_LATE if text.call else TOO_LATE


def _has_words(body: str) -> bool:
    """Return whether there is anything to read: an emoji may be an answer, a blank is none."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in body)
