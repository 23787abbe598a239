"""Log lines as a short constant event and fields, so that they can be read and counted: `graded submission=17 verdict=passed`."""

import logging

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "data"}


class FieldsFormatter(logging.Formatter):
    """Appends what was given as `extra=` to the line, as `name=value`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        fields = " ".join(f"{name}={value}" for name, value in sorted(record.__dict__.items()) if name not in _STANDARD)
        line = super().formatMessage(record)
        return f"{line} {fields}" if fields else line
