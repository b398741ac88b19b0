"""The voices of the sandbox: text in, clips out, each one known to all ears."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from floyd.sandbox.sound.clip import Clip
from floyd.sandbox.sound.ears import Ears
from floyd.sandbox.sound.library import ClipLibrary
from floyd.sandbox.sound.rendering import say, say_wide

_Spoken = tuple[str, str, int]
_Sound = TypeVar("_Sound", Clip, bytes)

_KEPT_CLIPS = 1000
_KEPT_WIDE = 50
# A clip takes some 10 ms to render: a start shall not take longer than a few seconds.
_RECALLED_TEXTS = 300


class Voices:
    """Speaks by espeak-ng and remembers what it said.

    Args:
        memory: A file that takes what was spoken (JSON lines). A sandbox that is started again
            with it still recognises audio that others kept. None: nothing is kept.
    """

    def __init__(self, memory: Path | None = None) -> None:
        self._library = ClipLibrary()
        self._clips: OrderedDict[_Spoken, Clip] = OrderedDict()
        self._wide: OrderedDict[_Spoken, bytes] = OrderedDict()
        self._memory = memory
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
        if memory is not None and memory.exists():
            self._recall(memory)

    async def speak(self, text: str, voice: str = "en-us", *, words_per_minute: int = 175) -> Clip:
        """Says the text as the telephone carries it.

        Raises:
            UnknownVoiceError: espeak-ng has no such voice.
        """
        spoken = (text, voice, words_per_minute)
        if spoken not in self._clips:
            clip = await self._rendered(say, spoken)
            self._note(spoken)
            self._clips.setdefault(spoken, clip)
        self._library.add(self._clips[spoken])
        return _kept(self._clips, spoken, _KEPT_CLIPS)

    async def speak_pcm24k(
        self, text: str, voice: str = "en-us", *, words_per_minute: int = 175
    ) -> bytes:
        """Says the text as 24 kHz 16-bit little-endian mono PCM; ears know that too.

        Raises:
            UnknownVoiceError: espeak-ng has no such voice.
        """
        await self.speak(text, voice, words_per_minute=words_per_minute)
        spoken = (text, voice, words_per_minute)
        if spoken not in self._wide:
            self._wide[spoken] = await self._rendered(say_wide, spoken)
        return _kept(self._wide, spoken, _KEPT_WIDE)

    def ears(self) -> Ears:
        """Ears for one stream."""
        return Ears(self._library)

    def close(self) -> None:
        """Ends the voices' thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    async def _rendered(self, render: Callable[[str, str, int], _Sound], spoken: _Spoken) -> _Sound:
        return await asyncio.get_running_loop().run_in_executor(self._thread, render, *spoken)

    def _note(self, spoken: _Spoken) -> None:
        if self._memory is not None and spoken not in self._clips:
            with self._memory.open("a", encoding="utf-8") as file:
                file.write(json.dumps(spoken) + "\n")

    def _recall(self, memory: Path) -> None:
        lines = dict.fromkeys(memory.read_text(encoding="utf-8").splitlines())
        for line in list(lines)[-_RECALLED_TEXTS:]:
            with contextlib.suppress(ValueError):  # a line that a crash has cut off
                text, voice, words_per_minute = json.loads(line)
                clip = self._thread.submit(say, text, voice, words_per_minute).result()
                self._clips[text, voice, words_per_minute] = clip
                self._library.add(clip)


def _kept(cache: OrderedDict[_Spoken, _Sound], spoken: _Spoken, most: int) -> _Sound:
    """The cached sound, now the most recent one of so many."""
    cache.move_to_end(spoken)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[spoken]
