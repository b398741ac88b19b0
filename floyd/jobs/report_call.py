"""Report a call that has ended, once everything that was said is stored."""

from floyd.errands.conclusion import conclude
from floyd.jobs import door

run = door.job(conclude)
