"""gunicorn's configuration of the processes that answer webhooks and show pages, without calls."""

from floyd.serving import GRACEFUL_TIMEOUT_S, answer_webhooks, begin_booting, end_booting

worker_class = "gthread"
workers = 2
threads = 16
worker_connections = 64  # requests are short: a few may wait for a thread
keepalive = 5
graceful_timeout = GRACEFUL_TIMEOUT_S
preload_app = False
control_socket_disable = True
pre_fork = begin_booting
post_worker_init = answer_webhooks
child_exit = end_booting
