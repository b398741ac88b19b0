"""What dialling leaves behind for a call, written at once: calls begin when the bench wants them.

Who picks up meets what a real dial would have left: an errand with its plan, an attempt, a ticket,
and introduction and first line as sound in Redis.
"""

import uuid
from secrets import token_hex
from typing import Any

from redis import Redis
from rq import Queue

from bench.written_sound import sound_of
from floyd.calls.phrases import introduction
from floyd.calls.tickets import mint
from floyd.settings import Settings
from floyd.store.database import database, open_database, writing
from floyd.store.models import Call, Contact, Errand, InboundText, User
from floyd.store.queue import QUEUE

USER = "Ada Berg"
FIRST_LINE = "I am calling about the orders that you have there for tomorrow."
_PHONE = "+15195550100"
OPENING = f"{introduction(USER)} {FIRST_LINE}"
_OPENING_KEPT_S = 600
_ENDED = "completed"


class Rows:
    """Floyd's database and Redis, as the bench fills them and looks at them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis = Redis.from_url(settings.redis_url)
        open_database(settings.database)

    def close(self) -> None:
        """Let go of both."""
        self._redis.close()

    def place_call(self) -> tuple[str, dict[str, str]]:
        """Leave a call that is being answered; return its SID and its stream's parameters."""
        attempt, sid, now = uuid.uuid4().hex, f"CA{token_hex(16)}", self._settings.clock.now()
        with database.connection_context(), writing():
            user = User.get_or_none(User.phone == _PHONE) or self._user(_PHONE)
            errand = Errand.create(
                user=user,
                request="Call the shop about the orders",
                state="calling",
                plan=_plan(),
                snapshot={"user": USER, "facts": []},
                created_at=now,
            )
            Call.create(
                attempt=attempt,
                errand=errand,
                phone="+15195550101",
                dialled="+15195550101",
                sid=sid,
                state="in-progress",
                created_at=now,
                answered_at=now,
            )
        for text in (introduction(USER), FIRST_LINE):
            self._redis.hset(f"opening:{attempt}", text, sound_of(text))
        self._redis.expire(f"opening:{attempt}", _OPENING_KEPT_S)
        secret = self._settings.floyd_secret_key.get_secret_value()
        return sid, {"ticket": mint(secret, attempt, 1)}

    def end_calls(self) -> None:
        """Close what `place_call` has left: nobody reports it."""
        with database.connection_context(), writing():
            now = self._settings.clock.now()
            Call.update(state=_ENDED, ended_at=now, reported_at=now, due_at=None).execute()
            Errand.update(state="done", due_at=None).execute()

    def add_user(self, phone: str, shop: str, shops_phone: str) -> None:
        """Serve somebody who has the number of a shop."""
        now = self._settings.clock.now()
        with database.connection_context(), writing():
            user = self._user(phone)
            Contact.create(
                user=user, name=shop, phone=shops_phone, source="operator", created_at=now
            )

    def add_users(self, phones: list[str]) -> None:
        """Serve many people."""
        with database.connection_context(), writing():
            for phone in phones:
                self._user(phone)

    def _user(self, phone: str) -> User:
        now = self._settings.clock.now()
        return User.create(
            phone=phone, name=USER, zone="America/Toronto", created_at=now, welcomed_at=now
        )

    def texts_stored(self) -> set[str]:
        """Return the SIDs of the texts that came in."""
        with database.connection_context():
            return {text.sid for text in InboundText.select(InboundText.sid)}

    def jobs(self) -> int:
        """Return how many jobs wait or are being done."""
        queue = Queue(QUEUE, connection=self._redis)
        return int(queue.count) + int(queue.started_job_registry.count)


def _plan() -> dict[str, Any]:
    return {
        "goal": "The shop knows what the orders need.",
        "title": "Orders for tomorrow",
        "callee": {"name": "the shop", "contact_id": None, "phone": None, "search": None},
        "opening_line": FIRST_LINE,
        "steps": ["Ask what each order needs.", "Write it down."],
        "fact_ids": [],
        "questions": [],
        "limits": {"budget_usd": None, "other": []},
        "voicemail_message": None,
        "learned": [],
    }
