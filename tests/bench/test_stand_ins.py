"""The bench's stand-ins, met by Floyd's own clients: the words are right, and so are the times."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bench.conversation import reply_to
from bench.speech import FRAME_BYTES, SILENCE, Vocabulary
from bench.stand_ins.process import StandIns, stand_ins
from bench.written_sound import Reader, sound_of
from floyd.prompts.schemas import Understanding
from floyd.services.model.openai_chat import OpenAITalker, OpenAIThinker
from floyd.services.transcriber.google import GoogleTranscriber
from floyd.services.voice.openai_realtime import RealtimeVoice
from floyd.settings import Settings

FRAME_S = 0.02
# A busy machine is later than the stand-ins: only the least is theirs.
LATE_S = 2.0


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(seed=0, orders=5)


@asynccontextmanager
async def running(vocabulary: Vocabulary, settings: Settings) -> AsyncIterator[Settings]:
    async with stand_ins(list(vocabulary.clips())) as services:
        yield settings.model_copy(update=addresses(services))
        assert set(await services.lags()) == {"recogniser", "model", "voice"}


def addresses(services: StandIns) -> dict[str, str]:
    return {
        "google_speech_endpoint": f"http://127.0.0.1:{services.recogniser.port}",
        "openai_base_url": f"http://127.0.0.1:{services.model.port}/v1",
        "floyd_voice_base_url": f"http://127.0.0.1:{services.voice.port}/v1",
    }


def test_floyds_clients_are_served_with_the_words_and_in_the_times_of_the_bench(
    vocabulary: Vocabulary, settings: Settings
) -> None:
    async def meet() -> None:
        async with running(vocabulary, settings) as served:
            await hear(vocabulary, served)
            await talk(served)
            await speak(served)
            await asyncio.to_thread(think, served)

    asyncio.run(meet())


async def hear(vocabulary: Vocabulary, settings: Settings) -> None:
    transcriber = GoogleTranscriber(settings, settings.clock)
    listening = transcriber.listen([])
    utterance = vocabulary.needs(4, 0)

    async def say() -> float:
        for frame in utterance.frames:
            listening.send(frame)
            await asyncio.sleep(FRAME_S)
        ended_s = time.monotonic()
        for _ in range(20):
            listening.send(SILENCE)
            await asyncio.sleep(FRAME_S)
        return ended_s

    saying = asyncio.create_task(say())
    texts = []
    async for transcript in listening.transcripts():
        texts.append(transcript.text)
        if transcript.is_final:
            break
    final_s = time.monotonic() - await saying
    assert texts[-1] == utterance.text
    assert texts[-2] == "order 4 needs fresh bread"
    assert len(texts) > 5
    assert 0.2 <= final_s <= LATE_S
    await listening.close()
    await transcriber.close()


async def talk(settings: Settings) -> None:
    talker = OpenAITalker(settings, settings.clock)
    messages = [
        {"role": "user", "content": '{"plan": {}}'},
        {"role": "user", "content": '{"callee_said": "order 4 needs oat milk"}'},
    ]
    asked_s, first_s, reply = time.monotonic(), 0.0, ""
    async for piece in talker.reply(messages, ()):
        first_s = first_s or time.monotonic() - asked_s
        reply += str(piece)
    assert reply == reply_to("order 4 needs oat milk")
    assert 0.35 <= first_s <= LATE_S
    assert 0.7 <= time.monotonic() - asked_s
    await talker.close()


async def speak(settings: Settings) -> None:
    voice = RealtimeVoice(settings, settings.clock)
    speaking = await voice.open()
    asked_s, first_s, words, sound = time.monotonic(), 0.0, "", b""
    async for piece in speaking.speak("I noted oat milk."):
        first_s = first_s or time.monotonic() - asked_s
        words += piece.words
        sound += piece.mulaw
    assert words == "I noted oat milk."
    assert sound == sound_of(words)
    assert len(sound) % FRAME_BYTES == 0
    assert Reader().feed(sound) == [words]
    assert 0.2 <= first_s <= LATE_S
    await speaking.close()
    await voice.close()


def think(settings: Settings) -> None:
    thinker = OpenAIThinker(settings, settings.clock)
    text = "Please call Maple School and tell them that Mara is sick today."
    understood = thinker.think("Understand.", {"text": text}, Understanding)
    assert [wish.kind for wish in understood.wishes] == ["new_errand"]
