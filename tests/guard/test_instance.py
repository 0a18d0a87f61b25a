"""The instance and its own key: where the key comes from, where it goes, and what an answer means."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from remote_worker import instance
from remote_worker.instance import Answer, Instance, Outcome, identity, meaning
from tests.fake_vast.faults import Trouble
from tests.guard.box import Rental

KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def no_container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("CONTAINER_ID", "CONTAINER_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(instance, "INIT_ENVIRONMENT", tmp_path / "environ")
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(10)


def init_has(tmp_path: Path, **environment: str) -> None:
    (tmp_path / "environ").write_bytes(b"".join(f"{name}={value}\0".encode() for name, value in environment.items()))


def test_the_key_is_found_where_the_provider_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert identity() == ("", "")
    init_has(tmp_path, PATH="/bin", CONTAINER_ID="17", CONTAINER_API_KEY=KEY, ODD="a=b")
    assert identity() == ("17", KEY)
    monkeypatch.setenv("CONTAINER_ID", "18")
    assert identity() == ("17", KEY)
    monkeypatch.setenv("CONTAINER_API_KEY", "other")
    assert identity() == ("18", "other")


@pytest.mark.parametrize(("number", "key"), [("17/../18", KEY), ("", KEY), ("17", ""), ("17", "a b"), ("C.17", KEY)])
def test_what_cannot_be_an_id_or_a_key_is_none(tmp_path: Path, number: str, key: str) -> None:
    init_has(tmp_path, CONTAINER_ID=number, CONTAINER_API_KEY=key)
    assert identity() == ("", "")
    assert Instance("https://127.0.0.1:1").stop() == Answer(Outcome.NO_KEY)


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (200, b'{"success":true}', Outcome.DONE),
        (200, b"{}", Outcome.DONE),
        (200, b'{"success":false,"error":"no_such_instance"}', Outcome.REFUSED),
        (200, b"<html>", Outcome.FAILED),
        (200, b"", Outcome.FAILED),
        (200, b"[]", Outcome.FAILED),
        (200, b"[" * 100_000, Outcome.FAILED),
        (204, b"", Outcome.FAILED),
        (302, b"{}", Outcome.FAILED),
        (400, b'{"error":"missing_billing"}', Outcome.REFUSED),
        (401, b"{}", Outcome.REFUSED),
        (403, b'{"error":"not_authorized"}', Outcome.REFUSED),
        (403, b"<html>", Outcome.FAILED),
        (404, b'{"error":"no_such_instance"}', Outcome.GONE),
        (404, b'{"error":"not_found"}', Outcome.GONE),
        (404, b'{"msg":"Instance 17 not found."}', Outcome.GONE),
        (404, b'{"error":"auth_error","msg":"Invalid user key"}', Outcome.REFUSED),
        (404, b'{"detail":"Not Found"}', Outcome.FAILED),
        (404, b"<html>", Outcome.FAILED),
        (410, b'{"error":"deprecated_endpoint"}', Outcome.FAILED),
        (429, b"API requests too frequent", Outcome.FAILED),
        (429, b'{"error":"too_frequent"}', Outcome.FAILED),
        (502, b'{"error":"no_such_instance"}', Outcome.FAILED),
    ],
)
def test_what_an_answer_means(status: int, content: bytes, outcome: Outcome) -> None:
    assert meaning(status, content).outcome is outcome


def test_what_it_says_of_an_answer_cannot_carry_a_key() -> None:
    assert meaning(403, f'{{"error":"{KEY}","msg":"{KEY}"}}'.encode()).detail == "403"


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.HUGE, Trouble.DELAY])
def test_no_answer_is_waited_for_for_ever(rental: Rental, tmp_path: Path, trouble: Trouble) -> None:
    box = rental.box()
    init_has(tmp_path, CONTAINER_ID=str(box.number), CONTAINER_API_KEY=box.key)
    rental.world.faults.add("manage", trouble, seconds=60)
    began = time.monotonic()
    assert Instance(rental.url, patience_s=0.5).prove().outcome is Outcome.FAILED
    assert time.monotonic() - began < 30
    assert Instance(rental.url).prove() == Answer(Outcome.DONE, "200")
    rental.fake.close()


def test_nobody_answers(tmp_path: Path) -> None:
    init_has(tmp_path, CONTAINER_ID="17", CONTAINER_API_KEY=KEY)
    assert Instance("http://127.0.0.1:9").destroy() == Answer(Outcome.FAILED, "ConnectionRefusedError")


def test_a_provider_that_cannot_show_who_it_is_does_not_get_the_key(tmp_path: Path) -> None:
    init_has(tmp_path, CONTAINER_ID="17", CONTAINER_API_KEY=KEY)
    heard: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            heard.append(str(self.headers))

        def log_message(self, *_: object) -> None: ...

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None: ...

    server = Quiet(("127.0.0.1", 0), Listening)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        answer = Instance(f"https://127.0.0.1:{server.server_address[1]}").stop()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert answer == Answer(Outcome.FAILED, "SSLCertVerificationError")
    assert heard == []


def own_certificate(folder: Path) -> Path:
    """A certificate that nobody vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
