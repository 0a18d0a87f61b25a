"""The machine's side of every command: one verb a call, standard library only, no shell.

    python agent.py [--root FOLDER] VERB ARGUMENTS...

All names are relative to the machine's Embark folder: the folder this file lies in, unless ``--root`` names another.
The reply is one JSON object on the last line of stderr that begins with ``embark-reply:``; raw data goes to stdout
after ``DATA_MARK``, so that neither a login script's greeting nor the reply can mix with it. An expected error is the
reply ``{"error": NAME, "fields": {...}}`` with the name of an EmbarkError of the app.

In the Embark folder::

    .parcels/KEY      what was stored under which name, written last
    .incoming/        what is just arriving; swept by the next arrival
    .workers/         which worker works on which job
    env/              packages that ``setup --install`` added
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import importlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

REPLY_MARK = "embark-reply:"
DATA_MARK = b"\0embark-data\n"
BLOCK_BYTES = 1 << 18
READ_BYTES = 4 << 20  # most that one ``read`` gives
DIGEST_BYTES = 32
MAX_MEMBERS = 100_000
MAX_WAIT_S = 60.0
POSIX = os.name == "posix"
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


class Refused(Exception):
    """An expected error: the name of an EmbarkError and its fields."""

    def __init__(self, error: str, **fields: Any) -> None:
        super().__init__(error)
        self.error = error
        self.fields = fields


def failed(detail: str) -> Refused:
    return Refused("AgentFailed", detail=detail)


# --- names, disk, small files -----------------------------------------------------------------------------------------


def inside(folder: Path, name: str) -> Path:
    """``name`` below ``folder``; refuses whatever could lead out of it, links too."""
    parts = name.split("/")
    bad = any(part in ("", ".", "..") or "\0" in part or "\\" in part or (":" in part and not POSIX) for part in parts)
    path = folder.joinpath(*parts)
    if bad or parts[0].startswith(".") or os.path.realpath(path) != os.path.join(os.path.realpath(folder), *parts):
        raise failed(f"not a safe name: {name!r}")
    return path


def disk(root: Path) -> tuple[int, int]:
    """Bytes free and in all. ``EMBARK_DISK_LIMIT`` makes a disk of that size out of the folder (practice)."""
    usage = shutil.disk_usage(root)
    limit = os.environ.get("EMBARK_DISK_LIMIT")
    if limit is None:
        return usage.free, usage.total
    used = 0
    for folder, _, files in os.walk(root):
        for name in files:
            with contextlib.suppress(FileNotFoundError):
                used += os.lstat(os.path.join(folder, name)).st_size
    return max(0, min(usage.free, int(limit) - used)), int(limit)


def write_json(path: Path, content: Any) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as out:
            out.write(json.dumps(content).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """None when it is absent or no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


# --- processes --------------------------------------------------------------------------------------------------------


def started(pid: int) -> str:
    """When a living process was started, in the system's own words; "" = there is none (or only its remains).

    A pid alone is not enough: it may have been given to another process meanwhile.
    """
    if os.name == "nt":
        return _started_windows(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
        return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
    except FileNotFoundError:
        if os.path.exists("/proc/self/stat"):
            return ""
    except ProcessLookupError:
        return ""
    ask = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(pid)]
    said = subprocess.run(ask, capture_output=True, text=True, check=False)
    state, _, since = said.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else re.sub(r"\W+", "-", since.strip())


def _started_windows(pid: int) -> str:
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return ""
    try:
        code = ctypes.c_ulong()
        times = [ctypes.c_ulonglong() for _ in range(4)]
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if code.value != 259 or not kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times)):
            return ""
        return str(times[0].value)
    finally:
        kernel.CloseHandle(handle)


def detached() -> dict[str, Any]:
    """What makes a child outlive the connection; its own group, so that it can be ended as a whole."""
    if POSIX:
        return {"start_new_session": True}
    return {"creationflags": 0x00000008 | 0x00000200}  # DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP


