"""Understand a text, after whatever the same person sent before it."""

from floyd.errands.understanding import understand
from floyd.jobs import door

run = door.job(understand)
