"""The API as a script uses it: a bearer token, JSON in and out."""

import json
from dataclasses import dataclass

from django.test import Client

V1 = "/api/v1/"


@dataclass(frozen=True)
class Script:
    """A client with somebody's token, or with none. Bodies that are no bytes are sent as JSON."""

    token: str = ""

    def __call__(self, method, path, body=None, *, headers=None, content_type="application/json"):
        raw = body if isinstance(body, bytes | str) else b"" if body is None else json.dumps(body)
        sent = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(headers or {})}
        address = path if path.startswith("/") else V1 + path
        return Client(raise_request_exception=False).generic(method, address, raw, content_type=content_type, headers=sent)

    def get(self, path, **more):
        return self("GET", path, **more)

    def post(self, path, body=None, **more):
        return self("POST", path, body, **more)

    def upload(self, path, raw, *, name="mine.ipynb", field="notebook", **more):
        head = f'--x\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
        return self("POST", path, head + raw + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x", **more)


def problem_of(answer, status, code):
    """The answer's problem document, after checking that it is one (RFC 9457), with what the contract asks of it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["title"].strip()
    assert len(told["detail"]) > 15
    assert told["detail"][-1] in ".}"
    assert "!" not in told["title"] + told["detail"]
    if status == 401:
        assert answer["WWW-Authenticate"].startswith("Bearer")
    if status == 429:
        assert int(answer["Retry-After"]) > 0
    return told
