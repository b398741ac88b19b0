"""Reading a clause aloud, word for word: what a voice said is held against what it was given."""

from floyd.errors import VoiceError
from floyd.services.voice.protocol import Speaking
from floyd.services.voice.reading import compare

READINGS_AT_MOST = 3


async def read_aloud(voice: Speaking, text: str) -> bytes:
    """Return the speech of a text as 8 kHz mu-law, once the voice has read it rightly.

    Raises:
        VoiceError: it failed, or misread the text every time.
    """
    for _ in range(READINGS_AT_MOST):
        sound, said = bytearray(), ""
        async for piece in voice.speak(text):
            sound += piece.mulaw
            said += piece.words
        if not compare(text, said).harmful:
            return bytes(sound)
    raise VoiceError("the voice misreads the text")
