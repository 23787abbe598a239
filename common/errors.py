"""Errors that are meant for people: each says what happened and what to do next.

Everything else that is raised is our fault: it is logged with its context and answered with an apology and a reference.
"""

from collections.abc import Mapping


class UserFacingError(Exception):
    """Base of all errors that a person may read; one middleware turns it into a page, a partial or a problem document.

    `code` is stable and machine-readable, `title` names the situation, `detail` says what happened and what to do.
    """

    code = "error"
    status = 400
    title = "This did not work"

    def __init__(
        self, detail: str = "", *, code: str = "", extra: Mapping[str, object] | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.code = code or self.code
        self.extra = dict(extra or {})
        self.retry_after = retry_after


class NotThere(UserFacingError):
    """The thing does not exist, or it is somebody else's: both look the same."""

    code, status, title = "not_found", 404, "There is nothing here"


class NotAllowed(UserFacingError):
    code, status, title = "not_allowed", 403, "You cannot do this"


class TooMany(UserFacingError):
    """A limit of frequency; carries `retry_after` in seconds."""

    code, status, title = "too_many", 429, "A short pause, please"
