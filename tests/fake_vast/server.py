"""The API over real HTTP on the loopback address, with everything that goes wrong on the way."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fake_vast.api import Answer, Api, Call, Seen
from tests.fake_vast.faults import Fault, Trouble
from tests.fake_vast.world import Machines, World

PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
HUGE_BYTES = 1 << 30
DRIP_S = 0.02
ENDLESS = {Trouble.HUGE, Trouble.DRIP}
LARGEST_BODY = 1 << 20
PULSE_S = 0.1


class FakeVast:
    """Serves a world until it is closed. ``requests`` is every call that came, in order.

    With a world that lives by the wall clock, things happen on time even when nobody calls.
    """

    def __init__(self, world: World | None = None, machines: Machines | None = None, port: int = 0) -> None:
        self.world = world or World()
        if machines:
            self.world.use(machines)
        self.api = Api(self.world)
        self.requests: list[Seen] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.fake = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=[0.05], name="fake vast", daemon=True),
            threading.Thread(target=self._pulse, name="fake vast pulse", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def count(self, endpoint: str) -> int:
        """How often an endpoint was called."""
        return sum(seen.endpoint == endpoint for seen in self.requests)

    def close(self) -> None:
        if self.closing.is_set():
            return
        self.closing.set()
        self._server.shutdown()
        self._server.cut_all()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        with self.world.lock:
            for instance in self.world.instances.values():
                self.world.machines.remove(instance)

    def __enter__(self) -> FakeVast:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _pulse(self) -> None:
        while not self.closing.wait(PULSE_S):
            self.world.settle()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    fake: FakeVast

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # without asking the network for this computer's name
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        with self._open_lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is nothing to report."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None: ...

    def _serve(self) -> None:
        call = self._call()
        fake = self.server.fake
        endpoint = fake.api.endpoint(call)
        fault = fake.world.faults.take(endpoint)
        answer = _spoiled(fault, lambda: fake.api.answer(call))
        lost = fault is not None and fault.trouble in (Trouble.CUT, Trouble.LOSE_ANSWER)
        fake.requests.append(
            Seen(endpoint, call.method, call.path, call.body, 0 if lost else answer.status, fake.world.now())
        )
        if fault and fault.trouble is Trouble.DELAY:
            fake.closing.wait(fault.seconds)
        if lost:
            self._cut()
        else:
            self._send(answer, fault)

    def _call(self) -> Call:
        parts = urlsplit(self.path)
        body = self.rfile.read(min(LARGEST_BODY, int(self.headers.get("Content-Length") or 0)))
        try:
            content = json.loads(body) if body else {}
        except ValueError:
            content = None
        said = self.headers.get("Authorization")
        token = said.removeprefix("Bearer ") if said is not None else None
        return Call(self.command, parts.path, dict(parse_qsl(parts.query)), content, token, self.server.fake.url)

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        data = answer.data()
        trouble = fault.trouble if fault else None
        self.send_response(answer.status)
        if fault and trouble is Trouble.REDIRECT:
            self.send_header("Location", fault.url)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(HUGE_BYTES if trouble in ENDLESS else len(data)))
        self.end_headers()
        if trouble in ENDLESS:
            self._flood(b" " * (1 << 16 if trouble is Trouble.HUGE else 1), 0.0 if trouble is Trouble.HUGE else DRIP_S)
        elif trouble is Trouble.HALF:
            self.wfile.write(data[: len(data) // 2])
            self._cut()
        else:
            self.wfile.write(data)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The world's own time."""
        return super().date_time_string(int(self.server.fake.world.now()) if timestamp is None else timestamp)  # type: ignore[arg-type]

    def _flood(self, block: bytes, pause_s: float) -> None:
        with suppress(OSError):
            while not self.server.fake.closing.wait(pause_s):
                self.wfile.write(block)
        self.close_connection = True

    def _cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _spoiled(fault: Fault | None, carry_out: Any) -> Answer:
    """The answer as the fault lets it be; whether the call is carried out depends on the fault."""
    match fault.trouble if fault else None:
        case Trouble.CUT:
            return Answer(0, "")
        case Trouble.BAD_GATEWAY:
            return Answer(502, PAGE.format("502 Bad Gateway"), "text/html")
        case Trouble.GATEWAY_TIMEOUT:
            carry_out()
            return Answer(504, PAGE.format("504 Gateway Time-out"), "text/html")
        case Trouble.HTML:
            return Answer(200, PAGE.format("Please sign in to this network"), "text/html")
        case Trouble.FORBIDDEN_PAGE:
            return Answer(403, PAGE.format("Access denied"), "text/html")
        case Trouble.NO_PERMISSION:
            words = {"success": False, "error": "not_authorized", "msg": "This key may not do this."}
            return Answer(403, words)
        case Trouble.TOO_FREQUENT:
            return Answer(429, "API requests too frequent", "text/plain")
        case Trouble.REDIRECT:
            return Answer(302, "")
        case Trouble.NO_JSON:
            return Answer(200, '{"success": tru')
        case _:
            answer: Answer = carry_out()
            return answer
