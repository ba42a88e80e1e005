"""The application for a web server: `granian --interface wsgi privacy.wsgi:app`, `gunicorn privacy.wsgi:app`."""

from __future__ import annotations

import gc
import os

from config import Config
from privacy import logs
from privacy.app import create_app

_config = Config.from_env(os.environ)
logs.configure(level=_config.log_level, style=_config.log_format)
app = create_app(_config)
# What was made at the start stays: the collector need not look through it again and again between requests.
gc.collect()
gc.freeze()
