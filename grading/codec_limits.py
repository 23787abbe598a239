"""What the codec allows, and how it says no."""

from grading.wire import BODY_BYTES

MAX_DEPTH = 32
MAX_ITEMS = 200_000
MAX_TEXT = 4 * 1024 * 1024
MAX_BYTES = BODY_BYTES
MAX_DIMENSIONS = 16
MAX_INT_BITS = 65_536
MAX_INDEX = MAX_BYTES // 8
MAX_NAME = 80


class CodecError(Exception):
    """The value cannot travel, or the bytes are no value. Its text is a noun phrase or an adjective: "the value is" goes before it."""
