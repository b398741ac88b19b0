"""The stand-in's voices through OpenAI's own client."""

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import openai
import pytest
from aiohttp import web
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.openai import OpenAIConditions, build_app
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices

MODEL = "gpt-realtime-2.1-mini"
TEXT = "Hi, this is Floyd. I am calling for Ada Berg, at 519."
SCALE = 10.0


@dataclass
class World:
    client: openai.AsyncOpenAI
    url: str
    voices: Voices
    clock: SandboxClock
    conditions: OpenAIConditions
    records: Records


def in_world(
    scenario: Callable[[World], Awaitable[None]], conditions: OpenAIConditions | None = None
) -> None:
    asyncio.run(_in_world(scenario, conditions or OpenAIConditions()))


async def _in_world(
    scenario: Callable[[World], Awaitable[None]], conditions: OpenAIConditions
) -> None:
    clock, voices = SandboxClock(SCALE, time.time()), Voices()
    records = Records(clock)
    runner = web.AppRunner(build_app(voices, conditions, clock, records), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    client = openai.AsyncOpenAI(api_key="a-key", base_url=f"{url}/v1", max_retries=0)
    try:
        await scenario(World(client, url, voices, clock, conditions, records))
    finally:
        await client.close()
        await runner.cleanup()
        voices.close()


def reading(text: str, audio_format: str = "audio/pcmu", **response: Any) -> Any:
    """What a reader orders: out of band, the text between tags, telephone sound."""
    part = {"type": "input_text", "text": f"Read this word for word: <read>{text}</read>"}
    return {
        "conversation": "none",
        "output_modalities": ["audio"],
        "instructions": "You are a reader.",
        "input": [{"type": "message", "role": "user", "content": [part]}],
        "audio": {"output": {"format": {"type": audio_format}, "voice": "marin"}},
    } | response


async def until(connection: AsyncRealtimeConnection, kind: str) -> list[Any]:
    events: list[Any] = []
    while not events or events[-1].type != kind:
        events.append(await connection.recv())
    return events


def sound(events: list[Any]) -> bytes:
    deltas = (event.delta for event in events if event.type == "response.output_audio.delta")
    return b"".join(base64.b64decode(delta) for delta in deltas)


def transcript(events: list[Any]) -> str:
    kind = "response.output_audio_transcript.delta"
    return "".join(event.delta for event in events if event.type == kind)


def test_a_text_is_read_out_of_band_as_mulaw_with_its_transcript() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.response.create(response=reading(TEXT))
            events = await until(connection, "response.done")
        kinds = [event.type for event in events]
        assert kinds[:4] == [
            "session.created",
            "response.created",
            "response.output_item.added",
            "response.content_part.added",
        ]
        assert kinds[-5:] == [
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
        ]
        assert transcript(events) == events[-4].transcript == TEXT
        heard = world.voices.ears().hear(sound(events))
        assert " ".join(word.text for word in heard) == TEXT
        response = events[-1].response
        assert response.status == "completed"
        assert response.conversation_id is None
        assert response.output[0].content[0].transcript == TEXT
        usage = response.usage
        assert usage.total_tokens == usage.input_tokens + usage.output_tokens > 0

    in_world(scenario)


def test_words_come_before_or_with_their_sound() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.response.create(response=reading(TEXT))
            events = await until(connection, "response.done")
        ears, said, heard = world.voices.ears(), 0, 0
        for event in events:
            said += event.type == "response.output_audio_transcript.delta"
            if event.type == "response.output_audio.delta":
                heard += len(ears.hear(base64.b64decode(event.delta)))
            assert heard <= said

    in_world(scenario)


def test_the_first_sound_comes_after_its_latency_and_the_rest_faster_than_real_time() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.recv()
            began = world.clock.monotonic()
            await connection.response.create(response=reading(TEXT))
            await until(connection, "response.output_audio.delta")
            first_s = world.clock.monotonic() - began
            rest = await until(connection, "response.done")
            all_s = world.clock.monotonic() - began
        assert first_s >= 1.0
        assert all_s >= 1 + len(sound(rest)) / 8000 / 4 - 0.1

    in_world(scenario, OpenAIConditions(voice_first_byte_s=1.0, voice_speed=4.0))


def test_session_settings_hold_for_responses_and_the_default_conversation_is_read() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.session.update(
                session={
                    "type": "realtime",
                    "instructions": "Read.",
                    "audio": {"output": {"voice": "cedar", "format": {"type": "audio/pcmu"}}},
                }
            )
            updated = (await until(connection, "session.updated"))[-1].session
            assert (updated.instructions, updated.audio.output.voice) == ("Read.", "cedar")
            part: Any = {"type": "input_text", "text": "Good bye."}
            await connection.conversation.item.create(
                item={"type": "message", "role": "user", "content": [part]}
            )
            await until(connection, "conversation.item.done")
            await connection.response.create()
            events = await until(connection, "response.done")
            assert transcript(events) == "Good bye."
            assert events[-1].response.conversation_id.startswith("conv_")
            assert events[-1].response.audio.output.voice == "cedar"

    in_world(scenario)


def test_instructions_are_read_when_there_is_no_input() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            order = reading("", input=[], instructions="Say: <read> Hello, you. </read> Thanks")
            await connection.response.create(response=order)
            assert transcript(await until(connection, "response.done")) == "Hello, you."

    in_world(scenario)


def test_wide_sound_is_24_khz() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            order = reading("Hello there.", "audio/pcm")
            await connection.response.create(response=order)
            wide = sound(await until(connection, "response.done"))
            order = reading("Hello there.")
            await connection.response.create(response=order)
            narrow = sound(await until(connection, "response.done"))
        assert len(wide) == pytest.approx(len(narrow) * 6, abs=24)

    in_world(scenario)


def test_a_cancelled_response_stops_and_says_so() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.response.create(response=reading(TEXT))
            begun = await until(connection, "response.output_audio.delta")
            response_id = begun[-1].response_id
            await connection.response.cancel(response_id=response_id)
            ended = await until(connection, "response.done")
            response = ended[-1].response
            assert response.status == "cancelled"
            assert response.status_details.reason == "client_cancelled"
            assert TEXT.startswith(transcript(begun + ended))
            assert transcript(begun + ended) != TEXT
            await connection.response.cancel(response_id=response_id)
            error = (await until(connection, "error"))[-1].error
            assert error.code == "response_cancel_not_active"

    in_world(scenario, OpenAIConditions(voice_speed=0.5))


def test_two_responses_out_of_band_run_side_by_side_but_not_in_one_conversation() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            for text in ("One moment.", "Good bye."):
                await connection.response.create(response=reading(text))
            events = await until(connection, "response.done")
            events += await until(connection, "response.done")
            done = [event.response for event in events if event.type == "response.done"]
            assert {item.output[0].content[0].transcript for item in done} == {
                "One moment.",
                "Good bye.",
            }
            for _ in range(2):
                order = reading(TEXT, conversation="auto")
                await connection.response.create(response=order)
            error = (await until(connection, "error"))[-1].error
            assert error.code == "conversation_already_has_active_response"

    in_world(scenario)


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ("{", "invalid_json", None),
        ("[]", "invalid_json", None),
        ({}, "missing_required_parameter", "type"),
        ({"type": "response.sing"}, "invalid_value", "type"),
        ({"type": "response.create", "loud": 1}, "unknown_parameter", "loud"),
        (
            {"type": "response.create", "response": {"modalities": ["audio"]}},
            "unknown_parameter",
            "response.modalities",
        ),
        (
            {"type": "response.create", "response": {"input": [{"content": [{"txt": ""}]}]}},
            "unknown_parameter",
            "response.input[0].content[0].txt",
        ),
        (
            {"type": "response.create", "response": {"audio": {"output": {"voice": "bob"}}}},
            "invalid_value",
            "response.audio.output.voice",
        ),
        (
            {
                "type": "response.create",
                "response": {"audio": {"output": {"format": {"type": "g711_ulaw"}}}},
            },
            "invalid_value",
            "response.audio.output.format.type",
        ),
        ({"type": "response.create", "response": []}, "invalid_type", "response"),
        ({"type": "session.update"}, "missing_required_parameter", "session"),
        ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
        (
            {"type": "session.update", "session": {"type": "realtime", "voice": "marin"}},
            "unknown_parameter",
            "session.voice",
        ),
        (
            {"type": "session.update", "session": {"type": "realtime", "model": "gpt-realtime"}},
            "invalid_value",
            "session.model",
        ),
    ],
)
def test_faulty_events_are_answered_by_an_error_and_the_session_lives_on(
    event: Any, code: str, param: str | None
) -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.recv()
            if isinstance(event, dict):
                event["event_id"] = "mine"
            await connection.send_raw(event if isinstance(event, str) else json.dumps(event))
            error: Any = await connection.recv()
            assert (error.type, error.error.code, error.error.param) == ("error", code, param)
            assert error.error.event_id == ("mine" if isinstance(event, dict) else None)
            await connection.response.create(response=reading("Hello."))
            assert transcript(await until(connection, "response.done")) == "Hello."

    in_world(scenario)


