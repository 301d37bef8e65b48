"""Send JSON from process to process: how long a text is, and then the text."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

REPLY_BYTES = 32 * 2**20


def send(to: socket.socket, what: Any) -> None:
    """Send what JSON can hold."""
    text = json.dumps(what, ensure_ascii=False).encode("utf-8", "surrogatepass")
    to.sendall(struct.pack("!Q", len(text)) + text)


def receive(of: socket.socket, most: int = REPLY_BYTES) -> Any:
    """Return what :func:`send` sent at the other end.

    Raises
    ------
    ValueError
        If that is more than so many bytes, or no JSON.
    ConnectionError
        If the other end was closed before.
    """
    (size,) = struct.unpack("!Q", _exactly(of, 8))
    if size > most:
        raise ValueError(f"its reply has {size:,} bytes, and {most:,} are the most")
    try:
        return json.loads(_exactly(of, size))
    except RecursionError:
        raise ValueError("its reply is nested too deeply") from None


def _exactly(of: socket.socket, size: int) -> bytes:
    parts, left = [], size
    while left:
        part = of.recv(min(left, 2**20))
        if not part:
            raise ConnectionError("the process ended without a reply")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
