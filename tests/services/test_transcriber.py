"""The recogniser through Google's client, on the wire."""

import asyncio
from contextlib import aclosing

import pytest

from floyd.errors import TranscriberError
from floyd.services.transcriber.protocol import Listening, Transcript
from floyd.settings import Settings
from tests.conftest import free_port
from tests.services.conftest import SILENCE, Speech
from tests.services.phone_line import finals_of, listen, plain, play, until_final

TEXT = "Maple School, good morning, how can I help you?"
PLAIN = "maple school good morning how can i help you"


def test_interim_transcripts_grow_into_a_punctuated_final_one(
    speech_settings: Settings, speech: Speech
) -> None:
    audio = SILENCE + speech.clip(TEXT).mulaw + 4 * SILENCE

    async def scenario(listening: Listening) -> None:
        playing = asyncio.create_task(play(listening, speech_settings, audio))
        *interims, final = await until_final(listening)
        playing.cancel()
        assert final == Transcript(TEXT, is_final=True)
        assert len(interims) > 3
        assert all(PLAIN.startswith(plain(each.text)) for each in interims)

    listen(speech_settings, scenario, "Maple School")


def test_each_utterance_gets_its_own_final(speech_settings: Settings, speech: Speech) -> None:
    audio = speech.clip("Good morning.").mulaw + 4 * SILENCE + speech.clip(TEXT).mulaw + 4 * SILENCE
    assert finals_of(speech_settings, audio, 2) == ["good morning", PLAIN]


@pytest.mark.parametrize("limit_s", [5.0, 5.7, 6.4])
def test_no_word_is_lost_or_doubled_when_google_ends_its_streams(
    speech_settings: Settings, speech: Speech, limit_s: float
) -> None:
    speech.google.stream_limit_s = limit_s
    said = [TEXT, "Her class is three B.", "She is sick today.", "Thank you and goodbye."]
    audio = b"".join(speech.clip(text).mulaw + 4 * SILENCE for text in said)

    assert finals_of(speech_settings, audio, 4) == [plain(text) for text in said]
    assert len(speech.records.of("google.stream_started")) > 1


def test_a_recogniser_that_is_away_for_a_while_loses_nothing(
    speech_settings: Settings, speech: Speech
) -> None:
    speech.google.unavailable_next = 3
    audio = speech.clip(TEXT).mulaw + 4 * SILENCE
    assert finals_of(speech_settings, audio) == [PLAIN]


def test_a_stream_that_breaks_in_mid_word_loses_nothing(
    speech_settings: Settings, speech: Speech
) -> None:
    audio = speech.clip(TEXT).mulaw + 4 * SILENCE
    finals: list[str] = []

    async def scenario(listening: Listening) -> None:
        playing = asyncio.create_task(play(listening, speech_settings, audio))
        async with aclosing(listening.transcripts()) as transcripts:
            async for transcript in transcripts:
                if transcript.is_final:
                    finals.append(plain(transcript.text))
                    break
                if "good" in transcript.text and not speech.google.unavailable:
                    speech.google.unavailable = True
                    await speech_settings.clock.sleep(1)
                    speech.google.unavailable = False
        await playing

    listen(speech_settings, scenario)
    assert finals == [PLAIN]


def test_a_recogniser_that_stays_away_is_given_up_after_thirteen_seconds(
    speech_settings: Settings, speech: Speech
) -> None:
    speech.google.unavailable = True
    clock = speech_settings.clock

    async def scenario(listening: Listening) -> None:
        began = clock.monotonic()
        with pytest.raises(TranscriberError) as caught:
            await until_final(listening)
        assert 13 <= clock.monotonic() - began < 25
        assert caught.value.retryable

    listen(speech_settings, scenario)


def test_a_recogniser_that_nobody_serves_is_given_up(speech_settings: Settings) -> None:
    nowhere = {"google_speech_endpoint": f"http://127.0.0.1:{free_port()}"}

    async def scenario(listening: Listening) -> None:
        with pytest.raises(TranscriberError):
            await until_final(listening)

    listen(speech_settings.model_copy(update=nowhere), scenario)


def test_closing_ends_the_transcripts(speech_settings: Settings, speech: Speech) -> None:
    async def scenario(listening: Listening) -> None:
        listening.send(speech.clip(TEXT).mulaw)
        reading = asyncio.create_task(until_final(listening))
        await asyncio.to_thread(wait_for_a_stream, speech)
        await listening.close()
        heard = await reading
        assert all(PLAIN.startswith(plain(each.text)) for each in heard)
        await asyncio.to_thread(speech.loop.run, speech.records.first("google.stream_ended"))
        assert len(speech.records.of("google.stream_started")) == 1

    listen(speech_settings, scenario)


def test_a_stream_that_is_too_quiet_lives_on(speech_settings: Settings, speech: Speech) -> None:
    """Google ends a stream that hears nothing for ten seconds: a stalled socket sends nothing."""

    async def scenario(listening: Listening) -> None:
        reading = asyncio.create_task(until_final(listening))
        await speech_settings.clock.sleep(25)
        await play(listening, speech_settings, speech.clip(TEXT).mulaw + 4 * SILENCE)
        assert plain((await reading)[-1].text) == PLAIN

    listen(speech_settings, scenario)


def wait_for_a_stream(speech: Speech) -> None:
    speech.loop.run(speech.records.first("google.stream_started"))
