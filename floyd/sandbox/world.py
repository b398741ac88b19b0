"""The phone world: a plan in, running stand-ins and the addresses they are reached at out."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.conditions import Conditions
from floyd.sandbox.control import Control
from floyd.sandbox.google import GoogleSpeech
from floyd.sandbox.network.network import Network
from floyd.sandbox.network.phones import UnansweredPhone
from floyd.sandbox.openai import build_app as build_openai
from floyd.sandbox.people import build_phone, who_answers_then
from floyd.sandbox.people.order_books import OrderBooks
from floyd.sandbox.people.phones import Household
from floyd.sandbox.places import build_app as build_places
from floyd.sandbox.places.listings import read_places
from floyd.sandbox.records import Records
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.sound import Voices
from floyd.sandbox.stories import story_of
from floyd.sandbox.twilio.account import Account, new_sid
from floyd.sandbox.twilio.stand_in import Twilio

HOST = "127.0.0.1"
KEY_PREFIX = "sk-sandbox-"
ZONE = ZoneInfo("America/Toronto")


@dataclass(frozen=True)
class Ports:
    """Where to listen; 0 picks a free port."""

    twilio: int = 0
    google: int = 0
    openai: int = 0
    places: int = 0
    control: int = 0


@dataclass(frozen=True)
class Plan:
    """What world to build.

    Attributes:
        public_url: where Floyd is reached; its webhooks lie below `/twilio/`.
        recordings: a directory for both sides of every call; None records nothing.
        voices: a file that keeps what was spoken, so that a restarted world recognises it.
        voice_status_url: told of the end of every call to Floyd's number; None tells nobody.
    """

    public_url: str
    seed: int = 0
    story: str = "school"
    ports: Ports = field(default_factory=Ports)
    account_sid: str = field(default_factory=lambda: new_sid("AC"))
    auth_token: str = field(default_factory=lambda: token_hex(16))
    openai_key: str = field(default_factory=lambda: f"{KEY_PREFIX}{token_hex(16)}")
    recordings: Path | None = None
    voices: Path | None = None
    voice_status_url: str | None = None


class World:
    """Everything in one process, on 127.0.0.1."""

    def __init__(self, plan: Plan, clock: SandboxClock) -> None:
        self._plan = plan
        self.clock = clock
        self.scenario = self._scenario(plan.seed, plan.story)
        self.conditions = Conditions()
        self.records = Records(clock)
        self.network = Network(clock, self.records)
        self.order_books = OrderBooks(clock, self.records)
        self._voices = Voices(plan.voices)
        self.household = Household(clock, self._voices, self.order_books, plan.seed)
        self.twilio = Twilio(
            self._account(),
            clock,
            self.conditions.twilio,
            self.records,
            self.network,
            self._voices,
            plan.recordings,
        )
        self._google = GoogleSpeech(self._voices, self.conditions.google, clock, self.records)
        self._places = list(read_places(self.scenario.words()))
        self._places_key = f"AIza{token_hex(16)}"
        self._servers: list[web.AppRunner] = []
        self._populate()

    async def start(self) -> dict[str, Any]:
        """Start all stand-ins.

        Returns:
            `urls` of the stand-ins and the control API, the `environment` that lets Floyd reach
            them, and the `scenario` of the story.
        """
        await self.twilio.start()
        ports = self._plan.ports
        twilio_url = await self._serve(self.twilio.build_app(), ports.twilio)
        self.twilio.messages.api_url = twilio_url
        google_url = f"http://{HOST}:{await self._google.start(ports.google)}"
        openai = build_openai(
            self._voices,
            self.conditions.openai,
            self.clock,
            self.records,
            self._plan.openai_key,
            self.twilio.faults,
        )
        openai_url = f"{await self._serve(openai, ports.openai)}/v1"
        places_url = await self._serve(self._build_places(), ports.places)
        control_url = await self._serve(Control(self).build_app(), ports.control)
        urls = {
            "twilio": twilio_url,
            "google": google_url,
            "openai": openai_url,
            "places": places_url,
            "control": control_url,
        }
        environment, scenario = self._environment(urls), self.scenario.as_json()
        return {"urls": urls, "scenario": scenario, "environment": environment}

    def _environment(self, urls: dict[str, str]) -> dict[str, str]:
        return {
            "TWILIO_API_URL": urls["twilio"],
            "TWILIO_ACCOUNT_SID": self._plan.account_sid,
            "TWILIO_AUTH_TOKEN": self._plan.auth_token,
            "TWILIO_PHONE_NUMBER": self.scenario.floyd_phone,
            "GOOGLE_SPEECH_ENDPOINT": urls["google"],
            "OPENAI_BASE_URL": urls["openai"],
            "OPENAI_API_KEY": self._plan.openai_key,
            "GOOGLE_PLACES_URL": urls["places"],
            "GOOGLE_PLACES_API_KEY": self._places_key,
            # Its people pick up whenever somebody plays with them.
            "FLOYD_CALL_HOURS": "00:00-24:00",
            "FLOYD_TIME_SCALE": str(self.clock.scale),
            "FLOYD_TIME_ORIGIN": str(self.clock.origin),
        }

    async def stop(self) -> None:
        """End all calls and stop listening."""
        await self.twilio.stop()
        await self._google.stop()
        for server in self._servers:
            await server.cleanup()
        self._voices.close()

    def tell(self, seed: int, story: str) -> None:
        """Let another story's people live here from now on, on their first day.

        Raises:
            ValueError: there is no such story.
        """
        self.scenario = self._scenario(seed, story)
        self.household = replace(self.household, seed=seed)
        self._places[:] = read_places(self.scenario.words())
        self.network.disconnect_all()
        self.reset()

    def reset(self) -> None:
        """Back to the first day: calls ended, threads, books, faults and records empty."""
        self.twilio.reset()
        self.network.clear_threads()
        self.order_books.clear()
        self.conditions.reset()
        self.records.clear()
        self._populate()

    def call_floyd(self, from_: str, person: str, stir_verstat: str | None) -> str:
        """Let a person or machine call Floyd's number from theirs; gives the call's SID.

        Whoever calls back picks up from then on.
        """
        phone = build_phone(person, self.household, self.scenario, calls=True)
        if callee := who_answers_then(person):
            self.put_phone(from_, callee)
        return self.twilio.calls.receive(from_, phone, stir_verstat=stir_verstat).sid

    def put_phone(self, number: str, person: str) -> None:
        """Let a person or machine answer a number, by the name of its data file."""
        self.network.connect(number, build_phone(person, self.household, self.scenario))

    def _populate(self) -> None:
        self.network.connect(self.scenario.user_phone, UnansweredPhone(takes_texts=True))
        self.put_phone(self.scenario.school_phone, "school_secretary")
        self.put_phone(self.scenario.florist_phone, "florist")
        self.put_phone(self.scenario.garage_phone, "garage")
        for number, machine in story_of(self.scenario).phones:
            self.put_phone(number, machine)

    def _account(self) -> Account:
        plan = self._plan
        base = plan.public_url.rstrip("/")
        return Account(
            sid=plan.account_sid,
            auth_token=plan.auth_token,
            number=self.scenario.floyd_phone,
            sms_url=f"{base}/twilio/sms",
            voice_url=f"{base}/twilio/voice",
            status_url=plan.voice_status_url,
        )

    def _build_places(self) -> web.Application:
        return build_places(
            self._places, self._places_key, self.conditions.places, self.clock, self.records
        )

    def _scenario(self, seed: int, story: str) -> Scenario:
        today = self.clock.now().astimezone(ZONE).date()
        return Scenario.from_seed(seed, story, today)

    async def _serve(self, app: web.Application, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._servers.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, HOST, port)
        await site.start()
        bound = runner.addresses[0][1]
        return f"http://{HOST}:{bound}"
