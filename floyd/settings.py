"""The environment, read once and validated: one frozen object, every problem listed by its name."""

import secrets
import time
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from floyd.clock import Clock
from floyd.errors import SettingsError

_SECRETS_FROM_FILES = (
    "FLOYD_SECRET_KEY",
    "TWILIO_AUTH_TOKEN",
    "OPENAI_API_KEY",
    "FLOYD_VOICE_API_KEY",
    "GOOGLE_PLACES_API_KEY",
    "DATABASE_URL",
    "REDIS_URL",
)
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_STRONG_SECRET_LENGTH = 32
_LEAST_DIFFERENT_LETTERS = 8
_STAND_IN_URLS = (
    "TWILIO_API_URL",
    "OPENAI_BASE_URL",
    "FLOYD_VOICE_BASE_URL",
    "GOOGLE_SPEECH_ENDPOINT",
    "GOOGLE_PLACES_URL",
)


class Settings(BaseModel):
    """Every setting of Floyd; field names are the environment's variables in lower case."""

    model_config = ConfigDict(frozen=True)

    floyd_env: Literal["development", "production"] = "development"
    floyd_public_url: str = Field(pattern=r"^https?://[^/?#\s]+")
    floyd_media_url: str = Field(default="", pattern=r"^(wss?://[^/?#\s]+.*)?$")
    floyd_secret_key: SecretStr
    floyd_data_dir: Path = Path("var")
    floyd_time_scale: float = Field(default=1.0, ge=1, le=20)
    floyd_time_origin: float = 0.0
    database_url: str = ""
    redis_url: str = ""
    port: int = 8000

    twilio_account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: SecretStr
    twilio_phone_number: str = Field(pattern=r"^\+[1-9]\d{6,14}$")
    twilio_api_url: str = "https://api.twilio.com"

    openai_api_key: SecretStr
    openai_base_url: str = "https://api.openai.com/v1"
    floyd_model: str = "gpt-6-luna"
    floyd_call_model: str = ""
    floyd_service_tier: str = ""
    floyd_voice: Literal["openai", "openai-speech"] = "openai"
    floyd_voice_model: str = "gpt-realtime-2.1-mini"
    floyd_voice_name: str = "marin"
    floyd_voice_base_url: str = ""
    floyd_voice_api_key: SecretStr = SecretStr("")

    google_application_credentials: str = ""
    google_speech_endpoint: str = ""
    google_places_api_key: SecretStr = SecretStr("")
    google_places_url: str = "https://places.googleapis.com"

    floyd_dial_only: str = Field(default="", pattern=r"^(\+[1-9]\d{6,14})?$")
    floyd_countries: str = Field(default="1", pattern=r"^\s*\d{1,3}(\s*,\s*\d{1,3})*\s*$")
    floyd_call_hours: str = Field(default="08:00-21:00", pattern=rf"^{_TIME}-({_TIME}|24:00)$")
    floyd_tries: int = Field(default=3, ge=1, le=10)
    floyd_retry_busy_s: float = Field(default=600, ge=60, le=86_400)
    floyd_retry_no_answer_s: float = Field(default=3600, ge=60, le=86_400)
    floyd_retry_cut_off_s: float = Field(default=120, ge=10, le=86_400)
    floyd_max_calls: int = Field(default=40, ge=1, le=1000)
    floyd_find_texts_every_s: float = Field(default=60, ge=10, le=3600)
    floyd_workers: int = Field(default=8, ge=1, le=100)

    @field_validator(
        "floyd_public_url",
        "floyd_media_url",
        "twilio_api_url",
        "openai_base_url",
        "google_places_url",
    )
    @classmethod
    def _without_trailing_slash(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("floyd_call_hours")
    @classmethod
    def _in_their_order(cls, hours: str) -> str:
        opens, closes = hours.split("-")
        if opens >= closes:
            raise ValueError("must begin before they end, both on one day")
        return hours

    @property
    def media_url(self) -> str:
        """The wss base that Twilio streams to, derived from the public URL unless given."""
        if self.floyd_media_url:
            return self.floyd_media_url
        parts = urlsplit(self.floyd_public_url)
        return parts._replace(scheme={"https": "wss"}.get(parts.scheme, "ws")).geturl()

    @property
    def database(self) -> str:
        """The database's URL: SQLite in the data directory unless one is given."""
        return self.database_url or f"sqlite:///{self.floyd_data_dir.resolve() / 'floyd.db'}"

    @property
    def call_model(self) -> str:
        """The model of the live conversation."""
        return self.floyd_call_model or self.floyd_model

    @property
    def countries(self) -> tuple[int, ...]:
        """Country calling codes that may be dialled."""
        return tuple(int(code) for code in self.floyd_countries.replace(" ", "").split(",") if code)

    @property
    def call_hours_min(self) -> tuple[int, int]:
        """From when to when callees may be phoned, in minutes after their midnight."""
        opens, closes = (
            int(written[:2]) * 60 + int(written[3:]) for written in self.floyd_call_hours.split("-")
        )
        return opens, closes

    @property
    def clock(self) -> Clock:
        """The clock that all processes of this environment share."""
        return Clock(self.floyd_time_scale, self.floyd_time_origin or _start_of_day())


def _start_of_day() -> float:
    """Return an origin that processes started apart on the same UTC day agree on."""
    return time.time() // 86400 * 86400


def load(environ: dict[str, str]) -> Settings:
    """Validate an environment.

    Args:
        environ: variables by name; `NAME_FILE` may name a file that holds a secret's value.

    Raises:
        SettingsError: lists every problem at once, by variable name.
    """
    values: dict[str, Any] = {name.lower(): value for name, value in environ.items() if value}
    problems = []
    for name in _SECRETS_FROM_FILES:
        path = environ.get(f"{name}_FILE")
        if path:
            try:
                values[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(f"{name}_FILE: {error.strerror or error}")
            except UnicodeDecodeError:
                problems.append(f"{name}_FILE: is not text")
    known = {name: value for name, value in values.items() if name in Settings.model_fields}
    try:
        settings = Settings.model_validate(known)
    except ValidationError as error:
        problems.extend(_in_words(problem) for problem in error.errors())
    problems.extend(_unfit_for_production(values))
    if problems:
        raise SettingsError("Settings to mend:\n" + "\n".join(f"  {line}" for line in problems))
    return settings


def _unfit_for_production(values: dict[str, Any]) -> list[str]:
    """Return what production refuses, whatever else is wrong with an environment."""
    if values.get("floyd_env") != "production":
        return []
    problems = []
    if not values.get("floyd_public_url", "https://").startswith("https://"):
        problems.append("FLOYD_PUBLIC_URL: must begin with https:// in production")
    if not values.get("floyd_media_url", "wss://").startswith("wss://"):
        problems.append("FLOYD_MEDIA_URL: must begin with wss:// in production")
    secret = values.get("floyd_secret_key")
    if secret and (
        len(secret) < _STRONG_SECRET_LENGTH or len(set(secret)) < _LEAST_DIFFERENT_LETTERS
    ):
        problems.append(
            f"FLOYD_SECRET_KEY: must have {_STRONG_SECRET_LENGTH} random characters in production"
        )
    if values.get("floyd_time_scale", "1") not in ("1", "1.0"):
        problems.append("FLOYD_TIME_SCALE: must be 1 in production")
    for name in _STAND_IN_URLS:
        if values.get(name.lower(), "").lower().startswith("http://"):
            problems.append(f"{name}: must not be a stand-in in production")
    return problems


def _in_words(problem: Any) -> str:
    name = ".".join(str(part) for part in problem["loc"]).upper()
    message = "is not set" if problem["type"] == "missing" else problem["msg"]
    return f"{name}: {message}" if name else message


def fresh_secret() -> str:
    """Return a strong random secret, for a sandbox's environment."""
    return secrets.token_urlsafe(_STRONG_SECRET_LENGTH)