def end_group(pid: int) -> None:
    """End what is left of a group that was begun with ``detached``."""
    if POSIX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], capture_output=True, check=False)


@contextlib.contextmanager
def locked(path: Path, wait: Callable[[], bool]) -> Iterator[bool]:
    """Hold a lock that the system lets go when this process ends, however it ends.

    Gives False when somebody else holds it and ``wait`` does not say to wait any longer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        while not (mine := _try_lock(file)) and wait():
            time.sleep(0.05)
        yield mine


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        if taken.errno not in TAKEN:
            raise
        return False
    return True


# --- probe ------------------------------------------------------------------------------------------------------------


def probe(root: Path, _: argparse.Namespace) -> dict[str, Any]:
    free_bytes, total_bytes = disk(root)
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "memory_bytes": _memory_bytes(),
        "disk_free_bytes": free_bytes,
        "disk_total_bytes": total_bytes,
        "gpus": _gpus(),
    }


def _processor() -> str:
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as said:
        for line in said:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        said_by = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False
        )
        if said_by.stdout.strip():
            return said_by.stdout.strip()
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    """What this system may use: the computer's memory, or less where a container has a limit."""
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = (
                [("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("total", ctypes.c_ulonglong)]
                + [(f"other{number}", ctypes.c_ulonglong) for number in range(6)]
            )  # fmt: skip

        status = Status()
        status.length = ctypes.sizeof(status)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.total)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            total = min(total, int(Path(limit).read_text()))
    return total


def _gpus() -> list[dict[str, Any]]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in said.splitlines()]
    return [
        {"name": row[0], "vram_bytes": int(row[1]) << 20, "driver": row[2]}
        for row in rows
        if len(row) == 3 and row[1].isdigit()
    ]


# --- have, store ------------------------------------------------------------------------------------------------------


def have(root: Path, _: argparse.Namespace) -> dict[str, Any]:
    """The keys of stored parcels, each with its name."""
    boot = _boot()
    there = {
        key: marker["name"]
        for key, marker in _markers(root)
        if marker.get("boot", boot) == boot and os.path.exists(root / marker["name"])
    }
    return {"keys": there}


def _boot() -> str:
    """Another one after every start of the machine; "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _markers(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((root / ".parcels").glob("*")):
        marker = read_json(path)
        if isinstance(marker, dict) and isinstance(marker.get("name"), str):
            yield path.name, marker


class Arriving:
    """``size_bytes`` of content and the SHA-256 that the app took of it while sending."""

    def __init__(self, source: BinaryIO, size_bytes: int) -> None:
        self._source = source
        self._left = size_bytes
        self._digest = hashlib.sha256()

    def read(self, size_bytes: int) -> bytes:
        block = self._source.read(min(size_bytes, self._left))
        if not block and self._left and size_bytes:
            raise failed("the stream was cut")
        self._left -= len(block)
        self._digest.update(block)
        return block

    def agreed(self, name: str) -> str:
        """The hash of it all. Raises when it is not the one that was sent."""
        while self._left:
            self.read(BLOCK_BYTES)
        sent = self._source.read(DIGEST_BYTES)
        if len(sent) < DIGEST_BYTES:
            raise failed("the stream was cut")
        if sent != self._digest.digest():
            raise Refused("TransferCorrupt", name=name)
        return sent.hex()


def store(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Take a parcel in from stdin: first aside, then checked, then into its place, then its marker."""
    if not re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", asked.key):
        raise failed(f"not a key: {asked.key!r}")
    target = inside(root, asked.name)
    free_bytes, _ = disk(root)
    if free_bytes < asked.size:
        raise Refused("MachineDiskFull", free_bytes=free_bytes, needed_bytes=asked.size)
    arriving = Arriving(sys.stdin.buffer, asked.size)
    try:
        with _staging(root) as stage:
            if asked.unpack:
                _unpack(arriving, stage)
            else:
                _write(arriving, stage / "file", sync=True)
            sha256 = arriving.agreed(asked.name)
            if asked.unpack:
                _move_tree(stage, target)
            else:
                _move_file(root, stage / "file", target, asked.name)
            marker = {"name": asked.name, "sha256": sha256, "size_bytes": asked.size}
            # Small files are not synced one by one (20 times slower): after a crash of the machine they go over again.
            marker.update({"boot": _boot()} if asked.unpack else {})
            write_json(root / ".parcels" / asked.key, marker)
    except OSError as broken:
        if broken.errno in FULL:
            raise Refused("MachineDiskFull", free_bytes=disk(root)[0], needed_bytes=asked.size) from broken
        raise
    return marker


