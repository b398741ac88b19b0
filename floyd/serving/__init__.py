"""How gunicorn serves Floyd: the calls apart from the webhooks, or both behind one port.

Each module here is a gunicorn configuration (`gunicorn --config python:floyd.serving.calls`); this
one holds what they share. gthread is the worker class that keeps every media stream intact. A call
parks one thread for as long as it lasts, so a process has a thread for each call that it may hold
and a margin for requests; were `worker_connections` larger than that, the surplus would hang.
"""

import gc
import mmap
import os
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

_MARGIN = 24
_DEFAULT_MAX_CALLS = 40

for _library in (
    "flask",
    "google.cloud.speech_v1",
    "openai.resources.chat",
    "peewee",
    "twilio.rest",
):
    # gunicorn reads its configuration before it forks: a worker that has died is back at once, not
    # after the seconds that these take to load. Floyd's own modules are each worker's: a reload
    # brings new code. Nothing is built here, and gRPC is not begun before the fork.
    import_module(_library)

GRACEFUL_TIMEOUT_S = 25
"""How long a stopping process waits for the calls that it hands over."""


def threads_for_calls() -> int:
    """Return how many threads a process needs that holds FLOYD_MAX_CALLS calls."""
    return int(os.environ.get("FLOYD_MAX_CALLS") or _DEFAULT_MAX_CALLS) + _MARGIN


_RELIEVED_WITHIN_S = 10.0
_LOOKS_EVERY_S = 0.05

_booting = mmap.mmap(-1, mmap.PAGESIZE)
"""Which workers are not at work yet: a byte each, shared by the master and all that it forks."""


def begin_booting(_: Any, worker: Any) -> None:
    """Let the other workers know that this one is on its way."""
    _booting[worker.age % mmap.PAGESIZE] = 1


def end_booting(_: Any, worker: Any) -> None:
    """Let nobody wait for this worker any more."""
    _booting[worker.age % mmap.PAGESIZE] = 0


def answer_webhooks(worker: Any) -> None:
    """Begin to take requests."""
    _stay_connected()
    _stop_once_relieved(worker, lambda: None)


def hold_calls(worker: Any) -> None:
    """Begin to take calls, and hand them over when the process is stopped.

    gunicorn's own handler of SIGTERM only sets a flag and waits: no call would ever learn of it.
    Here its media streams are closed, so that Twilio brings the calls elsewhere.
    """
    # Imported in the worker: the clients behind it must not exist before the fork.
    from floyd.calls import loop

    _stay_connected()
    loop.the_loop(worker.wsgi.extensions["floyd"].settings)
    # What was imported stays: were it looked through for garbage again and again, every live call
    # would stand still for a tenth of a second each time.
    gc.collect()
    gc.freeze()
    _stop_once_relieved(worker, loop.hand_over)


def _stay_connected() -> None:
    """Keep the database open between requests; each of these has a connection of its own."""
    # Imported in the worker: a connection must not be taken through the fork.
    from floyd.store import database

    database.stay_connected()


def _stop_once_relieved(worker: Any, hand_over: Callable[[], None]) -> None:
    """Go to work; when the process is stopped, wait for those that are to take its place.

    gunicorn's reload forks the new workers and stops the old ones at once, seconds before anybody
    could take their webhooks and calls. Where nobody boots there is nobody to wait for.
    """
    # Imported in the worker, like all that is Floyd's: a reload brings new code.
    from floyd.clock import Clock

    end_booting(None, worker)
    stop: Callable[[int, FrameType | None], None] = worker.handle_exit

    def wait_and_stop(number: int) -> None:
        clock = Clock()
        deadline = clock.monotonic() + _RELIEVED_WITHIN_S
        while any(_booting[:]) and clock.monotonic() < deadline:
            clock.block(_LOOKS_EVERY_S)
        hand_over()
        stop(number, None)

    def take_leave(number: int, _: FrameType | None) -> None:
        threading.Thread(target=wait_and_stop, args=(number,), daemon=True).start()

    signal.signal(signal.SIGTERM, take_leave)
