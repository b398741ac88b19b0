"""A Redis that belongs to one test, which may kill it, freeze it and start it again."""

import os
import signal
import subprocess
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError, ConnectionError
from redis.retry import Retry

from floyd.run.redis_server import redis_server


class OwnRedis:
    """The Redis that `floyd run` brings along: what it was told it still knows when it is back."""

    def __init__(self, home: Path) -> None:
        program, self.url = redis_server(home, dict(os.environ))
        self._command = program.command
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> Redis:
        """Start it, and return a connection to it once it answers."""
        self._server = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        patient = Retry(ConstantBackoff(0.02), 500, (ConnectionError, BusyLoadingError))
        client = Redis.from_url(self.url, retry=patient)
        client.ping()
        return client

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._server:
            self._server.kill()
            self._server.wait(10)
            self._server = None

    def freeze(self) -> None:
        """Let it accept what is sent and answer nothing."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)
