"""Errands of all kinds while Floyd's processes are killed at random, and what must be true after.

`make chaos` runs it. The world of killable processes, the evidence that a run leaves and the
invariants over it are the fault cases' too (see tests/faults).
"""
