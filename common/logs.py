"""Log lines as a short constant event and fields, so that they can be read and counted: `graded submission=17 verdict=passed`."""

import logging
from contextvars import ContextVar

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "data"}

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request being answered, or the one whose task is being worked on."""


class FieldsFormatter(logging.Formatter):
    """Appends what was given as `extra=` to the line, as `name=value`, and the request's id where there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        values = {name: value for name, value in record.__dict__.items() if name not in _STANDARD}
        if current := request_id.get():
            values["request_id"] = current
        fields = " ".join(f"{name}={value}" for name, value in sorted(values.items()))
        line = super().formatMessage(record)
        return f"{line} {fields}" if fields else line
