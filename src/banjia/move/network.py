"""Network: a process's own network (Linux namespaces): nothing but loopback exists, every address leads there."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
from functools import cache
from pathlib import Path

SHARED = ("unshare", "--user", "--map-root-user", "--net", "--mount")
BIND, PRIVATE_ALL = 4096, (1 << 18) | 16384
UP, GET_FLAGS, SET_FLAGS = 1, 0x8913, 0x8914
NEW_ROUTE, REQUEST_CREATE_ACK = 24, 0x0001 | 0x0400 | 0x0004
LOCAL_TABLE, STATIC, HOST_SCOPE, LOCAL, OUT_INTERFACE = 255, 4, 254, 2, 4


@cache
def available() -> bool:
    """Whether this system lets an ordinary process have its own network and mounts."""
    if shutil.which(SHARED[0]) is None:
        return False
    done = subprocess.run([*SHARED, "true"], capture_output=True, check=False)  # noqa: S603 - fixed words
    return done.returncode == 0


def bring_up() -> None:
    """Loopback on, and every IPv4 address of the world leads to it: who tries one is heard, nothing leaves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        flags = fcntl.ioctl(control, GET_FLAGS, struct.pack("16sH14x", b"lo", 0))
        (now,) = struct.unpack_from("H", flags, 16)
        fcntl.ioctl(control, SET_FLAGS, struct.pack("16sH14x", b"lo", now | UP))
    route = struct.pack("BBBBBBBBI", socket.AF_INET, 0, 0, 0, LOCAL_TABLE, STATIC, HOST_SCOPE, LOCAL, 0)
    route += struct.pack("HHI", 8, OUT_INTERFACE, socket.if_nametoindex("lo"))
    head = struct.pack("IHHII", 16 + len(route), NEW_ROUTE, REQUEST_CREATE_ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(head + route)
        (code,) = struct.unpack_from("i", kernel.recv(4096), 16)
    if code:
        raise OSError(-code, "no route to loopback")


def lay_over(what: Path, where: Path) -> None:
    """Within this process's own mounts `where` shows `what`; the disk is untouched."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(os.fsencode(what), os.fsencode(where), None, BIND, None):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(where))


def forget_writes(tree: Path, folder: Path) -> bool:
    """What is written below `tree` from here on lands in `folder` and is gone with it; False where that cannot be."""
    upper, work = folder / "upper", folder / "work"
    if any(mark in f"{tree}{folder}" for mark in ",:\\"):
        return False
    upper.mkdir()
    work.mkdir()
    options = f"lowerdir={tree},upperdir={upper},workdir={work}"
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.mount(b"overlay", os.fsencode(tree), b"overlay", 0, os.fsencode(options)) == 0)


def name_server(folder: Path) -> None:
    """Names are asked of loopback alone."""
    own = socket.gethostname()
    for path, text in (
        ("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n"),
        ("/etc/nsswitch.conf", "hosts: files dns\npasswd: files\ngroup: files\n"),
        ("/etc/hosts", f"127.0.0.1 localhost {own}\n::1 localhost\n"),
    ):
        real = Path(path).resolve()
        if real.is_file():
            laid = folder / real.name
            laid.write_text(text, encoding="utf-8")
            lay_over(laid, real)
