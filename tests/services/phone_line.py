"""A telephone's audio, played to a recogniser as it would come."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from floyd.services.transcriber.google import GoogleTranscriber
from floyd.services.transcriber.protocol import Listening, Transcript
from floyd.services.transcriber.relay import StreamLife
from floyd.settings import Settings

FRAME_BYTES = 160
BYTES_PER_S = 8000
GOOGLES = StreamLife()


def plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalpha() or letter == " ")


async def play(
    listening: Listening, settings: Settings, mulaw: bytes, frame_bytes: int = FRAME_BYTES
) -> None:
    """Send audio as a telephone does."""
    clock = settings.clock
    began = clock.monotonic()
    for at in range(0, len(mulaw), frame_bytes):
        listening.send(mulaw[at : at + frame_bytes])
        await clock.sleep(max(0.0, began + at / BYTES_PER_S - clock.monotonic()))


async def until_final(listening: Listening, count: int = 1) -> list[Transcript]:
    heard: list[Transcript] = []
    async with aclosing(listening.transcripts()) as transcripts:
        async for transcript in transcripts:
            heard.append(transcript)
            if sum(each.is_final for each in heard) == count:
                break
    return heard


def listen(
    settings: Settings,
    scenario: Callable[[Listening], Awaitable[None]],
    *phrases: str,
    life: StreamLife = GOOGLES,
) -> None:
    async def run() -> None:
        transcriber = GoogleTranscriber(settings, settings.clock, life)
        listening = transcriber.listen(phrases)
        try:
            async with asyncio.timeout(60):
                await scenario(listening)
        finally:
            await listening.close()
            await transcriber.close()

    asyncio.run(run())


def finals_of(settings: Settings, mulaw: bytes, count: int = 1) -> list[str]:
    finals: list[str] = []

    async def scenario(listening: Listening) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(play(listening, settings, mulaw))
            reading = group.create_task(until_final(listening, count))
        finals.extend(plain(each.text) for each in reading.result() if each.is_final)

    listen(settings, scenario)
    return finals
