"""A model's files, from the hub to this machine: without pickles, resumed after a cut, each held against its hash.

Standard library only. They lie where the hub's own library looks for them, so that what is there already is not
fetched again, and what was fetched here is found by others. What the hub says is not trusted: names, sizes and hashes
are checked before and after.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
import http.client
import json
import os
import re
import shutil
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remote_worker.agent import locked
from remote_worker.failures import JobFailed, is_disk_full, one_line
from remote_worker.instance import trusted
from remote_worker.protocol import Failure, ModelSpec

HUB = "https://huggingface.co"
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
WANTED = ("*.safetensors", "*.json", "*.txt", "*.model", "*.jinja")
NOT_WANTED = ("onnx/*", "openvino/*", "original/*", "assets/*")

_COMMIT = re.compile(r"[0-9a-f]{40}")
_FILE_NAME = re.compile(r"[\w.+-]+(/[\w.+-]+)*", re.ASCII)
_MOST_FILES = 2000
_LISTING_BYTES = 16 << 20
_BLOCK_BYTES = 1 << 20
_AT_ONCE = 4
_SILENCE_S = 30.0
_TRIES = 8
"""How often in a row without a single byte, about two minutes in all."""
_WRONG_HASHES = 3
_LONGEST_PAUSE_S = 30.0
_LONGEST_ASKED_S = 60.0
"""A hub that says when to come again is believed up to here."""
_ROOM_BYTES = 64 << 20
_TELL_EVERY_S = 1.0
_SPEED_OVER_S = 8.0

Told = Callable[["Progress"], None]


@dataclass(frozen=True)
class Progress:
    """``done_bytes`` of ``total_bytes`` are there; ``came_bytes`` of them came over the network just now."""

    done_bytes: int
    total_bytes: int
    came_bytes: int
    bytes_per_s: float


@dataclass(frozen=True)
class HubFile:
    name: str
    size_bytes: int
    sha256: str  # "" = small, and known by ``git_sha1``
    git_sha1: str = ""


@dataclass(frozen=True)
class Listing:
    revision: str  # a commit
    files: tuple[HubFile, ...]


class Again(Exception):
    """What may work at the next try. ``failure``: what it is if it never does."""

    def __init__(self, failure: Failure, detail: str, wait_s: float = 0.0) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail
        self.wait_s = wait_s


class Hub:
    """What is asked of the hub, each thing once. Raises Again, JobFailed(MODEL_MISSING).

    ``pace``: of the pauses between tries; shorter for a test.
    """

    def __init__(self, pace: float = 1.0, silence_s: float = _SILENCE_S) -> None:
        self.pace = pace
        self._address = (os.environ.get("HF_ENDPOINT") or HUB).rstrip("/")
        self._silence_s = silence_s

    def listing(self, name: str, revision: str) -> Listing:
        path = f"/api/models/{name}/revision/{urllib.parse.quote(revision or 'main', safe='')}?blobs=true"
        with self._open(path, name) as response, _network():
            content = response.read(_LISTING_BYTES)
        try:
            said = json.loads(content)
            commit, siblings = str(said["sha"]), list(said["siblings"])
            if not _COMMIT.fullmatch(commit) or len(siblings) > _MOST_FILES:
                raise ValueError("no commit, or too many files")
            wanted = [one for one in siblings if _is_wanted(str(one["rfilename"]))]
            return Listing(commit, tuple(_file(one) for one in wanted))
        except (ValueError, KeyError, TypeError, RecursionError) as strange:
            raise Again(Failure.HUB_REFUSES, "it answered something else than a list of files") from strange

    def file(self, name: str, revision: str, file: HubFile, offset: int) -> http.client.HTTPResponse:
        """The file from ``offset`` on, or from its beginning: see ``start_of``."""
        path = f"/{name}/resolve/{revision}/{urllib.parse.quote(file.name)}"
        return self._open(path, f"{name}: {file.name}", {"Range": f"bytes={offset}-"} if offset else {})

    def _open(self, path: str, what: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        request = urllib.request.Request(self._address + path, headers=headers or {})
        request.add_header("User-Agent", "embark")
        request.add_header("Accept-Encoding", "identity")
        if token := _token():
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted()))
        try:
            with _network():
                response: http.client.HTTPResponse = opener.open(request, timeout=self._silence_s)
        except urllib.error.HTTPError as no:
            with no:
                raise _refused(no, what) from no
        if "text/html" in (response.headers.get("Content-Type") or ""):
            response.close()
            raise Again(Failure.HUB_REFUSES, "a web page came instead of a file")
        return response


def _refused(no: urllib.error.HTTPError, what: str) -> Exception:
    if no.code in (401, 403, 404):  # without a login, what does not exist is a 401 there
        return JobFailed(
            Failure.MODEL_MISSING, f"{what}: the hub knows no such model, or gives it to no one ({no.code})"
        )
    if no.code == 429:
        asked = no.headers.get("Retry-After") or ""
        wait_s = min(float(asked), _LONGEST_ASKED_S) if re.fullmatch(r"\d{1,6}", asked) else 0.0
        return Again(Failure.HUB_REFUSES, "too many requests (429)", wait_s)
    return Again(Failure.HUB_REFUSES, f"it answered with error {no.code}")


@contextlib.contextmanager
def _network() -> Iterator[None]:
    """Whatever is wrong with the connection is worth another try."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as broken:
        cause = broken.reason if isinstance(broken, urllib.error.URLError) else broken
        raise Again(Failure.HUB_SILENT, one_line(f"{type(cause).__name__}: {cause}")) from broken


