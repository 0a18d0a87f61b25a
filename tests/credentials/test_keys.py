"""The key pair: made here, imported without touching the file, never overwritten, never seen."""

from __future__ import annotations

import io
import re
import subprocess
import traceback
from pathlib import Path

import paramiko
import pytest
from keyring.backends import fail

from gui.core.credentials import Credentials
from gui.core.errors import KeyringMissing, KeyUnusable
from gui.core.machine.keys import Identity, KeyStore, fingerprint, generate
from tests.credentials.keyrings import MemoryKeyring


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def keys(keyring: MemoryKeyring) -> KeyStore:
    return KeyStore(Credentials(keyring))


def ssh_keygen(path: Path, *arguments: str) -> Path:
    """A key file as people have them."""
    subprocess.run(["ssh-keygen", "-q", "-f", str(path), "-C", "somebody@somewhere", *arguments], check=True)
    return path


def public_half(path: Path) -> list[str]:
    return path.with_name(path.name + ".pub").read_text().split()[:2]


def body(identity: Identity) -> str:
    """The base64 inside of the private half."""
    return "".join(identity.private_pem.splitlines()[1:-1])


def test_a_new_pair_is_ed25519_and_openssh_agrees(tmp_path: Path) -> None:
    identity = generate()
    assert identity.public.startswith("ssh-ed25519 AAAA")
    assert identity.public.endswith(" embark")
    path = tmp_path / "key"
    path.write_text(identity.private_pem)
    path.chmod(0o600)
    made = subprocess.run(["ssh-keygen", "-y", "-f", str(path)], capture_output=True, text=True, check=True).stdout
    assert made.split()[:2] == identity.public.split()[:2]
    path.write_text(identity.public)
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, text=True, check=True).stdout
    assert fingerprint(identity.public) == shown.split()[1]


def test_two_pairs_differ() -> None:
    assert generate() != generate()


def test_paramiko_can_log_in_with_it() -> None:
    identity = generate()
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(identity.private_pem))
    assert key.get_base64() == identity.public.split()[1]


def test_the_private_half_never_shows_in_a_repr() -> None:
    identity = generate()
    assert "PRIVATE" not in repr(identity) + str(identity) + repr([identity])


def test_there_is_no_pair_until_one_is_made(keys: KeyStore) -> None:
    assert keys.load() is None
    assert keys.public() is None
    made = keys.create()
    assert keys.load() == made
    assert keys.public() == made.public


def test_the_pair_outlives_the_program(keyring: MemoryKeyring) -> None:
    made = KeyStore(Credentials(keyring)).create()
    assert KeyStore(Credentials(keyring)).load() == made


def test_a_pair_is_never_overwritten(keys: KeyStore, tmp_path: Path) -> None:
    first = keys.create()
    with pytest.raises(KeyUnusable) as refused:
        keys.create()
    assert refused.value.reason == "exists"
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", ""))
    assert refused.value.reason == "exists"
    with pytest.raises(KeyUnusable):
        keys.create(for_session=True)
    assert keys.load() == first


def test_a_pair_can_be_removed_and_another_made(keys: KeyStore) -> None:
    first = keys.create()
    keys.remove()
    assert keys.load() is None
    assert keys.create() != first


def test_it_fits_the_keyring_of_windows(keys: KeyStore, keyring: MemoryKeyring) -> None:
    keys.create()
    (stored,) = keyring.entries.values()
    assert len(stored.encode("utf-16")) < 2_560


@pytest.mark.parametrize("passphrase", ["", "열려라 참깨"])
@pytest.mark.parametrize("mangle", ["as it is", "CRLF", "BOM", "UTF-16", "empty lines"])
def test_an_ed25519_file_is_imported_and_left_as_it_is(
    keys: KeyStore, tmp_path: Path, passphrase: str, mangle: str
) -> None:
    path = ssh_keygen(tmp_path / "내 열쇠", "-t", "ed25519", "-N", passphrase, "-a", "1")
    text = path.read_text()
    path.write_bytes(
        {
            "as it is": text.encode(),
            "CRLF": text.replace("\n", "\r\n").encode(),
            "BOM": text.encode("utf-8-sig"),
            "UTF-16": text.encode("utf-16"),
            "empty lines": ("\n \n" + text + "\n\n").encode(),
        }[mangle]
    )
    before = path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode
    identity = keys.import_file(path, passphrase)
    assert identity.public.split()[:2] == public_half(path)
    assert keys.load() == identity
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) == before