@contextlib.contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A folder for what is arriving, gone afterwards; leftovers of arrivals that were killed go too."""
    incoming = root / ".incoming"
    for old in incoming.glob("*"):
        pid, _, since = old.name.partition("-")
        if not pid.isdigit() or started(int(pid)) != since:
            shutil.rmtree(old, ignore_errors=True)
    mine = incoming / f"{os.getpid()}-{started(os.getpid())}"
    mine.mkdir(parents=True)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _write(source: Arriving | IO[bytes], path: Path, sync: bool) -> None:
    with open(path, "xb") as out:
        while block := source.read(BLOCK_BYTES):
            out.write(block)
        if sync:
            out.flush()
            os.fsync(out.fileno())


def _unpack(source: Arriving, stage: Path) -> None:
    """Plain files only, each below ``stage``."""
    count = 0
    try:
        with tarfile.open(fileobj=source, mode="r|", encoding="utf-8", bufsize=BLOCK_BYTES) as tar:  # type: ignore[call-overload]
            for member in tar:
                count += 1
                if not member.isreg() or member.issparse() or count > MAX_MEMBERS:
                    raise failed(f"not a plain file in the archive: {member.name!r}")
                path = inside(stage, member.name)
                path.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                assert content is not None, "a plain file has content"
                _write(content, path, sync=False)
    except tarfile.TarError as broken:
        raise failed(f"not a tar: {broken}") from broken


def _move_tree(stage: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for folder, _, files in os.walk(stage):
        below = os.path.relpath(folder, stage).replace(os.sep, "/")
        for name in files:
            path = inside(target, name if below == "." else f"{below}/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(os.path.join(folder, name), path)


def _move_file(root: Path, part: Path, target: Path, name: str) -> None:
    for key, marker in list(_markers(root)):
        if marker["name"] == name:  # its content is about to be another one
            (root / ".parcels" / key).unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)


# --- send, read -------------------------------------------------------------------------------------------------------


def _open(root: Path, name: str) -> BinaryIO:
    path = inside(root, name)
    if not path.is_file():
        raise failed(f"no such file: {name}")
    return open(path, "rb")


def send(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """A file from OFFSET to its end."""
    with _open(root, asked.name) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        file.seek(min(asked.offset, size_bytes))
        sys.stdout.buffer.write(DATA_MARK)
        shutil.copyfileobj(file, sys.stdout.buffer, BLOCK_BYTES)
        sys.stdout.buffer.flush()
    return {"size_bytes": size_bytes}


def read(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Whole lines from OFFSET on; waits up to WAIT seconds for the first."""
    path = inside(root, asked.name)
    until = time.monotonic() + min(asked.wait, MAX_WAIT_S)
    while not (block := _whole_lines(path, asked.offset)) and time.monotonic() < until:
        time.sleep(0.1)
    sys.stdout.buffer.write(DATA_MARK + block)
    sys.stdout.buffer.flush()
    return {"size_bytes": len(block)}


