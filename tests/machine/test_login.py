"""Who is let in, whom one talks to, and what happens at the first login."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import paramiko
import pytest

from gui.core.cloud.base import Needs
from gui.core.cloud.practice import PracticeCloud
from gui.core.errors import AgentFailed, HostKeyChanged, LoginRefused, PythonMissing
from gui.core.machine import keys, line, ssh, transfer
from gui.core.machine.keys import Identity
from tests.machine.servers import HOST, Door, Sshd, practice_only


@practice_only
def test_another_host_key_than_expected_is_refused_before_logging_in(door: Door) -> None:
    logins: list[str] = []

    class Curious(paramiko.ServerInterface):
        def get_allowed_auths(self, username: str) -> str:
            logins.append(username)
            return "publickey"

        def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
            logins.append(username)
            return paramiko.AUTH_SUCCESSFUL

    import socket
    import threading

    with socket.create_server((HOST, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            transport = paramiko.Transport(connection)
            transport.add_server_key(line.private_key(keys.generate()))
            transport.start_server(server=Curious(), event=threading.Event())
            transport.join()
            connection.close()

        server = threading.Thread(target=serve)
        server.start()
        with pytest.raises(HostKeyChanged) as changed:
            door.connect(port=listener.getsockname()[1])
        server.join()
    assert changed.value.expected == door.host_key
    assert changed.value.found.startswith("SHA256:")
    assert changed.value.found != door.host_key
    assert logins == []


def test_without_an_expected_host_key_the_first_one_is_told(door: Door) -> None:
    machine = ssh.connect(HOST, door.port, door.user, door.identity, "")
    assert machine.host_key == door.host_key
    machine.close()


def test_another_key_is_not_let_in(door: Door) -> None:
    with pytest.raises(LoginRefused) as refused:
        door.connect(identity=keys.generate())
    assert refused.value.address == f"{door.user}@{HOST}:{door.port}"
    assert refused.value.temporary


def test_the_agent_is_brought_once_and_a_damaged_one_is_replaced(door: Door) -> None:
    door.connect().close()
    (agent,) = door.folder.glob("agent-*.py")
    first = agent.stat().st_mtime_ns
    door.connect().close()
    assert agent.stat().st_mtime_ns == first
    agent.write_text("raise SystemExit(5)")
    machine = door.connect()
    assert machine.run("have") == {"keys": {}}
    machine.close()
    assert [path.name for path in door.folder.glob("agent-*")] == [ssh.agent_source()[0]]


@practice_only
def test_an_embark_folder_that_cannot_be_made_is_told(door: Door) -> None:
    (door.home / "embark").write_text("a file is in the way")
    with pytest.raises(AgentFailed):
        door.connect()


def test_what_the_library_has_to_say_is_not_printed(tmp_path: Path) -> None:
    program = """
import socket, threading
from gui.core.errors import ConnectionLost
from gui.core.machine import keys, line, ssh, transfer
listener = socket.create_server(("127.0.0.1", 0))
def hang_up():
    connection, _ = listener.accept()
    connection.sendall(b"SSH-2.0-nonsense\\r\\nnot a packet at all" * 100)
    connection.close()
threading.Thread(target=hang_up).start()
try:
    ssh.connect(*listener.getsockname(), "root", keys.generate())
except ConnectionLost:
    print("lost")
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(ssh.__file__).parents[3]
    )
    assert (said.stdout, said.stderr) == ("lost\n", "")


@practice_only
def test_a_private_key_shows_in_no_error(door: Door) -> None:
    stranger = keys.generate()
    with pytest.raises(LoginRefused) as refused:
        door.connect(identity=stranger)
    secret = stranger.private_pem.splitlines()[2]
    error: BaseException | None = refused.value
    while error:
        assert secret not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__


def pem(key: paramiko.PKey) -> Identity:
    text = io.StringIO()
    key.write_private_key(text)
    return Identity(f"{key.get_name()} {key.get_base64()} test", text.getvalue())


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_an_imported_key_of_another_kind_works_too(tmp_path: Path, kind: str) -> None:
    identity = pem(paramiko.RSAKey.generate(2048) if kind == "rsa" else paramiko.ECDSAKey.generate())
    server = Sshd(tmp_path, tmp_path / "home", identity.public)
    ssh.connect(HOST, server.port, server.user, identity, server.host_key).close()
    server.close()


def test_a_machine_without_python_is_told_with_what_was_tried(tmp_path: Path) -> None:
    identity = keys.generate()
    whole = PracticeCloud(tmp_path, Path(sys.executable))
    whole.rent(whole.offers(Needs())[0], "embark-1", identity.public)
    whole.close()
    broken = PracticeCloud(tmp_path, tmp_path / "no python")
    (instance,) = broken.instances()
    assert instance.address is not None
    with pytest.raises(PythonMissing) as missing:
        ssh.connect(HOST, instance.address.port, instance.address.user, identity, instance.host_key)
    assert missing.value.tried == list(ssh.PYTHONS)
    broken.close()


def test_a_login_script_that_talks_spoils_nothing(tmp_path: Path) -> None:
    identity = keys.generate()
    home = tmp_path / "home"
    server = Sshd(
        tmp_path, home, f'command="echo Welcome; echo to >&2; eval \\"$SSH_ORIGINAL_COMMAND\\"" {identity.public}'
    )
    machine = ssh.connect(HOST, server.port, server.user, identity, server.host_key)
    (home / "embark" / "log").write_bytes(b"line\n")
    assert machine.read("log", 0) == b"line\n"
    assert machine.run("have") == {"keys": {}}
    machine.close()
    server.close()


@pytest.mark.parametrize(
    "reply",
    [
        "[" * 100_000,
        "{}",
        '{"error": "MachineDiskFull", "fields": {"free_bytes": "many", "needed_bytes": 1}}',
        '{"error": "LocalDiskFull", "fields": {"path": "/"}}',
        '{"error": ["x"]}',
        '{"keys": ["a", "b"]}',
        "null",
    ],
)
def test_a_machine_that_talks_nonsense_is_told_as_that(tmp_path: Path, reply: str) -> None:
    identity = keys.generate()
    home = tmp_path / "home"
    server = Sshd(tmp_path, home, identity.public)
    machine = ssh.connect(HOST, server.port, server.user, identity, server.host_key)
    (agent,) = (home / "embark").glob("agent-*.py")
    agent.write_text(f"import sys; sys.stderr.write('embark-reply:' + {reply!r})")
    with pytest.raises(AgentFailed) as told:
        machine.put(transfer.bytes_parcel("job/x", b"x"))
    assert len(told.value.detail) < 500
    machine.close()
    server.close()
