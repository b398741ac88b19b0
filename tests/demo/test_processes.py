"""The whole world in real processes: everything comes up, and nothing is left of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

FLOYD = (sys.executable, "-m", "floyd.cli")
GONE_WITHIN_S = 40


@contextmanager
def running_sandbox(data_dir: Path) -> Iterator["subprocess.Popen[str]"]:
    """`floyd sandbox`, once it has said that it runs."""
    process = subprocess.Popen(
        [*FLOYD, "sandbox"],
        env={**os.environ, "FLOYD_DATA_DIR": str(data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "floyd watch" in line:
                break
        assert "floyd watch" in said[-1], "".join(said)
        yield process
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def everything_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    found = psutil.Process(process.pid).children(recursive=True)
    names = " ".join(" ".join(child.cmdline()) for child in found)
    assert all(part in names for part in ("floyd.sandbox", "gunicorn", "floyd.worker"))
    assert "valkey" in names or "redis-server" in names
    return found


def all_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=GONE_WITHIN_S)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


@pytest.mark.timeout(180)
def test_ctrl_c_stops_everything_and_takes_the_word_of_it_back(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as process:
        children = everything_of(process)
        assert (tmp_path / "sandbox.json").stat().st_mode & 0o077 == 0
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read() if process.stdout else ""
        assert process.wait(GONE_WITHIN_S) == 0, rest
        assert all_gone(children)
    assert not (tmp_path / "sandbox.json").exists()


@pytest.mark.timeout(180)
def test_nothing_is_left_when_it_is_killed(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as process:
        children = everything_of(process)
        process.kill()
        assert all_gone(children)