def _whole_lines(path: Path, offset: int) -> bytes:
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size < offset:
                raise failed(f"{path.name} is shorter than it was")
            file.seek(offset)
            block = file.read(READ_BYTES)
    except FileNotFoundError:
        return b""
    end = block.rfind(b"\n") + 1
    if not end and len(block) == READ_BYTES:
        raise failed(f"a line of {path.name} is longer than {READ_BYTES} bytes")
    return block[:end]


# --- launch, status, stop ---------------------------------------------------------------------------------------------


class Slot:
    """What is known of the worker of one job; at most one lives at a time."""

    def __init__(self, root: Path, job: str) -> None:
        self.job = job
        self.folder = inside(root, job)
        self.state_file = root / ".workers" / f"{job.replace('%', '%25').replace('/', '%2F')}.json"
        self.lock = self.state_file.with_suffix(".lock")  # held by the supervisor as long as it lives
        self.asked = self.state_file.with_suffix(".asked")  # there when somebody asked for the end
        self.exit_file = self.folder / "exit.json"
        # Made beforehand, so that how the worker ended can be written even on a disk that it filled.
        self.reserve = self.folder / "exit.json.part"

    def worker(self) -> int:
        """The pid of the living worker; 0 = there is none."""
        return self._living("worker")

    def supervisor(self) -> int:
        return self._living("supervisor")

    def _living(self, role: str) -> int:
        state = read_json(self.state_file)
        if not state:
            return 0
        pid, since = state[role]
        return int(pid) if since and started(pid) == since else 0

    def write_exit(self, code: int, signal_number: int) -> None:
        ended = {"exit_code": code, "signal": signal_number, "asked": self.asked.exists()}
        with open(self.reserve, "r+b" if self.reserve.exists() else "wb") as out:
            out.write(json.dumps(ended).encode() + b"\n")
            out.truncate()
            out.flush()
            os.fsync(out.fileno())
        os.replace(self.reserve, self.exit_file)


