"""A real SSH server for each running instance, in a PID and mount namespace of its own.

PID 1 is a shell whose environment carries the instance's key, as on the real thing, and SSH sessions do not see it.
It ends when its standard input does, so nothing outlives the test. Where namespaces are not allowed there is a plain
``sshd`` instead: no private PID 1, no private ``/etc/ssh``. Only root can be logged in as.
"""

from __future__ import annotations

import functools
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fake_vast.world import Instance

HOST = "127.0.0.1"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
UNSHARE = ["unshare", "-p", "-f", "-m", "--mount-proc", "--kill-child"]

INIT = r"""
folder=$1 sshd=$2 private=$3 home=$4; shift 4
exec 3>>"$folder/log" 4>>"$folder/sshd.log"
if [ "$private" = yes ]; then
    for shown in "$@"; do
        mkdir -p "$folder/root/${shown#"$home"/}"
        mount --rbind "$shown" "$folder/root/${shown#"$home"/}"
    done
    mount --bind "$folder/workspace" /workspace
    mount --bind "$folder/ssh" /etc/ssh
    mount --rbind "$folder/root" "$home"
    cd "$home" || exit 1
    configuration=/etc/ssh/sshd_config
else
    cd "$HOME" || exit 1
    configuration=$folder/ssh/sshd_config
fi
bash ./onstart.sh >&3 2>&1 </dev/null &
while read -r order; do
    case $order in
        open) "$sshd" -D -e -f "$configuration" >&4 2>&1 </dev/null & server=$! ;;
        close) pkill -KILL -P "$server"; kill -KILL "$server" ;;
        cut) pkill -KILL -P "$server" ;;
    esac
done
"""

NVIDIA_SMI = r"""#!/bin/sh
fields=$(printf '%s\n' "$@" | sed -n 's/^--query-gpu=//p' | tr , ' ')
[ -n "$fields" ] || { echo "NVIDIA-SMI 570.86.15   Driver Version: 570.86.15   CUDA Version: {cuda}"; exit 0; }
number=0
while [ $number -lt {gpus} ]; do
    line=
    for field in $fields; do
        case $field in
            name) value="NVIDIA GeForce {name}" ;;
            memory.total) value={vram} ;;
            memory.used) value=1024 ;;
            memory.free) value=$(({vram} - 1024)) ;;
            driver_version) value=570.86.15 ;;
            utilization.gpu) value=37 ;;
            index) value=$number ;;
            uuid) value=GPU-0000000$number ;;
            *) value="[N/A]" ;;
        esac
        line="$line, $value"
    done
    echo "${line#, }"
    number=$((number + 1))
done
"""