@pytest.mark.parametrize("model", ["gpt-6-luna", "nothing"])
def test_a_wrong_model_is_refused_by_an_event_and_the_socket_closes(model: str) -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=model) as connection:
            error: Any = await connection.recv()
            assert error.error.code == "model_not_found"
            with pytest.raises(ConnectionClosed):
                await connection.recv()

    in_world(scenario)


def test_an_oversized_event_closes_the_socket() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.recv()
            await connection.send_raw(json.dumps({"type": "x" * 3000}))
            with pytest.raises(ConnectionClosed) as closed:
                await connection.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009

    in_world(scenario, OpenAIConditions(realtime_event_bytes=2000))


def test_a_session_expires() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            error = (await until(connection, "error"))[-1].error
            assert error.code == "session_expired"

    in_world(scenario, OpenAIConditions(realtime_session_s=1))


def test_a_text_is_misread_once_on_demand() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            said = []
            for _ in range(2):
                await connection.response.create(response=reading(TEXT))
                said.append(transcript(await until(connection, "response.done")))
        assert said == [TEXT.replace("519", "591"), TEXT]

    in_world(scenario, OpenAIConditions(reword=[("519", "591")]))


def test_a_reader_of_its_own_words_misreads_every_text_the_same_way_for_a_seed() -> None:
    said: list[str] = []

    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            await connection.response.create(response=reading(TEXT))
            said.append(transcript(await until(connection, "response.done")))

    for _ in range(2):
        in_world(scenario, OpenAIConditions(reword_rate=1.0, seed=4))
    assert said[0] == said[1] != TEXT


