"""The application for a web server: `granian --interface wsgi privacy.wsgi:app`, `gunicorn privacy.wsgi:app`."""

from __future__ import annotations

import gc
import os

from flask import Flask

from config import Config
from privacy import logs
from privacy.app import ASKED, create_app
from privacy.http.headers import security_headers
from privacy.http.sealed import OpensLater

_config = Config.from_env(os.environ)
logs.configure(level=_config.log_level, style=_config.log_format)
logs.take_uncaught()


def _made() -> Flask:
    made = create_app(_config)
    made.extensions[ASKED].write_regularly()
    # What was made at the start stays: the collector need not look through it again and again between requests.
    gc.collect()
    gc.freeze()
    return made


app = OpensLater(_made, _config.data_dir, security_headers(_config.base_url))
