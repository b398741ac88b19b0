"""gunicorn's configuration of the process that holds calls; more machines hold more calls."""

from floyd.serving import (
    GRACEFUL_TIMEOUT_S,
    begin_booting,
    end_booting,
    hold_calls,
    threads_for_calls,
)

worker_class = "gthread"
workers = 1
threads = worker_connections = threads_for_calls()
keepalive = 0  # an idle connection would hold a place that a call needs
max_requests = 0  # a process with live calls is never recycled
graceful_timeout = GRACEFUL_TIMEOUT_S
preload_app = False
control_socket_disable = True
pre_fork = begin_booting
post_worker_init = hold_calls
child_exit = end_booting
