import asyncio
import os
import signal
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from floyd.run.redis_server import answers, redis_server
from floyd.run.supervisor import Supervisor
from tests.run.programs import Lines


def test_redis_keeps_what_it_was_told_when_it_is_killed(tmp_path: Path) -> None:
    async def scenario() -> None:
        program, url = redis_server(tmp_path, dict(os.environ))
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            [server] = await supervisor.start(program)
            assert await answers(url)
            with Redis.from_url(url) as redis:
                redis.set("kept", "yes")
                redis.execute_command("WAITAOF", 1, 0, 2000)
            os.kill(server.pid or 0, signal.SIGKILL)
            while not any("starts again" in line for line in lines.of("redis")):
                await asyncio.sleep(0.01)
            assert await answers(url)
            with Redis.from_url(url) as redis:
                assert redis.get("kept") == b"yes"

    asyncio.run(scenario())


def test_redis_lets_nobody_in_without_the_password(tmp_path: Path) -> None:
    async def scenario() -> None:
        program, url = redis_server(tmp_path, dict(os.environ))
        async with Supervisor(Lines()) as supervisor:
            await supervisor.start(program)
            assert await answers(url)
            _, address = url.split("@")
            with Redis.from_url(f"redis://{address}") as redis, pytest.raises(AuthenticationError):
                redis.ping()

    asyncio.run(scenario())
    assert (tmp_path / "redis" / "redis.conf").stat().st_mode & 0o077 == 0
