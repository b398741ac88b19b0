"""The door of every job: what comes in from the queue is an id, what a job gets is all it needs.

A job file says `run = door.job(its_function)`. The door lends it the process's services, closes the
database when it is done, and is the one place where a job's failure is caught: recorded without
the words of the failure, which may quote texts and numbers, and handed to the queue's retry.
"""

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import structlog

from floyd import settings as environment
from floyd.errors import FloydError
from floyd.services import Services
from floyd.services.build import for_jobs
from floyd.settings import Settings
from floyd.store.database import database, open_database

log = structlog.get_logger()

Work = Callable[[Services, int], None]

_services: Services | None = None


class JobFailed(FloydError):
    """A job failed; says where and by what kind of error, never with which words."""


def open_door(settings: Settings) -> Services:
    """Build the services that this process's jobs are lent; opens no connection yet.

    The worker does so before it forks: what is built is inherited, what is connected must not be.
    """
    open_database(settings.database)
    return lend(for_jobs(settings))


def lend(services: Services) -> Services:
    """Name the services that this process's jobs are lent."""
    global _services
    _services = services
    return services


def job(work: Work) -> Callable[[int], None]:
    """Return what the queue runs for a job: `run(row_id)`."""

    def run(row_id: int) -> None:
        services = _services or open_door(environment.load(dict(os.environ)))
        failure: JobFailed | None = None
        try:
            work(services, row_id)
        except Exception as error:  # noqa: BLE001 - the job's door
            failure = _recorded(work, row_id, error)
        finally:
            # Opened by the first query; a process must not go on with it, nor pass it to a fork.
            if not database.is_closed():
                database.close()
        if failure:
            raise failure

    return run


def _recorded(work: Work, row_id: int, error: Exception) -> JobFailed:
    kind, where = type(error).__name__, _place(error)
    log.error("job_failed", job=work.__name__, row=row_id, error=kind, where=where)
    return JobFailed(f"{work.__name__}: {kind} at {where}")


def _place(error: Exception) -> str:
    """Return the last line of ours that the error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "floyd" in Path(frame.filename).parts] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"