def _is_wanted(name: str) -> bool:
    return any(fnmatch.fnmatch(name, one) for one in WANTED) and not any(
        fnmatch.fnmatch(name, one) for one in NOT_WANTED
    )


def _file(said: dict[str, Any]) -> HubFile:
    """Raises ValueError for a name that leads elsewhere, or a file without size and hash."""
    name, large = str(said["rfilename"]), said.get("lfs") or {}
    sha256, sha1, size = str(large.get("sha256") or ""), str(said.get("blobId") or ""), said["size"]
    if not _FILE_NAME.fullmatch(name) or any(set(part) == {"."} for part in name.split("/")):
        raise ValueError(f"not a safe name: {name!r}")
    if not isinstance(size, int) or size < 0 or not re.fullmatch("[0-9a-f]{64}|[0-9a-f]{40}", sha256 or sha1):
        raise ValueError(f"{name} has no size or hash")
    return HubFile(name, size, sha256, "" if sha256 else sha1)


def _token() -> str:
    """For models that are given to some only, as the hub's own tools keep it. Goes to the hub and nowhere else."""
    token = os.environ.get("HF_TOKEN", "")
    if not token:
        with contextlib.suppress(OSError, UnicodeDecodeError):
            token = Path(os.environ.get("HF_TOKEN_PATH") or _home() / "token").read_text(encoding="utf-8")
    return token.strip() if re.fullmatch(r"\s*[!-~]{1,4096}\s*", token) else ""


def _home() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("HF_HOME") or f"{cache}/huggingface").expanduser()


class Store:
    """Where the files of one model lie: ``snapshots/COMMIT/``, and ``parts/`` for what is not whole yet."""

    def __init__(self, name: str) -> None:
        cache = Path(os.environ.get("HF_HUB_CACHE") or _home() / "hub").expanduser()
        self.folder = cache / f"models--{name.replace('/', '--')}"

    def snapshot(self, revision: str) -> Path:
        return self.folder / "snapshots" / revision

    def part(self, file: HubFile) -> Path:
        return self.folder / "parts" / (file.sha256 or file.git_sha1)

    def has(self, revision: str, file: HubFile) -> bool:
        """Whether it is there whole; its hash was looked at before it got its name."""
        try:
            return (self.snapshot(revision) / file.name).stat().st_size == file.size_bytes
        except OSError:
            return False

    def here_bytes(self, revision: str, file: HubFile) -> int:
        if self.has(revision, file):
            return file.size_bytes
        try:
            return min(file.size_bytes, self.part(file).stat().st_size)
        except OSError:
            return 0

    def keep(self, revision: str, file: HubFile) -> None:
        target = self.snapshot(revision) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self.part(file), target)

    def name(self, branch: str, revision: str) -> None:
        """Write down which commit a branch was, for when the hub cannot be asked."""
        path = self.folder / "refs" / branch
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(revision, encoding="ascii")

    def known(self, revision: str) -> Path | None:
        """A whole snapshot that was fetched before, of a commit or a branch."""
        commit = revision
        if not _COMMIT.fullmatch(revision):
            with contextlib.suppress(OSError, UnicodeDecodeError, ValueError):
                commit = (self.folder / "refs" / (revision or "main")).read_text(encoding="ascii").strip()
        folder = self.snapshot(commit)
        return folder if _COMMIT.fullmatch(commit) and _looks_whole(folder) else None


