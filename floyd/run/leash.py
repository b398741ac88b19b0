"""Runs a command that is told to end when the process that started it is gone, killed or not.

    python leash.py <pid of the parent> <command> [arguments]

A program of its own because the kernel's leash is set by the child itself, between fork and exec,
where Python code of the parent (which may have threads) must not run.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Put on the leash, where the kernel has one, and become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before the leash was on
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
