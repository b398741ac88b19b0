"""The command, as an operator types it in."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from floyd.settings import Settings


@pytest.fixture
def runner(tmp_path: Path, settings: Settings) -> Iterator[CliRunner]:
    """The command with an environment of its own, in a directory without a `.env`."""
    unset = {name.upper(): None for name in Settings.model_fields}
    given = {
        "FLOYD_DATA_DIR": str(tmp_path),
        "FLOYD_PUBLIC_URL": settings.floyd_public_url,
        "FLOYD_SECRET_KEY": settings.floyd_secret_key.get_secret_value(),
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
        "OPENAI_API_KEY": settings.openai_api_key.get_secret_value(),
    }
    runner = CliRunner(env={**unset, **given})
    with chdir(tmp_path):
        yield runner
