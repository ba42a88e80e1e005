"""Flask's JSON by msgspec: ten times faster, and strict where the standard library is lenient."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response
from flask.json.provider import JSONProvider

from privacy.http.reading import decode_any


class MsgspecProvider(JSONProvider):
    """Encodes and decodes what Flask, flask-smorest and the views pass around."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """The value as JSON."""
        return msgspec.json.encode(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """The value of a JSON text, read as strictly as a request body; raises `Malformed`."""
        return decode_any(s.encode() if isinstance(s, str) else s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """The value as a response."""
        body = msgspec.json.encode(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")
