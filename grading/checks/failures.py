"""How a check says no, and how it says that it could not tell."""

from __future__ import annotations

from typing import NoReturn

MESSAGE_LENGTH = 1500


class CheckFailed(Exception):
    """The learner's work does not do what this check asks for. Its text is what they read."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = " ".join(part.strip() for part in (message, hint) if part.strip())[:MESSAGE_LENGTH]
        super().__init__(self.message)


class NotJudged(CheckFailed):
    """An exception, a limit or an exit in the learner's code kept this check from being decided.

    `reason` is one of exception, time, memory, exit, crash, forbidden, output.
    """

    def __init__(self, message: str, *, reason: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class LearnerError(NotJudged):
    """The learner's own function raised. `kinds` are the names of the exception's class and of its bases."""

    def __init__(self, message: str, *, reason: str, kinds: tuple[str, ...], hint: str = "") -> None:
        super().__init__(message, reason=reason, hint=hint)
        self.kinds = kinds


class LessonFault(Exception):
    """The check itself is wrong: the author's mistake, never the learner's."""


def fail(message: str, hint: str = "") -> NoReturn:
    """Fail the check with a sentence of your own."""
    raise CheckFailed(message, hint=hint)
