"""Floyd's desk in a test: real adapters to the stand-ins, a real database, a clock that is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from redis import Redis

from floyd.calls import slots
from floyd.errands.progress import advance
from floyd.errands.understanding import understand
from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.openai import OpenAIConditions, build_app
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices
from floyd.services import Services
from floyd.services.directory.protocol import NoDirectory
from floyd.services.model.openai_chat import OpenAIThinker
from floyd.services.model.protocol import AnswerT, Thinker
from floyd.services.telephony.twilio import TwilioTelephony
from floyd.settings import Settings
from floyd.store.models import Call, Contact, Errand, Fact, InboundText, OutboundText, User
from tests.jobs.conftest import SetClock
from tests.sandbox.running import ACCOUNT_SID, AUTH_TOKEN, LoopThread, Sandbox

SCHOOL = "Maple School"
REQUEST = "Call the school and let them know Mara is going to be home sick today."
NOW = 1_795_000_000.0
STRANGER = "+14165550177"


@dataclass
class Model:
    """The chat stand-in: how it behaves, what it was asked."""

    url: str
    conditions: OpenAIConditions
    records: Records

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [event.fields["body"] for event in self.records.of("openai.chat")]


@contextmanager
def running_model() -> Iterator[Model]:
    loop, clock, voices = LoopThread(), SandboxClock(10.0, 0.0), Voices()
    conditions = OpenAIConditions(first_token_s=0, tokens_per_s=0)
    records = Records(clock)

    async def start() -> web.AppRunner:
        app = build_app(voices, conditions, clock, records)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    runner = loop.run(start())
    try:
        yield Model(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", conditions, records)
    finally:
        loop.run(runner.cleanup())
        loop.stop()
        voices.close()


@dataclass
class ScriptedThinker:
    """Gives the answers that it was told to give, in order."""

    answers: list[Any] = field(default_factory=list)
    materials: list[dict[str, Any]] = field(default_factory=list)

    def think(self, instructions: str, material: dict[str, Any], answer: type[AnswerT]) -> AnswerT:
        self.materials.append(material)
        following = self.answers.pop(0)
        if isinstance(following, Exception):
            raise following
        assert isinstance(following, answer)
        return following


@dataclass
class Desk:
    """What a test does and sees: texts in, texts out, calls at the phone company."""

    services: Services
    clock: SetClock
    user: User
    sandbox: Sandbox
    _sids: "count[int]" = field(default_factory=lambda: count(1))

    def receive(self, body: str, phone: str | None = None, media_count: int = 0) -> InboundText:
        """Store a text as the webhook does."""
        return InboundText.create(
            sid=f"SM{next(self._sids)}",
            phone=phone or self.user.phone,
            body=body,
            media_count=media_count,
            received_at=self.clock.now(),
            due_at=self.clock.now() + 15,
        )

    def text(self, body: str, phone: str | None = None, media_count: int = 0) -> InboundText:
        """Have a text understood, and its errands taken as far as they go."""
        received = self.receive(body, phone, media_count)
        self.clock.move(1)
        understand(self.services, received.id)
        self.take_up_errands()
        return received

    def take_up_errands(self) -> None:
        """Do what the queue would: look at every errand that is due or new."""
        now = self.clock.now()
        due = Errand.select().where((Errand.due_at <= now) | (Errand.state == "new"))
        for errand in list(due):
            advance(self.services, errand.id)

    @property
    def replies(self) -> list[str]:
        """What Floyd has texted, oldest first."""
        return [text.body for text in OutboundText.select().order_by(OutboundText.id)]

    @property
    def errand(self) -> Errand:
        """The one errand that there is."""
        [errand] = Errand.select()
        return errand

    @property
    def dialled(self) -> list[str]:
        """The numbers that the phone company was asked to dial."""
        return [call.to for call in self.sandbox.control.calls()]

    def call(self) -> Call:
        """The last attempt."""
        call: Call = Call.select().order_by(Call.id.desc()).get()
        return call


def build_desk(
    settings: Settings,
    store: Redis,
    sandbox: Sandbox,
    model: Model | None = None,
    thinker: Thinker | None = None,
) -> Desk:
    """Return a desk whose user knows a school."""
    clock = SetClock(moved=[NOW])
    changed = {
        "floyd_public_url": sandbox.customer.url,
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_phone_number": sandbox.number,
        "twilio_api_url": sandbox.api_url,
        "openai_base_url": model.url if model else settings.openai_base_url,
    }
    settings = Settings.model_validate(settings.model_dump() | changed)
    services = Services(
        settings,
        clock,
        store,
        TwilioTelephony(settings, clock),
        thinker or OpenAIThinker(settings, clock),
        NoDirectory(),
    )
    slots.announce(store, "test", 5, clock.now() + 86_400)
    user = User.create(
        phone=sandbox.user_phone, name="Anna Berg", zone="America/Toronto", created_at=NOW
    )
    Contact.create(
        user=user,
        name=SCHOOL,
        phone=sandbox.school_phone,
        about="Mara's school",
        source="operator",
        created_at=NOW,
    )
    for subject, value in (
        ("Mara's full name", "Mara Berg, Anna's daughter"),
        ("Mara's class", "3B"),
        ("Anna's bank card", "4111 1111 1111 1111"),
    ):
        Fact.create(user=user, subject=subject, value=value, source="operator", created_at=NOW)
    return Desk(services, clock, user, sandbox)
