"""Phones that need nobody to answer them, and what any phone can do."""

import asyncio
from enum import Enum
from typing import Protocol

from floyd.sandbox.network.line import Line


class Answer(Enum):
    """What became of the ringing."""

    PICKED_UP = "picked_up"
    BUSY = "busy"


class Phone(Protocol):
    """A phone on the network.

    Attributes:
        is_machine: whether an answering machine takes the calls.
        takes_texts: whether text messages arrive.
    """

    @property
    def is_machine(self) -> bool:
        """Whether an answering machine takes the calls."""

    @property
    def takes_texts(self) -> bool:
        """Whether text messages arrive."""

    async def ring(self, ring_s: float) -> Answer:
        """Ring until something happens, `ring_s` a ring; cancelled when the caller gives up."""

    async def talk(self, line: Line, call_sid: str) -> None:
        """Hold the conversation; returning hangs up."""


class BusyPhone:
    """Always engaged."""

    is_machine = False
    takes_texts = False

    async def ring(self, ring_s: float) -> Answer:
        """Refuse at once."""
        return Answer.BUSY

    async def talk(self, line: Line, call_sid: str) -> None:
        """Never reached."""


class UnansweredPhone:
    """Rings until the caller gives up."""

    is_machine = False

    def __init__(self, *, takes_texts: bool = False) -> None:
        self.takes_texts = takes_texts

    async def ring(self, ring_s: float) -> Answer:
        """Ring on."""
        await asyncio.Event().wait()
        raise AssertionError("nobody ever picks up")

    async def talk(self, line: Line, call_sid: str) -> None:
        """Never reached."""
