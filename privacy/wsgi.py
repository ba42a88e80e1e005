"""The application for a web server: `granian --interface wsgi privacy.wsgi:app`, `gunicorn privacy.wsgi:app`."""

from __future__ import annotations

import os

from config import Config
from privacy import logs
from privacy.app import create_app

_config = Config.from_env(os.environ)
logs.configure(level=_config.log_level, style=_config.log_format)
app = create_app(_config)
