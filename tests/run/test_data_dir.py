import asyncio
from pathlib import Path

import pytest

from floyd.errors import SettingsError
from floyd.run.data_dir import occupied
from floyd.run.supervisor import Supervisor
from tests.run.programs import Lines, python


def test_a_second_floyd_is_refused(tmp_path: Path) -> None:
    with occupied(tmp_path), pytest.raises(SettingsError, match="already"), occupied(tmp_path):
        pass


def test_the_directory_is_taken_until_the_last_child_has_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            with occupied(tmp_path) as lock:
                code = "import signal; print('runs'); signal.pause()"
                await supervisor.start(python("a", code, inherits=(lock,)))
                await lines.count("a", 1)
            with pytest.raises(SettingsError), occupied(tmp_path):
                pass
        with occupied(tmp_path):
            pass

    asyncio.run(scenario())
