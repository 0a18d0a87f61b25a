"""A model hub on the loopback address that hands out one folder, and remembers what was asked of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def serving(folder: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    """The hub's address, and the paths of the files that were fetched from it so far."""
    fetched: list[str] = []
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    class Hub(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith(f"/api/models/{name}/tree/"):
                self.send(json.dumps([self.entry(one) for one in files]).encode(), with_body)
            elif path in (f"/api/models/{name}", *(f"/api/models/{name}/revision/{one}" for one in ("main", COMMIT))):
                siblings = [{"rfilename": one} for one in files]
                self.send(json.dumps({"id": name, "sha": COMMIT, "siblings": siblings}).encode(), with_body)
            elif (file := path.removeprefix(f"/{name}/resolve/{COMMIT}/")) in files:
                if with_body:
                    fetched.append(file)
                self.send((folder / file).read_bytes(), with_body)
            else:
                self.send(b"{}", with_body, status=404, code="RepoNotFound")

        def entry(self, file: str) -> dict[str, object]:
            content = (folder / file).read_bytes()
            return {"type": "file", "path": file, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}

        def send(self, content: bytes, with_body: bool, status: int = 200, code: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            if code:
                self.send_header("X-Error-Code", code)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Not into the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fetched
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