def launch(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Start the worker, watched by a supervisor that outlives this connection; a living one is left alone."""
    slot = Slot(root, asked.job)
    if not (inside(root, asked.worker) / "remote_worker").is_dir():
        raise failed(f"no worker in {asked.worker}")
    slot.folder.mkdir(parents=True, exist_ok=True)
    slot.state_file.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, os.path.abspath(__file__), "--root", str(root), "supervise", slot.job]
    command += [asked.python, asked.worker, *asked.task]
    with open(slot.state_file.with_suffix(".log"), "ab") as log:
        supervisor = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, cwd=root, **detached()
        )
    assert supervisor.stdout is not None
    with supervisor.stdout as said:
        line = said.readline()
    supervisor.returncode = 0  # it goes on: not waited for
    if not line:
        raise failed("the supervisor did not start")
    reply = json.loads(line)
    if "error" in reply:
        raise Refused(reply["error"], **reply["fields"])
    return dict(reply)


def supervise(root: Path, asked: argparse.Namespace) -> None:
    """Start the worker, say so on stdout, wait for its end and write it down."""
    slot = Slot(root, asked.job)
    until = time.monotonic() + 10
    with locked(slot.lock, wait=lambda: not slot.worker() and time.monotonic() < until) as mine:
        if pid := slot.worker():
            _tell_launch({"pid": pid, "already": True})
            return
        if not mine:
            raise failed("another supervisor holds this job")
        try:
            worker = _start_worker(slot, inside(root, asked.worker), asked.python, asked.task)
        except FileNotFoundError:
            _tell_launch({"error": "PythonMissing", "fields": {"tried": [asked.python]}})
            return
        except OSError as broken:
            if broken.errno not in FULL:
                raise
            full = {"free_bytes": disk(root)[0], "needed_bytes": 0}
            _tell_launch({"error": "MachineDiskFull", "fields": full})
            return
        _tell_launch({"pid": worker.pid, "already": False})
        if hasattr(os, "waitid"):
            os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)  # its pid is not given away before the next line
        end_group(worker.pid)
        code = worker.wait()
        # As a shell says it: 128 and the signal.
        slot.write_exit(code if code >= 0 else 128 - code, max(0, -code))


def _tell_launch(reply: dict[str, Any]) -> None:
    """Say one line and let go of stdout; that nobody listens any more is no reason not to go on."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 1)


def _start_worker(slot: Slot, worker: Path, python: str, task: list[str]) -> subprocess.Popen[bytes]:
    # Events tell of one launch: the app must not take what an earlier one said at its end for this one's.
    for old in (slot.exit_file, slot.asked, slot.state_file, slot.folder / "events.jsonl"):
        old.unlink(missing_ok=True)
    slot.reserve.write_bytes(b" " * 512)
    path = os.pathsep.join([str(worker), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    with open(slot.folder / "worker.log", "ab") as log:
        process = subprocess.Popen(
            [python, "-m", "remote_worker", *task, str(slot.folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=worker, env=environment, **detached(),
        )  # fmt: skip
    try:
        living = {"worker": process.pid, "supervisor": os.getpid()}
        write_json(slot.state_file, {"job": slot.job, **{role: [pid, started(pid)] for role, pid in living.items()}})
        # When memory runs out the kernel is to take the worker, not the one who tells about it.
        with contextlib.suppress(OSError), open(f"/proc/{process.pid}/oom_score_adj", "w") as score:
            score.write("500")
    except OSError:
        end_group(process.pid)
        process.wait()
        raise
    return process


def status(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    return _status(root, Slot(root, asked.job))


def _status(root: Path, slot: Slot) -> dict[str, Any]:
    pid = slot.worker()
    until = time.monotonic() + 5
    while not pid and not slot.exit_file.exists() and slot.supervisor() and time.monotonic() < until:
        time.sleep(0.05)  # it has just ended, and its supervisor is about to say how
    return {
        "alive": bool(pid),
        "pid": pid,
        "launched": slot.state_file.exists(),
        "exit": None if pid else read_json(slot.exit_file),
        "disk_free_bytes": disk(root)[0],
    }


def stop(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """End the worker of JOB, or without JOB every worker of this folder."""
    if asked.job:
        return _stop(root, Slot(root, asked.job), asked.grace)
    with contextlib.suppress(OSError):  # a guard without a bill to end leaves with its order
        (root / ".guard" / "order").unlink()
    states = [read_json(path) for path in sorted((root / ".workers").glob("*.json"))]
    return {"jobs": {state["job"]: _stop(root, Slot(root, state["job"]), asked.grace) for state in states if state}}


def _stop(root: Path, slot: Slot, grace_s: float) -> dict[str, Any]:
    pid = slot.worker()
    if not pid:
        return _status(root, slot)
    with contextlib.suppress(OSError):  # a full disk must not keep a worker alive
        slot.asked.touch()
    used = signal.SIGTERM
    if POSIX:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, used)
        _wait_gone(slot, grace_s)
    if slot.worker():
        used = getattr(signal, "SIGKILL", signal.SIGTERM)
        end_group(pid)
        if not _wait_gone(slot, 15):
            raise failed(f"the worker (process {pid}) does not end")
    end = _status(root, slot)
    if end["exit"] is None:  # its supervisor had been killed
        end_group(pid)
        slot.write_exit(128 + used, int(used))
        end = _status(root, slot)
    return end


def _wait_gone(slot: Slot, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while alive := slot.worker():
        if time.monotonic() >= until:
            break
        time.sleep(0.05)
    return not alive


# --- what comes with the worker ---------------------------------------------------------------------------------------


def _module(root: Path, worker: str, name: str) -> Any:
    """A module of the worker's; what it needs of the agent it takes from this one."""
    if not (inside(root, worker) / "remote_worker" / f"{name}.py").is_file():
        raise failed(f"no worker in {worker}")
    sys.path.insert(0, str(inside(root, worker)))
    sys.modules.setdefault("remote_worker.agent", sys.modules[__name__])
    return importlib.import_module(f"remote_worker.{name}")


def setup(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Find, or make, a Python that has all of MODULES."""
    return dict(_module(root, asked.worker, "environment").setup(root, asked))


def guard(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Let a guard end the bill of this machine when nobody renews its lease any more."""
    return dict(_module(root, asked.worker, "guard").start(root, asked))


def renew(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    return dict(_module(root, asked.worker, "guard").renew(root, asked))


def guard_status(root: Path, asked: argparse.Namespace) -> dict[str, Any]:
    return dict(_module(root, asked.worker, "guard").status(root, asked))


# --- the door ---------------------------------------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise failed(message)


def parser() -> Parser:
    top = Parser(prog="agent", add_help=False)
    top.add_argument("--root", type=Path, default=Path(os.path.abspath(__file__)).parent)
    verbs = top.add_subparsers(dest="verb", required=True, parser_class=Parser)

    def verb(does: Any, *positional: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(does.__name__.replace("_", "-"), add_help=False)
        for name in positional:
            kind: Any = int if name in ("size", "offset") else float if name in ("wait", "seconds") else str
            made.add_argument(name, type=kind)
        made.set_defaults(does=does)
        return made

    verb(probe)
    installing = verb(setup)
    installing.add_argument("modules", nargs="*")
    installing.add_argument("--worker", required=True)
    installing.add_argument("--install", action="store_true")
    installing.add_argument("--prefer", action="append", default=[])
    verb(have)
    verb(store, "key", "name", "size").add_argument("--unpack", action="store_true")
    verb(send, "name", "offset")
    verb(read, "name", "offset", "wait")
    launching = verb(launch, "job")
    launching.add_argument("--python", required=True)
    launching.add_argument("--worker", required=True)
    launching.add_argument("--task", action="append", default=[])  # before the folder; none = its job
    verb(supervise, "job", "python", "worker").add_argument("task", nargs="*")
    verb(status, "job")
    stopping = verb(stop)
    stopping.add_argument("job", nargs="?", default="")
    stopping.add_argument("--grace", type=float, default=20.0)
    guarding, renewing = verb(guard, "job", "seconds"), verb(renew, "seconds")
    for made in (guarding, renewing, verb(guard_status)):
        made.add_argument("--worker", required=True)
        made.add_argument("--money", type=float)  # seconds for which there is some; none = no limit
        made.add_argument("--home", default="")  # the shards that are there
    guarding.add_argument("--cloud", action="store_true")  # there is a provider to ask for the end of the bill
    guarding.add_argument("--url", default="")  # where; "" = the usual place
    guarding.add_argument("--wait", type=float, default=40.0)  # most for the proof
    guarding.add_argument("--grace", type=float, default=20.0)  # for the worker to finish what it is at
    guarding.add_argument("--pace", type=float, default=1.0)  # of all it does; shorter for a test
    return top


def main(words: list[str]) -> int:
    """0 = done, 1 = an expected error, 3 = an unexpected one; the reply says it in full."""
    verb = next((word for word in words if word.isalpha()), "")
    code = 1
    try:
        asked = parser().parse_args(words)
        verb = asked.verb
        asked.root.mkdir(parents=True, exist_ok=True)
        reply = asked.does(asked.root, asked)
        code = 0
    except Refused as refused:
        fields = {"verb": verb, **refused.fields} if refused.error == "AgentFailed" else refused.fields
        reply = {"error": refused.error, "fields": fields}
    except Exception as bug:  # noqa: BLE001 - the last door: a short word instead of a traceback
        reply = {"error": "AgentFailed", "fields": {"verb": verb, "detail": f"{type(bug).__name__}: {bug}"[:500]}}
        code = 3
    if reply is not None:
        with contextlib.suppress(OSError):  # the other side is gone
            sys.stderr.write(f"\n{REPLY_MARK}{json.dumps(reply)}\n")
            sys.stderr.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
