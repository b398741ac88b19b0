"""The build: what the README promises, what the lock pins, and that nothing names this machine."""

import importlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from floyd.cli import main

ROOT = Path(__file__).parent.parent


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*## ", text_of("Makefile"), re.M))


def tracked() -> list[Path]:
    """Every file that git keeps, or would."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_bare_make_prints_its_help() -> None:
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"setup", "demo", "sandbox", "test", "check"} <= targets()
    assert all(f"make {target}" in printed for target in targets())


def test_every_make_command_of_the_readme_exists() -> None:
    assert set(re.findall(r"^(?:\$ )?make ([a-z]+)", text_of("README.md"), re.M)) <= targets()


def test_every_floyd_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"\bfloyd ([a-z]+)(?: (add|list))?", text_of("README.md")))
    runner = CliRunner()
    for command, below in named:
        arguments = [command, *([below] if below else []), "--help"]
        assert runner.invoke(main, arguments).exit_code == 0, arguments


def test_every_file_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`((?:floyd|tests|docs)/[\w./]+)`", text_of("README.md")))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_procfile_names_every_process() -> None:
    assert re.findall(r"^(\w+):", text_of("Procfile"), re.M) == [
        "release",
        "web",
        "calls",
        "worker",
        "clock",
    ]


@pytest.mark.parametrize("kind", ["calls", "both"])
def test_a_process_with_calls_takes_no_connection_that_has_no_thread(kind: str) -> None:
    configuration = importlib.import_module(f"floyd.serving.{kind}")
    assert configuration.threads == configuration.worker_connections
    assert configuration.max_requests == 0
    assert not configuration.preload_app


def test_the_lock_pins_every_dependency_by_hash() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["sandbox"], *extras["dev"]]
    lock = text_of("requirements.lock")
    for requirement in wanted:
        name = re.split(r"[\[<>=;]", requirement)[0].strip()
        assert re.search(rf"^{re.escape(name)}==.*\\\n +--hash=sha256:", lock, re.M | re.I), name


def test_the_lock_names_no_index() -> None:
    options = [line for line in text_of("requirements.lock").splitlines() if line.startswith("-")]
    assert options == []


# Put together here, so that this file names none of them either.
_PLACES = ("work", "root", "opt")
_HOSTS = (("python" + "hosted", "org"), ("pypi", "org"))
FOREIGN = (
    *(f"/{place}/" for place in _PLACES),
    *(".".join(host) for host in _HOSTS),
    "file:" + "///",
)


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = []
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN if word in text]
    assert found == []
