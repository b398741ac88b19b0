"""Is there a telephone at the other end? Its messages are counted in, doubts come out; pure."""

from floyd.calls.audio import seconds
from floyd.calls.media_stream import Audio

# Twilio sends 50 messages a second. Sound that runs ahead of the clock, or more messages than sound
# could need, is no telephone.
_AHEAD_AT_MOST_S = 15.0
_MESSAGES_A_SECOND_AT_MOST = 200
_MESSAGES_TO_BEGIN_WITH = 1_000


class LineWatch:
    """Judges a media stream by its messages."""

    def __init__(self) -> None:
        self._messages = 0
        self._messages_before = 0
        self._quiet_looks = 0
        self._sound_s = 0.0
        self._latest_ms = -1

    def message_came(self) -> None:
        """Note a message of any kind."""
        self._messages += 1

    def is_new(self, audio: Audio) -> bool:
        """Note sound; return False for what came already and was doubled on its way."""
        self._sound_s += seconds(audio.mulaw)
        if audio.at_ms <= self._latest_ms:
            return False
        self._latest_ms = audio.at_ms
        return True

    def is_flood(self, now_s: float) -> bool:
        """Return whether more has come than a telephone sends."""
        allowed = _MESSAGES_TO_BEGIN_WITH + now_s * _MESSAGES_A_SECOND_AT_MOST
        return self._sound_s > now_s + _AHEAD_AT_MOST_S or self._messages > allowed

    def is_dead(self) -> bool:
        """Return whether nothing came between the last looks; to be asked every few seconds.

        Twilio sends sound all the time. Two looks, because after a stall of our own what came
        meanwhile is read only behind the first.
        """
        self._quiet_looks = 0 if self._messages > self._messages_before else self._quiet_looks + 1
        self._messages_before = self._messages
        return self._quiet_looks >= 2
