"""Frames on a stream socket: a fixed head of two lengths, a msgpack map, and a body of raw bytes.

Used between client and daemon, between engine and children, and between the two children of one grading. The other side may be
hostile: lengths are checked before anything is allocated, and whatever is not a map of plain values raises BadFrame.
"""

from __future__ import annotations

import array
import socket
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

HEAD_BYTES = 8 * 1024 * 1024
BODY_BYTES = 64 * 1024 * 1024
TRUSTED_HEAD_BYTES = 96 * 1024 * 1024  # between programs of ours: a whole notebook with its package, a report with its outputs
MAX_ITEMS = 1_000_000
MAX_DEPTH = 64
_LENGTHS = struct.Struct("!II")

Message = dict[str, Any]


class BadFrame(Exception):
    """The bytes break the protocol: too long, not a map, or not plain values."""


class Closed(Exception):
    """The other side has hung up (at the end of a frame or in the middle of one)."""


@dataclass(slots=True)
class Frame:
    """One message with its body and the descriptors that came with it (the receiver owns and closes them)."""

    message: Message
    body: bytes = b""
    fds: list[int] = field(default_factory=list)


def pack(message: Message, body: bytes | memoryview = b"") -> bytes:
    """One frame as bytes. Text may hold lone surrogates; ints must fit 64 bits."""
    head = msgpack.packb(message, use_bin_type=True, unicode_errors="surrogatepass")
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


def unpack_head(raw: bytes | bytearray) -> Message:
    """The map of a frame; raises BadFrame for anything but a map with text keys and plain values."""
    try:
        message = msgpack.unpackb(
            raw,
            raw=False,
            strict_map_key=True,
            unicode_errors="surrogatepass",
            ext_hook=_no_extensions,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
        )
    except BadFrame:
        raise
    except Exception as error:  # noqa: BLE001 - msgpack raises many kinds (ValueError, OverflowError, RecursionError): all mean the same here
        raise BadFrame(f"not a message: {type(error).__name__}") from None
    if type(message) is not dict or not all(type(key) is str for key in message):
        raise BadFrame("not a map with text keys")
    return message


def _no_extensions(code: int, data: bytes) -> Any:
    raise BadFrame(f"extension type {code}")


def lengths_of(prefix: bytes | bytearray, head_limit: int, body_limit: int) -> tuple[int, int]:
    """Lengths of head and body from the first eight bytes; raises BadFrame when either is over its limit."""
    head, body = _LENGTHS.unpack(prefix)
    if not 0 < head <= head_limit or body > body_limit:
        raise BadFrame(f"a frame of {head} + {body} bytes is too long")
    return head, body


def send(sock: socket.socket, message: Message, body: bytes | memoryview = b"", fds: Sequence[int] = ()) -> None:
    """Send one frame, with descriptors if any; raises Closed when the other side has hung up."""
    raw = pack(message, body)
    try:
        if fds:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            raw = raw[sock.sendmsg([raw], rights) :]
        sock.sendall(raw)
    except (BrokenPipeError, ConnectionResetError):
        raise Closed("the other side has hung up") from None


def receive(sock: socket.socket, *, head_limit: int = HEAD_BYTES) -> Message:
    """The next message, which must come without a body; blocks. Raises Closed at the end, BadFrame for a hostile frame."""
    return receive_frame(sock, head_limit=head_limit, body_limit=0).message


def receive_frame(sock: socket.socket, *, head_limit: int = HEAD_BYTES, body_limit: int = BODY_BYTES, max_fds: int = 0) -> Frame:
    """The next frame; blocks. Descriptors beyond `max_fds` are closed by the kernel."""
    prefix, fds = _receive_exactly(sock, _LENGTHS.size, max_fds)
    head_length, body_length = lengths_of(prefix, head_limit, body_limit)
    head, _ = _receive_exactly(sock, head_length)
    body, _ = _receive_exactly(sock, body_length) if body_length else (bytearray(), [])
    return Frame(unpack_head(head), bytes(body), fds)


def _receive_exactly(sock: socket.socket, count: int, max_fds: int = 0) -> tuple[bytearray, list[int]]:
    data = bytearray()
    fds: list[int] = []
    while len(data) < count:
        wanted = min(count - len(data), 1 << 20)  # grow with what truly arrives: a length alone allocates nothing
        try:
            chunk = _receive_with_fds(sock, wanted, max_fds, fds) if max_fds else sock.recv(wanted)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            raise Closed("the other side has hung up")
        data += chunk
    return data, fds


def _receive_with_fds(sock: socket.socket, wanted: int, max_fds: int, fds: list[int]) -> bytes:
    chunk, ancillary, _, _ = sock.recvmsg(wanted, socket.CMSG_SPACE(max_fds * 4), socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            received = array.array("i")
            received.frombytes(data[: len(data) - len(data) % received.itemsize])
            fds.extend(received)
    return chunk


class FrameReader:
    """Takes bytes as they come and gives whole messages: for a loop that must never block on one sender."""

    def __init__(self, *, head_limit: int = HEAD_BYTES) -> None:
        self._buffer = bytearray()
        self._head_limit = head_limit

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Yield the messages that `chunk` completes; raises BadFrame as soon as a length or a message is not allowed."""
        self._buffer += chunk
        while len(self._buffer) >= _LENGTHS.size:
            head, _ = lengths_of(self._buffer[: _LENGTHS.size], self._head_limit, 0)
            end = _LENGTHS.size + head
            if len(self._buffer) < end:
                return
            raw = bytes(self._buffer[_LENGTHS.size : end])
            del self._buffer[:end]
            yield unpack_head(raw)
