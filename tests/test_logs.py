import json
import subprocess
import sys

import pytest

from floyd.logs import masked

_SCRIPT = """
import logging, structlog
from floyd import logs
logs.configure("web")
structlog.get_logger().info("stored", text=7)
logging.getLogger("library").warning("called %s", "+1 (519) 555-0123")
logging.getLogger("twilio.http_client").info("To=+15195550123")
try:
    raise ValueError("Key (body)=(meet me at nine)")
except ValueError:
    logging.getLogger("gunicorn.error").exception("broken")
    structlog.get_logger().error("broken", exc_info=True)
"""


@pytest.mark.parametrize(
    "said", ["+15195550123", "(519) 555-0123", "519.555.0123", "to +44 20 7946 0018, now"]
)
def test_a_number_is_masked(said: str) -> None:
    assert "[number]" in masked(None, "", {"event": said})["event"]
    assert "555" not in masked(None, "", {"event": said})["event"]


@pytest.mark.parametrize(
    "said", ["row 12345", "SM" + "0123456789abcdef" * 2, "door.py:45", "20429"]
)
def test_ids_and_codes_are_left(said: str) -> None:
    assert masked(None, "", {"event": said})["event"] == said


def test_every_line_is_json_and_libraries_that_print_requests_are_quiet() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["stored", "called [number]", "broken", "broken"]
    assert lines[2]["error"] == "ValueError"
    assert "meet me" not in done.stderr
    assert lines[0]["text"] == 7
    assert {line["process"] for line in lines} == {"web"}
