"""The services that Floyd stands on, each a small protocol beside its implementations.

`build` makes them; everybody else is handed one of the two bundles below.
"""

from dataclasses import dataclass

from redis import Redis

from floyd.clock import Clock
from floyd.services.directory.protocol import Directory
from floyd.services.model.protocol import Talker, Thinker
from floyd.services.telephony.protocol import Telephony
from floyd.services.transcriber.protocol import Transcriber
from floyd.services.voice.protocol import Voice
from floyd.settings import Settings


@dataclass(frozen=True)
class Services:
    """What jobs and webhooks work with."""

    settings: Settings
    clock: Clock
    redis: Redis
    telephony: Telephony
    thinker: Thinker
    directory: Directory


@dataclass(frozen=True)
class LiveServices:
    """What live calls work with; the last three belong to the loop that runs the calls."""

    settings: Settings
    clock: Clock
    redis: Redis
    telephony: Telephony
    talker: Talker
    transcriber: Transcriber
    voice: Voice

    def warm_up(self) -> None:
        """Make all clients now; to be called on the loop that runs the calls."""
        self.talker.warm_up()
        self.transcriber.warm_up()
        self.voice.warm_up()

    async def close(self) -> None:
        """Let go of the connections of the loop."""
        await self.talker.close()
        await self.transcriber.close()
        await self.voice.close()
