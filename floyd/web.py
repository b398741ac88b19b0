"""The web application: what is behind the doors, and what every request gets and gives back."""

import time
import traceback
from pathlib import Path

import structlog
from flask import Flask, Response, g, request
from peewee import OperationalError
from werkzeug.exceptions import HTTPException

from floyd import metrics
from floyd.settings import Settings
from floyd.store import open_store
from floyd.store.database import database
from floyd.webhooks import House, calls, health, media, signature, sms, status, voice

log = structlog.get_logger()

_LARGEST_REQUEST = 256 * 1024
_ROOMS = (sms, status, voice, calls, health)


def create_app(settings: Settings) -> Flask:
    """Build the application; it connects to nothing until the first request."""
    app = Flask("floyd", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_REQUEST
    redis = open_store(settings)
    app.extensions["floyd"] = House(settings, settings.clock, redis)
    app.before_request(_begin)
    signature.guard(app, settings)
    for room in _ROOMS:
        app.register_blueprint(room.routes)
    media.add_media_socket(app, settings, redis)
    app.after_request(_measure)
    app.teardown_request(_close_database)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _failed)
    return app


def _begin() -> None:
    g.began = time.perf_counter()


def _measure(response: Response) -> Response:
    """Count an answer; a media stream is a call, not an answer."""
    route = request.url_rule.rule if request.url_rule else "unknown"
    if "began" in g and not signature.is_socket(request):
        took_s = time.perf_counter() - g.began
        metrics.REQUEST_SECONDS.labels(route, response.status_code).observe(took_s)
    return response


def _close_database(_: BaseException | None) -> None:
    """Close the connection that the request may have opened by its first query."""
    if not database.is_closed():
        database.close()


def _refused(error: HTTPException) -> Response:
    return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain")


def _busy(error: OperationalError) -> Response:
    """Answer that the database is locked or away; what was not committed is to be sent again."""
    log.error("database_unavailable", error=type(error).__name__, where=_place(error))
    return Response("503 Service Unavailable\n", 503, mimetype="text/plain")


def _failed(error: Exception) -> Response:
    log.error("request_failed", error=type(error).__name__, where=_place(error))
    return Response("500 Internal Server Error\n", 500, mimetype="text/plain")


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