def test_max_output_tokens_cut_the_response() -> None:
    async def scenario(world: World) -> None:
        async with world.client.realtime.connect(model=MODEL) as connection:
            order = reading(TEXT, max_output_tokens=10)
            await connection.response.create(response=order)
            events = await until(connection, "response.done")
        assert events[-1].response.status == "incomplete"
        assert events[-1].response.status_details.reason == "max_output_tokens"
        assert len(sound(events)) == 4000

    in_world(scenario)


def test_handshakes_fail_on_demand() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await world.client.realtime.connect(model=MODEL).enter()
        assert refused.value.response.status_code == 503
        await (await world.client.realtime.connect(model=MODEL).enter()).close()

    in_world(scenario, OpenAIConditions(voice_fail_next=[503]))


async def spoken(world: World, **request: Any) -> bytes:
    order = {"model": "gpt-4o-mini-tts", "voice": "marin", "response_format": "pcm"} | request
    async with world.client.audio.speech.with_streaming_response.create(**order) as response:
        return await response.read()


def test_speech_by_request_is_24_khz_pcm_that_ears_know() -> None:
    async def scenario(world: World) -> None:
        pcm = await spoken(world, input="Hello there.")
        assert pcm == await world.voices.speak_pcm24k("Hello there.", "en-us+f3")
        wave = await spoken(world, input="Hello there.", response_format="wav")
        assert wave[:4] == b"RIFF"
        assert wave[44:] == pcm

    in_world(scenario)