@pytest.mark.parametrize("passphrase", ["", "sesame-sesame"])
def test_an_ed25519_file_as_openssl_writes_it_is_imported(keys: KeyStore, tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "key.pem"
    protect = ["-aes256", "-pass", f"pass:{passphrase}"] if passphrase else []
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", *protect, "-out", str(path)], check=True)
    identity = keys.import_file(path, passphrase)
    assert identity.private_pem.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")


def test_a_passphrase_that_is_not_needed_does_no_harm(keys: KeyStore, tmp_path: Path) -> None:
    path = ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", "")
    assert keys.import_file(path, "not needed").public.split()[:2] == public_half(path)


@pytest.mark.parametrize("kind", [["-t", "ed25519"], ["-t", "rsa", "-b", "2048", "-m", "PEM"]])
@pytest.mark.parametrize("given", ["", "wrong"])
def test_a_missing_or_wrong_passphrase_is_told_apart_from_garbage(
    keys: KeyStore, tmp_path: Path, kind: list[str], given: str
) -> None:
    path = ssh_keygen(tmp_path / "id", *kind, "-N", "right-one", "-a", "1")
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path, given)
    assert refused.value.reason == "wrong-passphrase"
    assert keys.load() is None


@pytest.mark.parametrize(
    "kind", [["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "2048", "-m", "PEM"], ["-t", "ecdsa"]], ids=" ".join
)
@pytest.mark.parametrize("passphrase", ["", "sesame"])
def test_other_kinds_of_keys_are_refused_by_name(
    keys: KeyStore, tmp_path: Path, kind: list[str], passphrase: str
) -> None:
    path = ssh_keygen(tmp_path / "id", *kind, "-N", passphrase, "-a", "1")
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path, passphrase)
    assert refused.value.reason == "unsupported"


def test_the_public_half_given_by_mistake_is_named(keys: KeyStore, tmp_path: Path) -> None:
    path = ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", "")
    for public in (
        path.with_name("id.pub").read_text(),
        "ssh-rsa AAAAB3NzaC1yc2E= me",
        "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
    ):
        path.write_text(public)
        with pytest.raises(KeyUnusable) as refused:
            keys.import_file(path)
        assert refused.value.reason == "public-half"


def test_a_puttygen_key_is_refused_by_name(keys: KeyStore, tmp_path: Path) -> None:
    path = tmp_path / "id.ppk"
    path.write_text("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path)
    assert refused.value.reason == "unsupported"


@pytest.mark.parametrize("cut", [0, 1, 20, 100, 250])
@pytest.mark.parametrize("passphrase", ["", "sesame"])
def test_a_key_that_is_cut_off_is_not_a_key(keys: KeyStore, tmp_path: Path, cut: int, passphrase: str) -> None:
    path = ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", passphrase, "-a", "1")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path, passphrase)
    assert refused.value.reason == "not-a-key"


@pytest.mark.parametrize(
    "content", [b"\x00\xff\xfe" * 50, "열쇠가 아닙니다".encode("cp949"), b"x" * 1_000_000, b"\xff\xfe"]
)
def test_garbage_is_not_a_key(keys: KeyStore, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "id"
    path.write_bytes(content)
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path)
    assert refused.value.reason == "not-a-key"


def test_a_file_that_is_not_there_is_unreadable(keys: KeyStore, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(KeyUnusable) as refused:
            keys.import_file(path)
        assert refused.value.reason == "unreadable"


def test_a_refusal_shows_nothing_of_the_file(keys: KeyStore, tmp_path: Path) -> None:
    path = ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", "")
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-3] + lines[-2:]) + "\n")
    passphrase = "sesame" * 2
    with pytest.raises(KeyUnusable) as refused:
        keys.import_file(path, passphrase)
    shown = "".join(traceback.format_exception(refused.value))
    assert passphrase not in shown
    assert not any(line in shown for line in lines[1:-1])


def test_what_is_stored_and_damaged_is_said_and_can_be_removed(keys: KeyStore, keyring: MemoryKeyring) -> None:
    keys.create()
    (entry,) = keyring.entries
    keyring.entries[entry] = "-----BEGIN OPENSSH PRIVATE KEY-----"
    with pytest.raises(KeyUnusable) as damaged:
        keys.load()
    assert damaged.value.reason == "not-a-key"
    with pytest.raises(KeyUnusable) as refused:
        keys.create()
    assert refused.value.reason == "exists", "even what cannot be read is not overwritten"
    keys.remove()
    keys.create()


def test_without_a_keyring_a_pair_is_made_only_for_this_session_and_only_when_told() -> None:
    keys = KeyStore(Credentials(fail.Keyring()))
    with pytest.raises(KeyringMissing):
        keys.load()
    with pytest.raises(KeyringMissing):
        keys.create()
    made = keys.create(for_session=True)
    assert keys.load() == made
    assert keys.is_for_session()
    with pytest.raises(KeyUnusable):
        keys.create(for_session=True)


def test_a_file_can_be_imported_for_this_session(tmp_path: Path) -> None:
    keys = KeyStore(Credentials(fail.Keyring()))
    path = ssh_keygen(tmp_path / "id", "-t", "ed25519", "-N", "")
    keys.import_file(path, for_session=True)
    assert (keys.public() or "").split()[:2] == public_half(path)


def test_a_pair_in_the_keyring_is_not_for_this_session(keys: KeyStore) -> None:
    keys.create()
    assert not keys.is_for_session()


def test_the_pem_is_a_few_lines_of_base64() -> None:
    """What the search in the keyring's files looks for."""
    assert re.fullmatch(r"[A-Za-z0-9+/=]{300,}", body(generate()))
