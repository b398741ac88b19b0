"""Understand a text and take its errands on at once.

The first errand goes on in this process, whose connections are warm; others are queued. Should it
crash in between, the sweep finds an errand that is new and due.
"""

from floyd.errands.progress import advance
from floyd.errands.understanding import understand
from floyd.jobs import door
from floyd.services import Services
from floyd.store.queue import enqueue


def understand_text(services: Services, text_id: int) -> None:
    """Read a text, after whatever the same person sent before it, and begin what it asks for."""
    errands = understand(services, text_id)
    for errand_id in errands[1:]:
        enqueue("advance_errand", errand_id)
    for errand_id in errands[:1]:
        advance(services, errand_id)


run = door.job(understand_text)