def test_speech_by_request_streams_after_its_latency() -> None:
    async def scenario(world: World) -> None:
        began = world.clock.monotonic()
        order: Any = {"model": "tts-1", "voice": "alloy", "response_format": "pcm", "input": TEXT}
        async with world.client.audio.speech.with_streaming_response.create(**order) as response:
            chunks = response.iter_bytes(4800)
            await anext(chunks)
            first_s = world.clock.monotonic() - began
            rest = sum([len(chunk) async for chunk in chunks])
        assert first_s >= 1
        assert world.clock.monotonic() - began >= 1 + rest / 48000 / 5 - 0.1

    in_world(scenario, OpenAIConditions(voice_first_byte_s=1))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"extra_body": {"pitch": 2}, "input": "Hi"}, "Unrecognized request argument"),
        ({"input": "x" * 4097}, "string too long"),
        ({"input": ""}, "too short"),
        ({"input": "Hi", "voice": "bob"}, "Supported values are: 'alloy'"),
        ({"input": "Hi", "response_format": "mp3"}, "Invalid value: 'mp3'"),
        ({"input": "Hi", "speed": 9}, "Invalid value: '9'"),
        ({"input": "Hi", "extra_body": {"voice": 3}}, "Invalid type for 'voice'"),
    ],
)
def test_faulty_speech_requests_are_refused(request_: dict[str, Any], words: str) -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.BadRequestError, match=words) as refused:
            await spoken(world, **request_)
        assert refused.value.type == "invalid_request_error"
        assert world.records.of("openai.refused")[0].fields["status"] == 400

    in_world(scenario)


def test_an_unknown_speech_model_is_not_found() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            await spoken(world, input="Hi", model="gpt-6-luna")

    in_world(scenario)


@pytest.mark.parametrize(
    ("status", "error"), [(429, openai.RateLimitError), (503, openai.InternalServerError)]
)
def test_speech_requests_fail_on_demand(status: int, error: type[Exception]) -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(error):
            await spoken(world, input="Hi")
        assert await spoken(world, input="Hi")

    in_world(scenario, OpenAIConditions(voice_fail_next=[status]))


@pytest.mark.parametrize("missing", ["model", "input", "voice"])
def test_required_speech_parameters_are_named(missing: str) -> None:
    async def scenario(world: World) -> None:
        order = {"model": "tts-1", "input": "Hi", "voice": "alloy", "response_format": "pcm"}
        del order[missing]
        headers = {"Authorization": "Bearer a-key"}
        async with aiohttp.ClientSession(world.url, headers=headers) as session:
            response = await session.post("/v1/audio/speech", json=order)
            error = (await response.json())["error"]
        assert (response.status, error["param"]) == (400, missing)

    in_world(scenario)


def test_requests_without_a_key_are_refused() -> None:
    async def scenario(world: World) -> None:
        async with aiohttp.ClientSession(world.url) as session:
            for path in ("/v1/models", "/v1/realtime", "/v1/nothing"):
                response = await session.get(path)
                assert response.status == 401
                error = (await response.json())["error"]
                assert set(error) == {"message", "type", "param", "code"}

    in_world(scenario)


def test_models_tell_when_they_end() -> None:
    async def scenario(world: World) -> None:
        ends = {model.id: model.shutdown_date async for model in world.client.models.list()}
        assert ends["gpt-6-luna"] is None
        assert ends["gpt-realtime-2.1-mini"] is None
        assert ends["tts-1"] == "2027-01-06"
        assert (await world.client.models.retrieve("gpt-6-luna")).id == "gpt-6-luna"
        with pytest.raises(openai.NotFoundError):
            await world.client.models.retrieve("nothing")

    in_world(scenario)
