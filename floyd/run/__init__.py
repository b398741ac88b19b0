"""`floyd run`: every process of Floyd on one machine, behind one port and in one log.

In: a validated environment. Out: Redis, gunicorn, workers and the clock, started in order, started
again when one dies, stopped in order; nothing is left of them, however this process ends.
"""
