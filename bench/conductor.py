"""Runs the wanted parts in order; what the bench itself was late for is measured again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from bench.floyd_processes import floyd_processes
from bench.lag import keep_still
from bench.outcome import Outcome
from bench.parts import long_call, manners, replies, ringing, storm
from bench.parts.crowd import converse
from bench.phone_company import PhoneCompany
from bench.plan import LONG, Plan
from bench.rows import Rows
from bench.speech import Vocabulary
from bench.stand_ins.process import StandIns, stand_ins
from bench.world import World

# What a part may take beyond its plan, and beyond so much a text.
_SPARE_S = 120.0
_A_TEXT_S = 5.0
_SAYS_SO_EVERY_S = 30.0


class Measured(Protocol):
    """Something measured, perhaps while the bench was late."""

    @property
    def late(self) -> bool: ...


MeasuredT = TypeVar("MeasuredT", bound=Measured)


@asynccontextmanager
async def world(
    directory: Path, seed: int, orders: int, say: Callable[[str], None]
) -> AsyncIterator[World]:
    """Run Floyd and all that it needs while the block lasts.

    Args:
        directory: empty; takes Floyd's data and its log.
        seed: decides what callees say and when.
        orders: how many callees there are at most.
        say: told what goes on.
    """
    say("rendering what callees say")
    vocabulary = await asyncio.to_thread(Vocabulary, seed, orders)
    say("starting stand-ins and Floyd")
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(stand_ins(list(vocabulary.clips())))
        company = await stack.enter_async_context(PhoneCompany().open())
        floyd = await stack.enter_async_context(
            floyd_processes(directory, _addresses(services, company), directory / "floyd.log")
        )
        company.account_sid = floyd.settings.twilio_account_sid
        company.auth_token = floyd.settings.twilio_auth_token.get_secret_value()
        rows = Rows(floyd.settings)
        stack.callback(rows.close)
        yield World(floyd, company, services, rows, vocabulary, say)


def _addresses(services: StandIns, company: PhoneCompany) -> dict[str, str]:
    return {
        "TWILIO_API_URL": company.url,
        "GOOGLE_SPEECH_ENDPOINT": f"http://127.0.0.1:{services.recogniser.port}",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{services.model.port}/v1",
        "FLOYD_VOICE_BASE_URL": f"http://127.0.0.1:{services.voice.port}/v1",
    }


class Conductor:
    """Runs a plan's parts in a world."""

    def __init__(self, world: World, plan: Plan) -> None:
        self._world = world
        self._plan = plan
        self._repeats = plan.repeats
        self.outcome = Outcome()

    async def run(self) -> None:
        """Measure all that is wanted; a part that does not end in time is named and left."""
        wanted = self._plan.parts
        keep_still()
        measures = (
            ({"ringing"}, self._measure_ringing),
            ({"replies"}, self._measure_replies),
            ({"manners", "growth"}, self._measure_manners),
            ({LONG}, self._measure_long_call),
            ({"webhooks"}, self._measure_storm),
        )
        for parts, measure in measures:
            try:
                if wanted & parts:
                    await measure()
            except TimeoutError:
                self.outcome.unfinished.append(" and ".join(sorted(wanted & parts)))

    async def _measure_ringing(self) -> None:
        self._world.say("texts that make a phone ring")
        async with asyncio.timeout(self._plan.texts * _A_TEXT_S + _SPARE_S):
            self.outcome.rings_ms = await ringing.measure(self._world, self._plan.texts)

    async def _measure_replies(self) -> None:
        await self._warm_up()
        for calls, seconds in self._plan.levels:
            self._world.say(f"{calls} calls at once")
            self.outcome.levels[calls] = await self._in_time(
                seconds + _SPARE_S, partial(replies.measure, self._world, calls, seconds)
            )

    async def _warm_up(self) -> None:
        """Hold one short call first: what is measured is a process that has been at work."""
        callee = self._world.callee(0)

        async def talk(_: object) -> None:
            await callee.order()

        await converse(callee, talk, 0.0)
        self._world.rows.end_calls()

    async def _measure_manners(self) -> None:
        crowd = self._plan.wanted_crowd
        self._world.say("pauses, noise, coughs, and long calls")
        limit_s = max(crowd.least_s, crowd.turns * manners.A_TURN_S) + _SPARE_S
        self.outcome.manners = await self._in_time(
            limit_s, partial(manners.measure, self._world, crowd)
        )

    async def _measure_long_call(self) -> None:
        minutes = self._plan.long_minutes
        self._world.say(f"a call of {minutes} minutes")
        async with asyncio.timeout(minutes * 60 + _SPARE_S):
            measured = await long_call.measure(self._world, minutes)
        self.outcome.long_call = measured
        self._world.say(str(measured.as_json()))

    async def _measure_storm(self) -> None:
        rate, seconds = self._plan.webhooks_a_second, self._plan.webhook_seconds
        self._world.say(f"{rate} webhooks a second for {seconds} s")
        # Not repeated: what it has caused goes on for minutes.
        async with asyncio.timeout(seconds + _SPARE_S):
            self.outcome.storm = await storm.measure(self._world, rate, seconds)

    async def _in_time(
        self, limit_s: float, measure: Callable[[], Awaitable[MeasuredT]]
    ) -> MeasuredT:
        """Measure, and once more if the bench was late and may try again."""
        while True:
            still = asyncio.create_task(self._say_that_it_goes_on())
            try:
                async with asyncio.timeout(limit_s):
                    measured = await measure()
            finally:
                still.cancel()
            if not measured.late or self._repeats == 0:
                return measured
            self._repeats -= 1
            self._world.say("the bench itself was late: once more")

    async def _say_that_it_goes_on(self) -> None:
        while True:
            await asyncio.sleep(_SAYS_SO_EVERY_S)
            self._world.say("...")
