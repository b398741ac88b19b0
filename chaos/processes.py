"""One of Floyd's programs in a session of its own, killed and started again at will."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import floyd
from floyd.run import leash, session

CHECKOUT = Path(floyd.__file__).parent.parent
_GONE_WITHIN_S = 10.0
_LOOK_EVERY_S = 0.01


class Process:
    """A program that is started, killed and started again; what it says goes to one file.

    Args:
        name: what it is called, and its log's name.
        command: program and arguments.
        environ: its whole environment.
        log: the file that its words are added to.
        inherits: open file descriptors that it keeps.
    """

    def __init__(
        self,
        name: str,
        command: tuple[str, ...],
        environ: Mapping[str, str],
        log: Path,
        inherits: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.log = log
        self.started_at = 0.0
        self._command = command
        self._environ = environ
        self._inherits = inherits
        self._popen: subprocess.Popen[bytes] | None = None
        self._wanted = False
        self._changed = False

    @property
    def pid(self) -> int:
        """The process id; it has been started."""
        assert self._popen is not None
        return self._popen.pid

    @property
    def pids(self) -> list[int]:
        """It and all that it has started."""
        return session.members(self.pid)

    def start(self, **environ: str) -> None:
        """Start it, with these variables in place of its own."""
        assert not self._wanted, f"{self.name} runs"
        self._wanted = True
        self.started_at = time.time()
        self._changed = bool(environ)
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *self._command],
                env={**self._environ, **environ},
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self._inherits,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it as `kill -9` does, with all that it has started."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and kill what does not listen."""
        if self._popen and self._popen.poll() is None:
            self._popen.terminate()
            try:
                self._popen.wait(_GONE_WITHIN_S)
            except subprocess.TimeoutExpired:
                pass
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it stand still: it is there and answers nothing."""
        session.send(self.pid, signal.SIGSTOP)

    def revive(self) -> None:
        """Start it again if it has ended by itself, as a supervisor does."""
        if self._wanted and self._popen and self._popen.poll() is not None:
            self._wanted = False
            self.start()

    def restore(self) -> None:
        """Have it run as it did in the beginning."""
        if self._changed:
            self.kill()
        if not self._wanted:
            self.start()

    def _end(self, number: signal.Signals) -> None:
        self._wanted = False
        if self._popen is None:
            return
        moment = threading.Event()
        while session.members(self.pid):
            session.send(self.pid, number)
            self._popen.poll()
            moment.wait(_LOOK_EVERY_S)
        self._popen.wait(_GONE_WITHIN_S)
