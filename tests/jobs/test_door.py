import pytest
import structlog

from floyd.jobs import door
from floyd.services import Services
from floyd.store.database import database
from floyd.store.models import User


def _fails(services: Services, row_id: int) -> None:
    User.select().count()
    raise ValueError("call +1 519 555 0123 and say hello")


def test_a_job_gets_the_services_and_the_id(services: Services) -> None:
    got: list[tuple[Services, int]] = []

    def work(lent: Services, row_id: int) -> None:
        got.append((lent, row_id))

    door.lend(services)
    door.job(work)(7)
    assert got == [(services, 7)]


def test_a_failure_is_recorded_without_its_words_and_given_to_the_queue(
    services: Services,
) -> None:
    door.lend(services)
    with structlog.testing.capture_logs() as logs, pytest.raises(door.JobFailed) as failure:
        door.job(_fails)(7)

    [line] = logs
    assert (line["event"], line["job"], line["row"]) == ("job_failed", "_fails", 7)
    assert line["error"] == "ValueError"
    assert "555" not in str(logs)
    assert "555" not in str(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None


def test_a_job_leaves_no_connection_open(services: Services) -> None:
    door.lend(services)
    with pytest.raises(door.JobFailed):
        door.job(_fails)(7)
    assert database.is_closed()
