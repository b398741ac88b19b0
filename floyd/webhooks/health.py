"""`/healthz`, `/readyz`, `/metrics`: is this process alive, can it work, and how much did it do."""

import ipaddress

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from floyd import metrics
from floyd.store import queue
from floyd.store.readiness import can_store

routes = Blueprint("health", __name__)


@routes.get("/healthz")
def alive() -> Response:
    """Answer that this process answers."""
    return Response("ok\n", mimetype="text/plain")


@routes.get("/readyz")
def ready() -> Response:
    """Answer whether everything that a text needs to become a call can be reached and used."""
    parts = {
        "database": can_store(),
        "redis": queue.answers(),
        "queue": queue.is_worked_on(),
    }
    answer: Response = jsonify(parts)
    answer.status_code = 200 if all(parts.values()) else 503
    return answer


@routes.get("/metrics")
def measured() -> Response:
    """Show the numbers to this machine only: a tunnel or a proxy brings the rest of the world."""
    if not _is_local():
        abort(404)
    return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    forwarded = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"} & set(
        request.headers.keys()
    )
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return address.is_loopback and not forwarded
