"""gunicorn's configuration of `floyd run`: webhooks and calls behind one port, in two processes.

With two, a live call has a healthy process to come back to when one of them is killed.
"""

from floyd.serving import (
    GRACEFUL_TIMEOUT_S,
    begin_booting,
    end_booting,
    hold_calls,
    threads_for_calls,
)

worker_class = "gthread"
workers = 2
threads = worker_connections = threads_for_calls()
keepalive = 0  # an idle connection would hold a place that a call needs
max_requests = 0  # a process with live calls is never recycled
graceful_timeout = GRACEFUL_TIMEOUT_S
preload_app = False
control_socket_disable = True
pre_fork = begin_booting
post_worker_init = hold_calls
child_exit = end_booting
