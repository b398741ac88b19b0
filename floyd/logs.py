"""Logs: one JSON line an event, with kinds and ids; numbers, words and secrets stay out.

Code logs ids and codes only. What slips in all the same is masked here, and the libraries that
print requests are told to be quiet.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Seven digits in a row, however they are grouped, may be somebody's number.
_NUMBER = re.compile(r"(?<![\w-])\+?\(?\d(?:[ ().-]{0,2}\d){6,}(?![\w-])")
Event = MutableMapping[str, Any]

_QUIET = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "openai",
    "twilio",
    "urllib3",
    "werkzeug",
    "peewee",
    "rq",
)


def configure(process: str, level: int = logging.INFO) -> None:
    """Send everything that this process logs to standard error, one JSON object a line.

    Args:
        process: its part in Floyd: web, calls, worker or clock.
        level: the lowest level that is written.
    """

    def named(_: Any, __: str, event: Event) -> Event:
        return {"process": process, **event}

    shared: list[Any] = [
        named,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_traceback,
        masked,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_traceback,
                masked,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_traceback(_: Any, __: str, event: Event) -> Event:
    """Keep an exception's kind alone: its message may quote a row, so texts and numbers."""
    raised = event.pop("exc_info", None)
    error = (
        raised[1] if isinstance(raised, tuple) else sys.exception() if raised is True else raised
    )
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    return event


def masked(_: Any, __: str, event: Event) -> Event:
    """Mask what looks like a phone number in every value but the time."""
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp":
            event[name] = _NUMBER.sub("[number]", value)
    return event
