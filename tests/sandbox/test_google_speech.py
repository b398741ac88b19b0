"""The stand-in through Google's own client."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud.speech_v1 import (
    RecognitionConfig,
    SpeechAsyncClient,
    StreamingRecognitionConfig,
    StreamingRecognizeRequest,
    StreamingRecognizeResponse,
)
from google.cloud.speech_v1.services.speech.transports import SpeechGrpcAsyncIOTransport

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.google import GoogleConditions, GoogleSpeech
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices, mulaw

TEXT = "Maple School, good morning, how can I help you?"
PLAIN = "maple school good morning how can i help you"
MULAW = RecognitionConfig.AudioEncoding.MULAW
LINEAR16 = RecognitionConfig.AudioEncoding.LINEAR16
BATCH = 320
SCALE = 10.0
Config = StreamingRecognitionConfig
Request = StreamingRecognizeRequest


@dataclass
class World:
    client: SpeechAsyncClient
    voices: Voices
    clock: SandboxClock
    conditions: GoogleConditions
    records: Records
    streamed: dict[str, float] = field(default_factory=dict)

    async def results(
        self, requests: AsyncIterator[Request]
    ) -> list[tuple[float, StreamingRecognizeResponse]]:
        """Every response with its sandbox time since the start of the audio."""
        responses = await self.client.streaming_recognize(requests=requests, retry=None)
        return [
            (self.clock.monotonic() - self.streamed.get("began", 0), response)
            async for response in responses
        ]


async def in_world(
    scenario: Callable[[World], Awaitable[None]], conditions: GoogleConditions | None = None
) -> None:
    conditions = conditions or GoogleConditions()
    clock, voices = SandboxClock(SCALE, time.time()), Voices()
    records = Records(clock)
    service = GoogleSpeech(voices, conditions, clock, records)
    port = await service.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        client = SpeechAsyncClient(transport=SpeechGrpcAsyncIOTransport(channel=channel))
        try:
            await scenario(World(client, voices, clock, conditions, records))
        finally:
            await service.stop()
            voices.close()


def configured(**streaming: Any) -> StreamingRecognitionConfig:
    recognition: dict[str, Any] = {
        "encoding": MULAW,
        "sample_rate_hertz": 8000,
        "language_code": "en-US",
        "model": "telephony",
    }
    recognition |= streaming.pop("config", {})
    return Config(config=RecognitionConfig(**recognition), **{"interim_results": True} | streaming)


async def live(world: World, config: Config, audio: bytes) -> AsyncIterator[Request]:
    """The configuration, then the audio in batches of 40 ms at the speed of its sound."""
    yield Request(streaming_config=config)
    world.streamed["began"] = began = world.clock.monotonic()
    for at in range(0, len(audio), BATCH):
        sounded_s = (at + BATCH) / 8000
        await world.clock.sleep(max(0.0, began + sounded_s - world.clock.monotonic()))
        yield Request(audio_content=audio[at : at + BATCH])


async def at_once(*requests: Request) -> AsyncIterator[Request]:
    for request in requests:
        yield request


def transcript(response: StreamingRecognizeResponse) -> str:
    return "".join(result.alternatives[0].transcript for result in response.results)


def silence(seconds: float) -> bytes:
    return bytes([mulaw.SILENCE]) * int(seconds * 8000)


def finals(
    responses: list[tuple[float, StreamingRecognizeResponse]],
) -> list[tuple[float, StreamingRecognizeResponse]]:
    return [(at, r) for at, r in responses if r.results and r.results[0].is_final]


def interims(
    responses: list[tuple[float, StreamingRecognizeResponse]],
) -> list[tuple[float, StreamingRecognizeResponse]]:
    return [(at, r) for at, r in responses if r.results and not r.results[0].is_final]


def test_interim_results_grow_while_speech_goes_on_and_the_last_one_is_complete() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak(TEXT)
        audio = silence(0.5) + clip.mulaw + silence(1.5)
        got = interims(await world.results(live(world, configured(), audio)))
        texts = [transcript(response) for _, response in got]
        assert texts[-1] == PLAIN
        assert len(texts) > clip.duration_ms / 150
        assert all(PLAIN.startswith(text) for text in texts)
        assert all(response.results[0].stability > 0 for _, response in got)
        speech_end_s = 0.5 + clip.duration_ms / 1000
        assert speech_end_s + 0.08 <= got[-1][0] < speech_end_s + 0.4
        for at, response in got:
            assert at >= response.results[0].result_end_time.total_seconds()

    asyncio.run(in_world(scenario))


def test_final_has_punctuation_and_word_times_and_comes_late() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak(TEXT)
        config = configured(
            config={"enable_automatic_punctuation": True, "enable_word_time_offsets": True}
        )
        audio = silence(0.5) + clip.mulaw + silence(1.5)
        [(at, response)] = finals(await world.results(live(world, config, audio)))
        [result] = response.results
        assert result.alternatives[0].transcript == TEXT
        assert result.alternatives[0].confidence > 0.8
        assert [info.word for info in result.alternatives[0].words] == TEXT.split()
        first = result.alternatives[0].words[0]
        assert first.start_time.total_seconds() == pytest.approx(0.5, abs=0.01)
        speech_end_s = 0.5 + clip.duration_ms / 1000
        assert result.result_end_time.total_seconds() == pytest.approx(speech_end_s, abs=0.05)
        assert speech_end_s + 0.68 <= at < speech_end_s + 1.2

    asyncio.run(in_world(scenario))


def test_plain_finals_follow_each_utterance_and_the_second_begins_with_a_space() -> None:
    async def scenario(world: World) -> None:
        one, two = await world.voices.speak("Hello?"), await world.voices.speak("Who is this?")
        audio = one.mulaw + silence(1.2) + two.mulaw + silence(1.2)
        config = configured(interim_results=False)
        responses = await world.results(live(world, config, audio))
        assert [transcript(response) for _, response in finals(responses)] == [
            "hello",
            " who is this",
        ]
        assert interims(responses) == []
        assert responses[-1][1].total_billed_time.total_seconds() >= 3

    asyncio.run(in_world(scenario))


def test_linear_samples_in_odd_pieces_are_recognised() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak("Hello?")
        pcm = mulaw.decode(clip.mulaw).tobytes()
        pieces = [Request(audio_content=pcm[at : at + 999]) for at in range(0, len(pcm), 999)]
        config = Request(streaming_config=configured(config={"encoding": LINEAR16}))
        responses = await world.results(at_once(config, *pieces))
        assert transcript(finals(responses)[0][1]) == "hello"

    asyncio.run(in_world(scenario))


def test_voice_activity_events_come_for_sound_without_words() -> None:
    async def scenario(world: World) -> None:
        audio = silence(0.4) + bytes(range(0x20, 0x30)) * 400 + silence(1)
        config = configured(enable_voice_activity_events=True)
        responses = [response for _, response in await world.results(live(world, config, audio))]
        events = [response.speech_event_type.name for response in responses[:-1]]
        assert events == ["SPEECH_ACTIVITY_BEGIN", "SPEECH_ACTIVITY_END"]
        assert responses[0].speech_event_time.total_seconds() == pytest.approx(0.4, abs=0.03)
        assert not any(response.results for response in responses)

    asyncio.run(in_world(scenario))


def test_single_utterance_ends_the_stream_after_its_final() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak("Hello?")
        config = configured(single_utterance=True)

        async def never_hung_up() -> AsyncIterator[Request]:
            async for request in live(world, config, clip.mulaw + silence(0.7)):
                yield request
            await world.records.first("google.stream_ended")

        responses = await world.results(never_hung_up())
        assert len(finals(responses)) == 1
        kinds = [response.speech_event_type.name for _, response in responses]
        assert "END_OF_SINGLE_UTTERANCE" in kinds

    asyncio.run(in_world(scenario))


def test_word_errors_and_revisions_are_the_same_for_the_same_seed() -> None:
    said: list[list[str]] = []

    async def scenario(world: World) -> None:
        clip = await world.voices.speak(TEXT)
        pieces = [
            Request(audio_content=clip.mulaw[at : at + BATCH])
            for at in range(0, len(clip.mulaw), BATCH)
        ]
        config = Request(streaming_config=configured())
        said.append([transcript(r) for _, r in await world.results(at_once(config, *pieces))])

    for _ in range(2):
        conditions = GoogleConditions(word_error_rate=0.4, revise_rate=0.5, seed=5)
        asyncio.run(in_world(scenario, conditions))
    assert said[0] == said[1]
    final = said[0][-2]
    assert final != PLAIN
    assert len(final.split()) >= len(PLAIN.split())


def test_a_misheard_newest_word_is_corrected_and_never_in_the_last_interim() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak(TEXT)
        audio = clip.mulaw + silence(1)
        got = interims(await world.results(live(world, configured(), audio)))
        revised = [response for _, response in got if not PLAIN.startswith(transcript(response))]
        assert revised
        assert all(response.results[-1].stability < 0.5 for response in revised)
        assert transcript(got[-1][1]) == PLAIN

    asyncio.run(in_world(scenario, GoogleConditions(revise_rate=0.5)))


def test_the_last_whole_word_of_cut_off_speech_is_shown_before_the_final() -> None:
    async def scenario(world: World) -> None:
        clip = await world.voices.speak(TEXT)
        for word, following in zip(clip.words, clip.words[1:], strict=False):
            cut = clip.mulaw[: (following.start_ms + 20) * 8]
            audio = [cut[at : at + BATCH] for at in range(0, len(cut), BATCH)]
            pieces = [Request(audio_content=piece) for piece in [*audio, silence(1)]]
            config = Request(streaming_config=configured())
            responses = await world.results(at_once(config, *pieces))
            shown = transcript(interims(responses)[-1][1])
            assert shown == transcript(finals(responses)[0][1])
            assert shown.endswith(word.text.strip(",").lower())

    asyncio.run(in_world(scenario))


CONFIG = Request(streaming_config=configured())
AUDIO = Request(audio_content=silence(0.04))


@pytest.mark.parametrize(
    ("requests", "words"),
    [
        ([AUDIO], "Expected streaming_config"),
        ([CONFIG, CONFIG], "Expected audio_content"),
        ([CONFIG, Request()], "Expected audio_content"),
        ([CONFIG, Request(audio_content=b"x" * 25_601)], "maximum of 25600 bytes"),
        ([Request(streaming_config=configured(config={"encoding": 0}))], "bad encoding"),
        ([Request(streaming_config=configured(config={"encoding": 2}))], "bad encoding"),
        (
            [Request(streaming_config=configured(config={"sample_rate_hertz": 0}))],
            "bad sample rate",
        ),
        (
            [Request(streaming_config=configured(config={"language_code": ""}))],
            "bad language code",
        ),
        ([Request(streaming_config=configured(config={"model": "gpt"}))], "bad model"),
    ],
)
def test_malformed_streams_are_refused_in_googles_words(
    requests: list[Request], words: str
) -> None:
    async def scenario(world: World) -> None:
        assert words in await refusal(world, at_once(*requests), exceptions.InvalidArgument)

    asyncio.run(in_world(scenario))


def test_a_stream_without_audio_times_out() -> None:
    async def scenario(world: World) -> None:
        async def silent() -> AsyncIterator[Request]:
            yield CONFIG
            yield AUDIO
            await asyncio.Event().wait()

        began = world.clock.monotonic()
        with pytest.raises(exceptions.OutOfRange, match="Audio Timeout Error"):
            await world.results(silent())
        assert world.clock.monotonic() - began >= 10

    asyncio.run(in_world(scenario))


def test_a_stream_ends_at_its_limit() -> None:
    async def scenario(world: World) -> None:
        audio = live(world, configured(), silence(6))
        assert "stream duration of 3 seconds" in await refusal(world, audio, exceptions.OutOfRange)

    asyncio.run(in_world(scenario, GoogleConditions(stream_limit_s=3)))


def test_the_next_streams_are_refused_on_demand() -> None:
    async def scenario(world: World) -> None:
        for _ in range(2):
            await refusal(world, at_once(CONFIG, AUDIO), exceptions.ServiceUnavailable)
        assert await world.results(at_once(CONFIG, AUDIO))

    asyncio.run(in_world(scenario, GoogleConditions(unavailable_next=2)))


def test_the_next_streams_meet_a_used_up_quota_on_demand() -> None:
    async def scenario(world: World) -> None:
        await refusal(world, at_once(CONFIG, AUDIO), exceptions.ResourceExhausted)
        assert await world.results(at_once(CONFIG, AUDIO))

    asyncio.run(in_world(scenario, GoogleConditions(exhausted_next=1)))


def test_audio_far_ahead_of_real_time_breaks_the_stream() -> None:
    async def scenario(world: World) -> None:
        seconds = [Request(audio_content=silence(1)) for _ in range(10)]
        assert "too fast" in await refusal(world, at_once(CONFIG, *seconds), exceptions.OutOfRange)

    asyncio.run(in_world(scenario, GoogleConditions(ahead_limit_s=5)))


def test_a_dead_network_holds_what_is_sent_until_it_lives_again() -> None:
    async def scenario(world: World) -> None:
        world.conditions.network_dead = True
        began = world.clock.monotonic()

        async def revive() -> None:
            await world.clock.sleep(5)
            world.conditions.network_dead = False

        reviving = asyncio.create_task(revive())
        assert await world.results(at_once(CONFIG, AUDIO))
        assert world.clock.monotonic() - began >= 5
        await reviving

    asyncio.run(in_world(scenario))


def test_running_streams_break_on_demand() -> None:
    async def scenario(world: World) -> None:
        async def broken() -> AsyncIterator[Request]:
            yield CONFIG
            yield AUDIO
            world.conditions.unavailable = True
            yield AUDIO

        assert "unavailable" in await refusal(world, broken(), exceptions.ServiceUnavailable)

    asyncio.run(in_world(scenario))


async def refusal(
    world: World, requests: AsyncIterator[Request], error: type[exceptions.GoogleAPICallError]
) -> str:
    """Expects the stream to be refused; returns the service's words.

    A status that comes while grpc's client is writing is sometimes lost there: the client then
    raises "Internal error from Core", with the real service too.
    """
    with pytest.raises((error, exceptions.InternalServerError)):
        await world.results(requests)
    ended = world.records.of("google.stream_ended")[-1].fields
    assert getattr(grpc.StatusCode, ended["code"]) is error.grpc_status_code
    return str(ended["details"])
