"""The workers: they run jobs, each in a fork that has everything imported and nothing connected.

`python -m floyd.worker` takes jobs from the queue, several at once, as most of a job is waiting for
a model; `python -m floyd.worker clock` queues what is due (see `floyd.jobs.clock`).
"""

import gc
import importlib
import os
import pkgutil
import signal
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from redis import Redis
from redis.client import Pipeline
from rq import Queue, Worker
from rq.job import Job
from rq.worker_pool import WorkerPool

from floyd import jobs, logs
from floyd import settings as environment
from floyd.jobs.clock import Ticker
from floyd.jobs.door import open_door
from floyd.store import open_store, queue

log = structlog.get_logger()

# A worker is missed after its time to live and a minute; a job whose worker died with it is found
# when the registries are cleaned. RQ's own defaults find it after 811 s, these after 71 s.
_WORKER_TTL_S = 25
_MAINTENANCE_EVERY_S = 5
_MONITORING_EVERY_S = 5
# After minutes without Redis, RQ's own workers look for it once a minute.
_REDIS_AWAY_FOR_S = 5.0
_LOGGING_LEVEL = "WARNING"
_STOPS = (signal.SIGINT, signal.SIGTERM)


class QuietWorker(Worker):
    """RQ's worker, without tracebacks: their messages may quote texts and numbers."""

    max_connection_wait_time = _REDIS_AWAY_FOR_S

    def __init__(self, queues: list[Queue], **options: Any) -> None:
        # In the fork, before anything is begun: from here on it can be told to stop.
        for number in _STOPS:
            signal.signal(number, _leave)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        options |= {
            "worker_ttl": _WORKER_TTL_S,
            "maintenance_interval": _MAINTENANCE_EVERY_S,
            "job_monitoring_interval": _MONITORING_EVERY_S,
            "log_job_description": False,
        }
        super().__init__(queues, **options)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Say that this worker lives, to RQ and to `/readyz`."""
        super().heartbeat(timeout, pipeline)
        queue.say_alive(self.connection, self.name)

    def register_death(self) -> None:
        """Say that this worker is gone."""
        queue.say_goodbye(self.connection, self.name)
        super().register_death()  # type: ignore[no-untyped-call]  # RQ's

    def handle_exception(
        self,
        job: Job,
        *exc_info: type[BaseException] | BaseException | TracebackType | None,
    ) -> None:
        """Say which job failed; the job's own door has said why."""
        log.error("job_raised", job=job.func_name, error=getattr(exc_info[0], "__name__", "?"))


class QuietPool(WorkerPool):
    """RQ's pool, which can be told to stop at any moment, also between two forks."""

    def start_worker(self, *args: Any, **options: Any) -> None:
        """Fork a worker that is deaf until it has handlers of its own."""
        options["logging_level"] = _LOGGING_LEVEL
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            super().start_worker(*args, **options)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]  # RQ's
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)


def main(arguments: list[str]) -> None:
    """Run the workers, or with the argument `clock` a clock, until told to stop."""
    if arguments == ["clock"]:
        run_clock()
    elif not arguments:
        run_workers()
    else:
        sys.exit("usage: python -m floyd.worker [clock]")


def run_workers() -> None:
    """Take jobs until told to stop; those that run then are finished.

    The workers are forks of this process: they share what it has imported, and begin at once.
    """
    logs.configure("worker")
    settings = environment.load(dict(os.environ))
    open_door(settings)
    preload()
    # What is here stays: a fork whose collector touched it all would copy it all.
    gc.freeze()
    pool = QuietPool(
        [queue.QUEUE],
        connection=Redis.from_url(settings.redis_url),
        num_workers=settings.floyd_workers,
        worker_class=QuietWorker,
    )
    # Until the pool has handlers; they are installed once the workers are there.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    pool.start(logging_level=_LOGGING_LEVEL)


def run_clock() -> None:
    """Tick until told to stop."""
    logs.configure("clock")
    settings = environment.load(dict(os.environ))
    redis = open_store(settings)
    stop = threading.Event()

    def ask_to_stop(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    Ticker(redis, settings.clock, settings.floyd_find_texts_every_s).run(stop)


def _leave(*_: Any) -> None:
    os._exit(0)


def preload() -> list[str]:
    """Import every job, so that a fork starts in milliseconds; return their names."""
    names = [module.name for module in pkgutil.iter_modules(jobs.__path__)]
    for name in names:
        importlib.import_module(f"{jobs.__name__}.{name}")
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
