"""A model hub on the loopback address that hands out one folder, remembers what was asked of it, and can be told to
misbehave.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = ".safetensors"
WEB_PAGE = b"<!doctype html><title>Log in to this network</title>"


@dataclass
class Hub:
    """``troubles`` befall one request each, in their order: a status, "html", "cut" (half of it), "other" (as many
    bytes of something else); with ``of`` only requests whose path ends so.
    """

    folder: Path
    name: str
    address: str = ""
    fetched: list[str] = field(default_factory=list)  # files, in the order in which they were asked for
    sent_bytes: int = 0  # of files
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    troubles: list[int | str] = field(default_factory=list)
    of: str = ""
    bytes_per_s: float = 0.0  # 0 = as fast as it goes
    lock: threading.Lock = field(default_factory=threading.Lock)

    def trouble(self, path: str) -> int | str:
        with self.lock:
            return self.troubles.pop(0) if self.troubles and path.endswith(self.of) else ""

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def listing(self) -> dict[str, object]:
        return {"id": self.name, "sha": COMMIT, "siblings": [self.sibling(one) for one in self.files()]}

    def sibling(self, file: str) -> dict[str, object]:
        content = (self.folder / file).read_bytes()
        sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        known: dict[str, object] = {"rfilename": file, "size": len(content), "blobId": sha1}
        if file.endswith(LARGE):
            known["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        return known


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((path, dict(self.headers)))
        trouble = self.hub.trouble(path)
        if isinstance(trouble, int):
            self.send(b'{"error": "no"}', trouble)
        elif trouble == "html":
            self.send(WEB_PAGE, kind="text/html; charset=utf-8")
        elif path in [f"/api/models/{self.hub.name}/revision/{one}" for one in ("main", COMMIT)]:
            self.send(json.dumps(self.hub.listing()).encode(), kind="application/json")
        elif (file := path.removeprefix(f"/{self.hub.name}/resolve/{COMMIT}/")) in self.hub.files():
            self.hub.fetched.append(file)
            self.send_file((self.hub.folder / file).read_bytes(), str(trouble))
        else:
            self.send(b"{}", 404)

    def send_file(self, content: bytes, trouble: str) -> None:
        wanted = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-")
        offset, whole = int(wanted), len(content)
        content = bytes(len(content)) if trouble == "other" else content
        content = content[offset:]
        self.send_response(206 if offset else 200)
        if offset:
            self.send_header("Content-Range", f"bytes {offset}-{whole - 1}/{whole}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.write(content[: len(content) // 2] if trouble == "cut" else content)
        if trouble == "cut":
            self.close_connection = True

    def write(self, content: bytes) -> None:
        block = max(1, int(self.hub.bytes_per_s / 10)) if self.hub.bytes_per_s else len(content) or 1
        for at in range(0, len(content), block):
            self.wfile.write(content[at : at + block])
            self.hub.sent_bytes += len(content[at : at + block])
            if self.hub.bytes_per_s:
                time.sleep(0.1)

    def send(self, content: bytes, status: int = 200, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Not into the tests' output."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """A client that was killed is no error of the hub's."""


@contextmanager
def serving(folder: Path, name: str) -> Iterator[Hub]:
    hub = Hub(folder, name)
    server = _Server(("127.0.0.1", 0), type("Handler", (Answers,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
