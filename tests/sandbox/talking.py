"""Floyd's side of a call, as a script plays it: hears turns, says sentences."""

import base64
from collections.abc import AsyncIterator

from floyd.sandbox.people.turn_taking import Happening, TurnHeard, TurnTaking
from floyd.sandbox.sound import HeardWord
from tests.sandbox.running import MediaSocket, Sandbox


class Talker:
    """A customer on a media stream that listens with the sandbox's ears and has a voice."""

    def __init__(self, sandbox: Sandbox, media: MediaSocket) -> None:
        self._voices = sandbox.world.household.voices
        self._media = media
        self._ears = self._voices.ears()
        self._turns = TurnTaking(patience_ms=400, silence_ms=60_000, yields_after_ms=10_000)
        self.heard: list[str] = []
        self.words: list[str] = []

    async def say(self, text: str) -> None:
        clip = await self._voices.speak(text)
        for start in range(0, len(clip.mulaw), 1000):
            audio = base64.b64encode(clip.mulaw[start : start + 1000]).decode()
            await self._media.send("media", media={"payload": audio})

    async def hear_word(self) -> None:
        """Wait for the callee's first word."""
        async for words, _ in self._listen():
            if words:
                return

    async def hear_turn(self) -> str | None:
        """What the callee says next; None when the call is over."""
        async for _, happening in self._listen():
            if isinstance(happening, TurnHeard):
                self.heard.append(happening.text)
                return happening.text
        return None

    async def _listen(self) -> AsyncIterator[tuple[list[HeardWord], Happening | None]]:
        while (message := await self._media.read()) is not None:
            if message["event"] != "media":
                continue
            words = self._ears.hear(base64.b64decode(message["media"]["payload"]))
            self.words += [word.text for word in words]
            now_ms, speaking = self._ears.position_ms, self._ears.speaking
            yield words, self._turns.on_frame(now_ms, words, they_speak=speaking, i_speak=False)
