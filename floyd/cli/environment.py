"""Where commands find Floyd: in the environment, in a `.env` file, or in the running sandbox."""

import json
import os
from pathlib import Path
from typing import Any

import click
from dotenv import dotenv_values

from floyd.settings import Settings, load
from floyd.store.database import open_database

_WORLD = "sandbox.json"


def environ() -> dict[str, str]:
    """Return the environment; what it lacks is read from `.env` in the working directory."""
    written = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**written, **os.environ}


def data_dir() -> Path:
    """Return where the sandbox, or else Floyd, keeps its files."""
    return Path(environ().get("FLOYD_DATA_DIR") or "var")


def open_floyd() -> Settings:
    """Open the database of the running sandbox, or else of the environment.

    Raises:
        SettingsError: no sandbox is running, and the environment is not that of a Floyd.
    """
    world = running_sandbox()
    settings = load(world["environment"] if world else environ())
    open_database(settings.database)
    return settings


def announce_sandbox(world: dict[str, Any]) -> Path:
    """Leave word for the commands of other terminals; only this user may read it."""
    path = data_dir() / _WORLD
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(world | {"pid": os.getpid()}), encoding="utf-8")
    return path


def running_sandbox() -> dict[str, Any] | None:
    """Return what the running sandbox left word of: `control`, `environment`, `scenario`."""
    try:
        world: dict[str, Any] = json.loads((data_dir() / _WORLD).read_text(encoding="utf-8"))
        os.kill(world["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return world


def sandbox_or_exit() -> dict[str, Any]:
    """Return the running sandbox.

    Raises:
        click.ClickException: none is running.
    """
    world = running_sandbox()
    if world is None:
        raise click.ClickException("No sandbox is running here. Start one with: make sandbox")
    return world
