"""Any server with OpenAI's `/v1/audio/speech`: an exact reader, made fit for the phone."""

from collections.abc import AsyncGenerator
from functools import cached_property

from floyd.clock import Clock
from floyd.errors import VoiceError
from floyd.services import openai_client
from floyd.services.voice.protocol import Speaking, Spoken
from floyd.services.voice.telephone_sound import TelephoneSound
from floyd.settings import Settings


class SpeechEndpointVoice:
    """Opens exact readers. Belongs to the loop on which it is first used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def open(self) -> Speaking:
        """Return a reader; each text is a request of its own, so there is nothing to warm up."""
        return _ExactReader(self._client, self._settings)

    def warm_up(self) -> None:
        """Make the client now."""
        _ = self._client

    async def close(self) -> None:
        """Let go of the connections."""
        if "_client" in vars(self):
            await self._client.close()

    @cached_property
    def _client(self) -> openai_client.LiveClient:
        return openai_client.voice_client(self._settings, self._clock)


class _ExactReader:
    """A voice that says what it is given: the text itself is the transcript."""

    def __init__(self, client: openai_client.LiveClient, settings: Settings) -> None:
        self._requests = client.audio.speech.with_streaming_response
        self._model = settings.floyd_voice_model
        self._voice_name = settings.floyd_voice_name

    async def speak(self, text: str) -> AsyncGenerator[Spoken]:
        """Yield the speech of a text as it comes."""
        sound, words = TelephoneSound(), text
        with openai_client.service_errors(VoiceError, "speak"):
            async with self._requests.create(
                input=text, model=self._model, voice=self._voice_name, response_format="pcm"
            ) as response:
                async for pcm in response.iter_bytes():
                    if mulaw := sound.convert(pcm):
                        yield Spoken(mulaw, words)
                        words = ""
        if words:
            raise VoiceError("the voice gave no sound", retryable=True)
        yield Spoken(sound.convert(b"", last=True), "")

    async def close(self) -> None:
        """Nothing is kept between texts."""