def _looks_whole(folder: Path) -> bool:
    """Every file of weights is there that the list of them names."""
    try:
        listed = json.loads((folder / "model.safetensors.index.json").read_bytes())
        names = {str(name) for name in listed["weight_map"].values()}
    except FileNotFoundError:
        return (folder / "config.json").is_file() and any(folder.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return all(_FILE_NAME.fullmatch(name) and (folder / name).is_file() for name in names)


def fetch(spec: ModelSpec, told: Told = lambda _: None, hub: Hub | None = None) -> Path:
    """The folder of the model's files, named after their commit; only what is missing comes over the network.

    Raises JobFailed (MODEL_MISSING, DISK_FULL, HUB_SILENT, HUB_REFUSES).
    """
    store = Store(spec.name)
    if os.environ.get("HF_HUB_OFFLINE") in ("1", "ON", "YES", "TRUE"):
        if known := store.known(spec.revision):
            return known
        raise JobFailed(Failure.MODEL_MISSING, f"{spec.name} is not on this machine, which may not ask the hub")
    hub = hub or Hub()
    try:
        listing = _listed(hub, spec)
    except JobFailed as failed:
        if failed.failure is not Failure.MODEL_MISSING and (known := store.known(spec.revision)):
            return known
        raise
    try:
        with locked(store.folder / ".embark.lock", wait=lambda: True):
            _Fetching(store, hub, spec.name, listing, told).run()
            if not _COMMIT.fullmatch(spec.revision):
                store.name(spec.revision or "main", listing.revision)
    except OSError as broken:
        if not is_disk_full(broken):
            raise
        raise JobFailed(Failure.DISK_FULL, f"{spec.name} does not fit on the disk of this machine") from broken
    return store.snapshot(listing.revision)


def _listed(hub: Hub, spec: ModelSpec) -> Listing:
    tries = 0
    while True:
        try:
            return hub.listing(spec.name, spec.revision)
        except Again as again:
            tries += 1
            if tries >= _TRIES:
                raise JobFailed(again.failure, again.detail) from again
            time.sleep(_pause_s(again, tries, hub.pace))


def _pause_s(again: Again, tries: int, pace: float) -> float:
    return pace * max(again.wait_s, min(_LONGEST_PAUSE_S, 2.0 ** (tries - 1)))


class _Fetching:
    """One model's missing files, several at a time."""

    def __init__(self, store: Store, hub: Hub, name: str, listing: Listing, told: Told) -> None:
        self._store, self._hub, self._name, self._told = store, hub, name, told
        self._revision, self._files = listing.revision, listing.files
        self._total_bytes = sum(file.size_bytes for file in listing.files)
        self._here = {file: store.here_bytes(listing.revision, file) for file in listing.files}
        self._lock = threading.Lock()
        self._came_bytes = 0
        self._over = threading.Event()
        self._seen = [(time.monotonic(), 0)]

    def run(self) -> None:
        missing = [file for file in self._files if not self._store.has(self._revision, file)]
        self._mind_the_disk()
        self._tell()
        # The large ones first, or the last of them would come alone.
        missing.sort(key=lambda file: -file.size_bytes)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="weights") as pool:
            coming = [pool.submit(self._bring, file) for file in missing]
            try:
                self._watch(coming)
            finally:
                self._over.set()
        self._tell()

    def _watch(self, coming: list[Future[None]]) -> None:
        left = set(coming)
        while left:
            done, left = wait(left, _TELL_EVERY_S, FIRST_EXCEPTION)
            for one in done:
                one.result()
            self._tell()

    def _mind_the_disk(self) -> None:
        needed = self._total_bytes - sum(self._here.values())
        free = shutil.disk_usage(_existing(self._store.folder)).free
        if needed and free < needed + _ROOM_BYTES:
            detail = f"{self._name} does not fit on the disk of this machine"
            raise JobFailed(Failure.DISK_FULL, detail, needed_bytes=needed + _ROOM_BYTES, free_bytes=free)

    def _tell(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._seen = [one for one in self._seen if now - one[0] <= _SPEED_OVER_S][-60:] or self._seen[-1:]
            since, before = self._seen[0]
            self._seen.append((now, self._came_bytes))
            speed = (self._came_bytes - before) / (now - since) if now > since else 0.0
            done = sum(self._here.values())
        self._told(Progress(done, self._total_bytes, self._came_bytes, speed))

    def _bring(self, file: HubFile) -> None:
        """Raises JobFailed."""
        tries = wrong = 0
        while not self._over.is_set():
            before = self._here[file]
            try:
                if self._come(file):
                    return
                wrong += 1
                again = Again(Failure.HUB_REFUSES, f"{file.name} is not what its hash says")
                if wrong < _WRONG_HASHES:
                    continue
            except Again as failed:
                again = failed
                tries = 0 if self._here[file] > before else tries + 1
            if wrong >= _WRONG_HASHES or tries >= _TRIES:
                raise JobFailed(again.failure, again.detail) from again
            self._over.wait(_pause_s(again, max(1, tries), self._hub.pace))

    def _come(self, file: HubFile) -> bool:
        """Fetch what is missing of a file and give it its name; False when it is not what it should be."""
        part = self._store.part(file)
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("a+b") as out:
            digest, size = _digest(file), out.seek(0, os.SEEK_END)
            if size > file.size_bytes:
                size = out.truncate(0)
            out.seek(0)
            while block := out.read(_BLOCK_BYTES):
                digest.update(block)
            if size < file.size_bytes:
                with self._hub.file(self._name, self._revision, file, size) as response:
                    if size and response.status == 200:  # from the beginning, whatever was asked
                        size, digest = out.truncate(0), _digest(file)
                    _check_length(response, file, size)
                    size += self._copy(response, out, digest, file, size)
        if size != file.size_bytes or digest.hexdigest() != (file.sha256 or file.git_sha1):
            part.unlink()
            self._set_here(file, 0)
            return False
        self._store.keep(self._revision, file)
        self._set_here(file, file.size_bytes)
        return True

    def _copy(self, response: http.client.HTTPResponse, out: Any, digest: Any, file: HubFile, size: int) -> int:
        came = 0
        while size + came < file.size_bytes:
            if self._over.is_set():
                raise Again(Failure.HUB_SILENT, "given up")
            with _network():
                block = response.read1(min(_BLOCK_BYTES, file.size_bytes - size - came))
            if not block:
                raise Again(Failure.HUB_SILENT, f"{file.name} was cut off")
            out.write(block)
            digest.update(block)
            came += len(block)
            self._set_here(file, size + came, len(block))
        return came

    def _set_here(self, file: HubFile, here_bytes: int, came_bytes: int = 0) -> None:
        with self._lock:
            self._here[file] = here_bytes
            self._came_bytes += came_bytes


def _check_length(response: http.client.HTTPResponse, file: HubFile, offset: int) -> None:
    """A hub, or whatever answers in its place, that sends something else is found out before it is written."""
    said = response.headers.get("Content-Length")
    if said is not None and said != str(file.size_bytes - offset):
        raise Again(Failure.HUB_REFUSES, f"{file.name} has {said} bytes where {file.size_bytes - offset} were expected")


def _digest(file: HubFile) -> Any:
    if file.sha256:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % file.size_bytes, usedforsecurity=False)


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
