"""The house rules that no linter knows: who may import whom, and how large things may grow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOYD = ROOT / "floyd"

# From the top down: a room imports only what lies below it.
LAYERS = (
    ("cli",),
    ("demo",),
    ("run",),
    ("web", "worker", "serving"),
    ("webhooks",),
    ("jobs",),
    ("errands",),
    ("calls",),
    ("reports",),
    ("metrics", "watching"),
    ("services",),
    ("store", "prompts"),
    ("settings", "logs"),
    ("errors", "clock", "phone_numbers"),
)
HEIGHTS = {room: -depth for depth, rooms in enumerate(LAYERS) for room in rooms}

SDK_HOMES = {
    "twilio": {"services/telephony/twilio.py"},
    "openai": {"services/openai_client.py"},
    "google": {"services/transcriber/google.py"},
    "rq": {"store/queue.py", "worker.py"},
    "flask_sock": {"webhooks/media.py"},
    "phonenumbers": {"phone_numbers.py"},
    "playhouse": {"store/database.py"},
}
MOST_LINES_OF_A_FUNCTION = 50


def sources() -> list[Path]:
    return sorted(FLOYD.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The full name of everything that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(FLOYD).parts[0].removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in imports(path))
    return {parts[1] for parts in names if parts[0] == "floyd" and len(parts) > 1}


def outside_sandbox() -> list[Path]:
    return [path for path in sources() if room_of(path) not in ("sandbox", "__init__")]


def test_a_room_imports_only_what_lies_below_it() -> None:
    upwards = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path in outside_sandbox()
        for other in rooms_imported(path) - {room_of(path), "sandbox"}
        if HEIGHTS[other] >= HEIGHTS[room_of(path)]
    ]
    assert upwards == []


def test_the_sandbox_imports_nothing_else_of_floyd() -> None:
    inside = [path for path in sources() if room_of(path) == "sandbox"]
    assert {room for path in inside for room in rooms_imported(path)} <= {"sandbox"}


def test_only_the_demo_and_the_command_know_the_sandbox() -> None:
    knowing = {room_of(path) for path in outside_sandbox() if "sandbox" in rooms_imported(path)}
    assert knowing <= {"demo", "cli"}


@pytest.mark.parametrize("sdk", SDK_HOMES)
def test_an_sdk_has_one_home(sdk: str) -> None:
    at_home = {
        str(path.relative_to(FLOYD))
        for path in outside_sandbox()
        if any(name.split(".")[0] == sdk for name in imports(path))
    }
    assert at_home == SDK_HOMES[sdk]


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """The lines of a function without its docstring, comments and blanks."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    code = lines[body[0].lineno - 1 : function.end_lineno]
    return len([line for line in code if line.strip() and not line.strip().startswith("#")])


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = code_lines(node, text.splitlines())
                if length > MOST_LINES_OF_A_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}: {node.name} has {length}")
    assert long == []


def test_the_wsgi_entry_stays_an_entry() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 20


def test_nothing_waits_but_by_the_clock() -> None:
    waits = re.compile(r"\b(?:time|asyncio)\.sleep\(")
    waiting = {
        str(path.relative_to(FLOYD))
        for path in sources()
        if waits.search(path.read_text(encoding="utf-8"))
    }
    assert waiting <= {"clock.py", "sandbox/clock.py"}