@functools.cache
def isolated() -> bool:
    """Whether namespaces are allowed here."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*UNSHARE, "mount", "--bind", "/tmp", "/tmp"], capture_output=True, check=False)
    return tried.returncode == 0


def sshd_program() -> str | None:
    return shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")


def can_be_logged_in_to() -> bool:
    return os.name == "posix" and os.geteuid() == 0 and sshd_program() is not None


@functools.cache
def home() -> Path:
    """Of the user whose SSH sessions these are, as the system knows it."""
    return Path(f"~{getpass.getuser()}").expanduser()


@dataclass
class _Container:
    folder: Path
    ports: list[socket.socket]
    init: subprocess.Popen[bytes] | None = None
    opened: bool = False

    def order(self, word: str) -> None:
        if self.init and self.init.stdin and self.init.poll() is None:
            self.init.stdin.write(f"{word}\n".encode())
            self.init.stdin.flush()


@dataclass
class Containers:
    """Plays the containers of a ``World``, each below ``folder``.

    ``path`` are folders of programs that come first in the PATH of SSH sessions. With ``private=False`` it is always
    the plain server.
    """

    folder: Path
    path: Sequence[Path] = ()
    private: bool = field(default_factory=isolated)
    _containers: dict[int, _Container] = field(default_factory=dict)

    # --- what the world asks for ---

    def prepare(self, instance: Instance) -> None:
        """Make the disk and reserve the ports: until the door opens, connections are refused."""
        folder = self.folder / str(instance.instance_id)
        for name in ("root/.ssh", "workspace", "ssh", "bin"):
            (folder / name).mkdir(parents=True)
        ports = [_reserved() for _ in range(3)]
        self._containers[instance.instance_id] = _Container(folder, ports)
        instance.host = instance.proxy_host = HOST
        instance.direct_port, instance.proxy_port, instance.dead_port = (one.getsockname()[1] for one in ports)
        _new_host_key(folder / "ssh")
        tool = folder / "bin" / "nvidia-smi"
        tool.write_text(_nvidia_smi(instance))
        tool.chmod(0o755)

    def start(self, instance: Instance) -> None:
        container = self._containers[instance.instance_id]
        program = sshd_program()
        assert program, "openssh-server is not installed"
        folder = container.folder
        at_home = home() if self.private else folder / "root"
        (folder / "root" / "onstart.sh").write_text(self._onstart(instance, folder))
        (folder / "ssh" / "sshd_config").write_text(self._configuration(instance, folder))
        for needed in ["/run/sshd", "/workspace"]:
            Path(needed).mkdir(exist_ok=True)
        words = ["bash", "-c", INIT, "init", folder, program, "yes" if self.private else "no", at_home, *self._shown()]
        with (folder / "init.log").open("ab") as log:
            container.init = subprocess.Popen(
                [*(UNSHARE if self.private else []), *map(str, words)],
                env=self._environment(instance, at_home),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
            )
        container.opened = False

    def open_door(self, instance: Instance) -> None:
        container = self._containers[instance.instance_id]
        if not container.opened:
            container.opened = True
            container.order("open")

    def let_in(self, instance: Instance) -> None:
        container = self._containers[instance.instance_id]
        known = container.folder / "root" / ".ssh" / "authorized_keys"
        there = known.read_text().splitlines() if known.exists() else []
        with known.open("a") as out:
            out.writelines(f"{key.public}\n" for key in instance.keys if key.public not in there)
        door = container.folder / "ssh" / "authorized_keys"
        if not door.is_symlink():
            door.symlink_to((home() if self.private else container.folder / "root") / ".ssh" / "authorized_keys")

    def kill(self, instance: Instance) -> None:
        """End PID 1, and with it everything in there; the disk stays."""
        container = self._containers[instance.instance_id]
        init, container.init = container.init, None
        if init is None:
            return
        for child in _children(init.pid) if self.private else []:
            os.kill(child, signal.SIGKILL)
        if not self.private:
            _kill_tree(init.pid)
            _kill_those_at_home(container.folder / "root")
        assert init.stdin
        init.stdin.close()
        init.wait()
        (container.folder / "ssh" / "authorized_keys").unlink(missing_ok=True)

    def remove(self, instance: Instance) -> None:
        self.kill(instance)
        container = self._containers.pop(instance.instance_id)
        for port in container.ports:
            port.close()
        shutil.rmtree(container.folder)

    def log(self, instance: Instance) -> str:
        written = self._containers[instance.instance_id].folder / "log"
        return written.read_text(errors="replace") if written.exists() else ""

    # --- what a test asks for ---

    def disk(self, instance_id: int) -> Path:
        """The home folder of an instance, as seen from here."""
        return self._containers[instance_id].folder / "root"

    def pid(self, instance_id: int) -> int:
        """PID 1, as it is called out here; 0 when nothing runs."""
        init = self._containers[instance_id].init
        if init is None or init.poll() is not None:
            return 0
        return next(iter(_children(init.pid)), 0) if self.private else init.pid

    def host_key(self, instance_id: int) -> str:
        """The fingerprint of the server's key: "SHA256:..."."""
        public = self._containers[instance_id].folder / "ssh" / "ssh_host_ed25519_key.pub"
        shown = subprocess.run(["ssh-keygen", "-lf", public], capture_output=True, text=True, check=True)
        return shown.stdout.split()[1]

    def cut(self, instance_id: int) -> None:
        """Break every SSH connection."""
        self._containers[instance_id].order("cut")

    def change_host_key(self, instance_id: int) -> None:
        container = self._containers[instance_id]
        _new_host_key(container.folder / "ssh")
        container.order("close")
        container.order("open")

    # --- inside ---

    def _onstart(self, instance: Instance, folder: Path) -> str:
        script = str(instance.asked.get("onstart") or "")
        if not self.private:  # what the mount namespace would have done
            script = script.replace("/etc/ssh/", f"{folder}/ssh/")
        return script + "\n"

    def _configuration(self, instance: Instance, folder: Path) -> str:
        ssh = Path("/etc/ssh") if self.private else folder / "ssh"
        path = ":".join([str(folder / "bin"), *map(str, self.path), SYSTEM_PATH])
        elsewhere = "" if self.private else f"HOME={folder / 'root'}"
        return f"""
            Port {instance.direct_port}
            Port {instance.proxy_port}
            ListenAddress {HOST}
            HostKey {ssh}/ssh_host_ed25519_key
            AuthorizedKeysFile {ssh}/authorized_keys
            Subsystem sftp internal-sftp
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            SetEnv PATH={path} {elsewhere}
        """

    def _environment(self, instance: Instance, at_home: Path) -> dict[str, str]:
        own = {name: str(value) for name, value in dict(instance.asked.get("env") or {}).items() if name[:1] != "-"}
        return {
            **own,
            "PATH": SYSTEM_PATH,
            "HOME": str(at_home),
            "CONTAINER_API_KEY": instance.api_key,
            "CONTAINER_ID": str(instance.instance_id),
            "VAST_CONTAINERLABEL": f"C.{instance.instance_id}",
            "PUBLIC_IPADDR": instance.host,
            "VAST_TCP_PORT_22": str(instance.direct_port),
            "GPU_COUNT": str(instance.offer["num_gpus"]),
            "SSH_PUBLIC_KEY": instance.keys[0].public if instance.keys else "",
            "DATA_DIRECTORY": "/workspace/",
        }

    def _shown(self) -> list[Path]:
        """Where the Pythons on ``path`` come from, if that lies where the private home would hide it."""
        pythons = [place / "python" for place in self.path] + [Path(sys.executable)]
        bases = {python.resolve().parents[1] for python in pythons if python.exists()}
        return sorted(base for base in bases if base.is_relative_to(home()))


def _reserved() -> socket.socket:
    """A port that nobody else gets, and on which nobody answers: the server may listen there beside this socket."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((HOST, 0))
    return one


def _new_host_key(folder: Path) -> None:
    key = folder / "ssh_host_ed25519_key"
    for old in (key, key.with_suffix(".pub")):
        old.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)


def _nvidia_smi(instance: Instance) -> str:
    offer = instance.offer
    script = NVIDIA_SMI
    for name, value in (("cuda", "cuda_max_good"), ("gpus", "num_gpus"), ("name", "gpu_name"), ("vram", "gpu_ram")):
        script = script.replace(f"{{{name}}}", str(offer[value]))
    return script


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill_tree(pid: int) -> None:
    children = _children(pid)
    os.kill(pid, signal.SIGKILL)
    for child in children:
        _kill_tree(child)


def _kill_those_at_home(folder: Path) -> None:
    """What SSH sessions left running: their environment says where they belong."""
    mark = f"HOME={folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue  # gone meanwhile, or not ours to read
