import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from floyd.sandbox.__main__ import read_plan
from floyd.sandbox.client import SandboxClient, SandboxError
from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.records import Records
from floyd.sandbox.world import Plan, World
from tests.sandbox.running import ACCOUNT_SID, Sandbox


def test_the_clock_runs_as_fast_as_it_is_told() -> None:
    clock = SandboxClock.from_environment({"FLOYD_TIME_SCALE": "20", "FLOYD_TIME_ORIGIN": "0"})
    before = clock.monotonic(), clock.now()
    asyncio.run(clock.sleep(1))
    after = clock.monotonic(), clock.now()
    assert 1 <= after[0] - before[0] < 5
    assert timedelta(seconds=1) <= after[1] - before[1] < timedelta(seconds=5)


@pytest.mark.parametrize("scale", [0.5, 21])
def test_the_clock_refuses_other_scales(scale: float) -> None:
    with pytest.raises(ValueError, match="time scale"):
        SandboxClock(scale)


def test_the_clocks_timeouts_are_scaled() -> None:
    async def wait() -> None:
        async with SandboxClock(20).timeout(0.2):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_records_forget_the_oldest_and_can_be_followed() -> None:
    async def follow() -> list[int]:
        records = Records(SandboxClock(), limit=3)
        for number in range(5):
            records.add("kind", value=number)
        waiting = asyncio.create_task(records.first("late"))
        await asyncio.sleep(0)
        records.add("late")
        assert (await waiting).number == 6
        return [record.fields["value"] for record in records.of("kind")]

    assert asyncio.run(follow()) == [3, 4]


def test_conditions_are_changed_and_reset(sandbox: Sandbox) -> None:
    sandbox.control.change_conditions(twilio={"on_socket_loss": "hang_up"}, google={"seed": 3})
    changed = sandbox.control.conditions()
    assert (changed["twilio"]["on_socket_loss"], changed["google"]["seed"]) == ("hang_up", 3)
    sandbox.control.reset()
    assert sandbox.control.conditions()["twilio"]["on_socket_loss"] == "continue"


@pytest.mark.parametrize(
    "changes",
    [{"twilio": {"nonsense": 1}}, {"nobody": {}}, {"twilio": {"on_socket_loss": "explode"}}],
)
def test_conditions_that_do_not_exist(sandbox: Sandbox, changes: dict[str, dict[str, int]]) -> None:
    with pytest.raises(SandboxError):
        sandbox.control.change_conditions(**changes)


def test_a_reset_ends_calls_and_empties_threads(sandbox: Sandbox) -> None:
    sandbox.dial("<Response><Pause length='600'/></Response>")
    sandbox.control.send_text(sandbox.user_phone, "Hi")
    sandbox.control.reset()
    assert sandbox.control.calls() == []
    assert sandbox.control.thread(sandbox.user_phone) == []


def test_another_story_has_people_of_its_own(sandbox: Sandbox) -> None:
    before = sandbox.control.scenario()
    sandbox.control.send_text(sandbox.user_phone, "Hi")
    told = sandbox.control.tell(7, "flowers")
    assert told == sandbox.control.scenario()
    assert (told["seed"], told["story"]) == (7, "flowers")
    assert told["florist_phone"] != before["florist_phone"]
    assert sandbox.control.thread(sandbox.user_phone) == []
    sid = sandbox.dial("<Response><Pause/></Response>", to=before["florist_phone"])
    sandbox.wait_for_status(sid, "failed")
    with pytest.raises(SandboxError, match="no story"):
        sandbox.control.tell(7, "nonsense")


def test_mistakes_are_told(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="nobody is called"):
        sandbox.control.put_phone("+14165550123", "nobody")
    with pytest.raises(SandboxError, match="not found"):
        sandbox.control.hang_up("CA0")
    with pytest.raises(SandboxError, match="explode"):
        sandbox.control.add_fault("*", "explode")


def test_a_real_key_is_not_taken_over() -> None:
    arguments = ["--public-url", "http://127.0.0.1:9"]
    assert read_plan(arguments, {"OPENAI_API_KEY": "sk-sandbox-3"}).openai_key == "sk-sandbox-3"
    plan = read_plan(arguments, {"OPENAI_API_KEY": "sk-proj-3", "TWILIO_ACCOUNT_SID": ACCOUNT_SID})
    assert plan.openai_key.startswith("sk-sandbox-")
    assert plan.account_sid != ACCOUNT_SID


def test_only_the_worlds_own_key_opens_the_model() -> None:
    async def models(url: str, key: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {key}"}
        async with ClientSession() as session, session.get(f"{url}/models", headers=headers) as got:
            answer = await got.json()
        return got.status, str(answer.get("error", {}).get("code"))

    async def scenario() -> list[tuple[int, str]]:
        world = World(Plan("http://127.0.0.1:9", openai_key="sk-sandbox-1"), SandboxClock())
        url = (await world.start())["urls"]["openai"]
        try:
            return [await models(url, key) for key in ("sk-sandbox-1", "sk-sandbox-2")]
        finally:
            await world.stop()

    assert asyncio.run(scenario()) == [(200, "None"), (401, "invalid_api_key")]


def test_the_command_runs_the_world_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "floyd.sandbox", "--public-url", "http://127.0.0.1:9"]
    account = {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_AUTH_TOKEN": "2" * 32}
    account |= {"OPENAI_API_KEY": "sk-sandbox-3"}
    process = subprocess.Popen(
        [*command, "--seed", "7"], stdout=subprocess.PIPE, env=os.environ | account
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        scenario = SandboxClient(ready["urls"]["control"]).scenario()
        assert scenario == ready["scenario"]
        assert scenario["seed"] == 7
        assert ready["environment"].items() >= account.items()
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, b"")
