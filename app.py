"""The WSGI entry: `gunicorn app:app`."""

import os

from floyd import logs
from floyd.settings import load
from floyd.web import create_app

logs.configure("web")
app = create_app(load(dict(os.environ)))
