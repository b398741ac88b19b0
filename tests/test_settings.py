from pathlib import Path

import pytest

from floyd.errors import SettingsError
from floyd.settings import load

GOOD = {
    "FLOYD_ENV": "production",
    "FLOYD_PUBLIC_URL": "https://floyd.example",
    "FLOYD_SECRET_KEY": "Kj3x-9fQ2mZt7Wv_Lb5nRc8pYd1sGh6a",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_PHONE_NUMBER": "+12265550100",
    "OPENAI_API_KEY": "key",
}


def problems(environ: dict[str, str]) -> list[str]:
    """Return the variables that an environment is refused for."""
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return [line.split(":")[0].strip() for line in str(refused.value).splitlines()[1:]]


def test_a_good_environment_is_taken() -> None:
    settings = load(GOOD)
    assert settings.media_url == "wss://floyd.example"
    assert settings.countries == (1,)
    assert settings.call_hours_min == (8 * 60, 21 * 60)


def test_callees_may_be_phoned_all_day_long() -> None:
    assert load(GOOD | {"FLOYD_CALL_HOURS": "00:00-24:00"}).call_hours_min == (0, 24 * 60)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLOYD_PUBLIC_URL", "http://floyd.example"),
        ("FLOYD_MEDIA_URL", "ws://floyd.example"),
        ("FLOYD_SECRET_KEY", "short"),
        ("FLOYD_SECRET_KEY", "a" * 64),
        ("FLOYD_TIME_SCALE", "5"),
        ("TWILIO_API_URL", "http://127.0.0.1:9"),
        ("OPENAI_BASE_URL", "HTTP://127.0.0.1:9/v1"),
        ("FLOYD_VOICE_BASE_URL", "http://127.0.0.1:9/v1"),
        ("GOOGLE_SPEECH_ENDPOINT", "http://127.0.0.1:9"),
        ("GOOGLE_PLACES_URL", "http://127.0.0.1:9"),
    ],
)
def test_production_refuses_stand_ins_weak_secrets_and_a_time_scale(name: str, value: str) -> None:
    assert problems(GOOD | {name: value}) == [name]
    assert load(GOOD | {name: value, "FLOYD_ENV": "development"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FLOYD_PUBLIC_URL", "floyd.example"),
        ("FLOYD_DIAL_ONLY", "519 555 0188"),
        ("FLOYD_COUNTRIES", "CA"),
        ("FLOYD_MAX_CALLS", "many"),
        ("FLOYD_CALL_HOURS", "8-21"),
        ("FLOYD_CALL_HOURS", "21:00-08:00"),
        ("FLOYD_CALL_HOURS", "08:00-24:30"),
        ("FLOYD_TRIES", "0"),
        ("FLOYD_RETRY_BUSY_S", "0"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_start(name: str, value: str) -> None:
    assert problems(GOOD | {"FLOYD_ENV": "development", name: value}) == [name]


def test_every_problem_is_listed_at_once_and_no_value_of_any() -> None:
    wrong = {
        "FLOYD_ENV": "production",
        "FLOYD_PUBLIC_URL": "https://floyd.example",
        "FLOYD_SECRET_KEY": "hush-hush",
        "TWILIO_ACCOUNT_SID": "not-an-account",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "TWILIO_AUTH_TOKEN_FILE": "/nowhere/to/be/found",
    }
    assert set(problems(wrong)) == {
        "TWILIO_AUTH_TOKEN_FILE",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_PHONE_NUMBER",
        "OPENAI_API_KEY",
        "FLOYD_SECRET_KEY",
        "OPENAI_BASE_URL",
    }
    with pytest.raises(SettingsError) as refused:
        load(wrong)
    assert "hush-hush" not in str(refused.value)
    assert "not-an-account" not in str(refused.value)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from a file\n", encoding="utf-8")
    settings = load(GOOD | {"TWILIO_AUTH_TOKEN_FILE": str(secret)})
    assert settings.twilio_auth_token.get_secret_value() == "from a file"
    assert "from a file" not in repr(settings)

    secret.write_bytes(b"\xff\xfe")
    assert problems(GOOD | {"TWILIO_AUTH_TOKEN_FILE": str(secret)}) == ["TWILIO_AUTH_TOKEN_FILE"]
