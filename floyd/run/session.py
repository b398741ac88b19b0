"""The processes of a session: a child and whatever it has started, wherever they were adopted."""

import contextlib
import os
import signal
from pathlib import Path

_PROC = Path("/proc")
_STATE, _SESSION = 0, 3  # fields of /proc/<pid>/stat, counted behind the program's name


def members(leader: int) -> list[int]:
    """Return the living processes of the session that `leader` began, zombies left out."""
    if not _PROC.is_dir():
        return _members_by_group(leader)
    return [int(entry.name) for entry in _PROC.iterdir() if _lives_in(entry, leader)]


def send(leader: int, number: signal.Signals) -> None:
    """Send a signal to every process of a session; those that have just gone do not matter."""
    for pid in members(leader):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _lives_in(entry: Path, leader: int) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        fields = (entry / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just gone
        return False
    state_and_ids = fields.rpartition(")")[2].split()
    return int(state_and_ids[_SESSION]) == leader and state_and_ids[_STATE] != "Z"


def _members_by_group(leader: int) -> list[int]:
    """Without /proc only the group's own signal tells whether anyone is left."""
    try:
        os.killpg(leader, 0)
    except OSError:
        return []
    return [-leader]
