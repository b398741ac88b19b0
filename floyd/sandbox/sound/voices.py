"""The voices of the sandbox: text in, clips out, each one known to all ears."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from floyd.sandbox.sound.clip import Clip
from floyd.sandbox.sound.ears import Ears
from floyd.sandbox.sound.library import ClipLibrary
from floyd.sandbox.sound.rendering import Speech, say

_Spoken = tuple[str, str, int]


class Voices:
    """Speaks by espeak-ng and remembers what it said.

    Args:
        memory: A file that takes what was spoken (JSON lines). A sandbox that is started again
            with it still recognises audio that others kept. None: nothing is kept.
    """

    def __init__(self, memory: Path | None = None) -> None:
        self._library = ClipLibrary()
        self._speeches: dict[_Spoken, Speech] = {}
        self._memory = memory
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
        if memory is not None and memory.exists():
            self._recall(memory)

    async def speak(self, text: str, voice: str = "en-us", *, words_per_minute: int = 175) -> Clip:
        """Says the text as the telephone carries it.

        Raises:
            UnknownVoiceError: espeak-ng has no such voice.
        """
        return (await self._speech((text, voice, words_per_minute))).clip

    async def speak_pcm24k(
        self, text: str, voice: str = "en-us", *, words_per_minute: int = 175
    ) -> bytes:
        """Says the text as 24 kHz 16-bit little-endian mono PCM.

        Raises:
            UnknownVoiceError: espeak-ng has no such voice.
        """
        return (await self._speech((text, voice, words_per_minute))).pcm24k

    def ears(self) -> Ears:
        """Ears for one stream."""
        return Ears(self._library)

    def close(self) -> None:
        """Ends the voices' thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _speech(self, spoken: _Spoken) -> Speech:
        speech = self._speeches.get(spoken)
        if speech is None:
            loop = asyncio.get_running_loop()
            speech = await loop.run_in_executor(self._thread, say, *spoken)
            speech = self._keep(spoken, speech)
        self._library.add(speech.clip)
        return speech

    def _keep(self, spoken: _Spoken, speech: Speech) -> Speech:
        kept = self._speeches.setdefault(spoken, speech)
        if kept is speech and self._memory is not None:
            with self._memory.open("a", encoding="utf-8") as file:
                file.write(json.dumps(spoken) + "\n")
        return kept

    def _recall(self, memory: Path) -> None:
        for line in memory.read_text(encoding="utf-8").splitlines():
            text, voice, words_per_minute = json.loads(line)
            speech = self._thread.submit(say, text, voice, words_per_minute).result()
            self._speeches[text, voice, words_per_minute] = speech
            self._library.add(speech.clip)
