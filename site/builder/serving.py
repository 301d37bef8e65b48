"""A file server for a built site: for tests, measuring, and phones on the same network."""

from __future__ import annotations

import gzip
import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

_PACKED = {
    *("text/html", "text/css", "text/javascript"),
    *("application/javascript", "application/json", "image/svg+xml"),
}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Sends files as a plain file server does, text packed where a browser asks for it."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Stay quiet."""

    def send_head(self) -> Any:
        """Send a file, packed if it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        kind = self.guess_type(path)
        if "gzip" not in self.headers.get("Accept-Encoding", "") or kind not in _PACKED:
            return super().send_head()
        if not path.is_file():
            return super().send_head()
        packed = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        return io.BytesIO(packed)


@contextmanager
def served(folder: Path, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve a folder while in the context; yields its address."""
    handler = partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer((host, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}:{server.server_port}/"
        server.shutdown()
