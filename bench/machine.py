"""Who takes the machine's processors: whole processes' time, and everybody's."""

import os
from pathlib import Path

_PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_UTIME, _CSTIME = 11, 14  # fields of /proc/<pid>/stat, counted behind the program's name
_USER, _NICE, _SYSTEM, _STEAL = 0, 1, 2, 7  # fields of /proc/stat's first line


def cpu_s(pid: int) -> float:
    """Return the time of a process and of those of its children that it has buried."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just gone; its parent has its time
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return sum(map(int, fields[_UTIME : _CSTIME + 1])) / _TICKS_A_SECOND


def rss_mb(pid: int) -> float:
    """Return a process's resident memory."""
    try:
        pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * _PAGE_BYTES / 2**20


def threads(pid: int) -> int:
    """Return how many threads a process has."""
    return _entries(_PROC / str(pid) / "task")


def descriptors(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return _entries(_PROC / str(pid) / "fd")


def _entries(directory: Path) -> int:
    try:
        return len(list(directory.iterdir()))
    except OSError:  # it has just gone
        return 0


def busy_s() -> float:
    """Return the time that all processors were at work for processes, or for other machines."""
    fields = (_PROC / "stat").read_text(encoding="ascii").split(maxsplit=9)[1:9]
    return sum(int(fields[kind]) for kind in (_USER, _NICE, _SYSTEM, _STEAL)) / _TICKS_A_SECOND
