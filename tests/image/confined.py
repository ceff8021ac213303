"""`python confined.py ROOT USER DIRECTORY COMMAND …`: a container where no engine's daemon runs.

Started as root in namespaces of its own (`unshare`), it makes ROOT the read-only root, with a tmpfs
at /tmp, a loopback and no other network, gives root up for USER and becomes the command.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys

DEVICES = ("null", "zero", "full", "random", "urandom")
SET_FLAGS, UP = 0x8914, 0x1


def mount(*arguments: str) -> None:
    """Mount, or fail."""
    subprocess.run(["mount", *arguments], check=True)


def confine(root: str) -> None:
    """Mounts of the root and what a container finds in it."""
    mount("--make-rprivate", "/")
    mount("--bind", root, root)
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("-t", "tmpfs", "-o", "mode=755,size=64k", "dev", f"{root}/dev")
    for device in DEVICES:
        with open(f"{root}/dev/{device}", "w"):
            pass
        mount("--bind", f"/dev/{device}", f"{root}/dev/{device}")
    mount("-o", "remount,bind,ro", f"{root}/dev")
    mount("-t", "tmpfs", "-o", "mode=1777,size=384m", "tmp", f"{root}/tmp")
    mount("-o", "remount,bind,ro", root)


def loopback() -> None:
    """Bring it up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as anything:
        fcntl.ioctl(anything, SET_FLAGS, struct.pack("16sh", b"lo", UP))


def main(root: str, user: str, directory: str, *command: str) -> None:
    """Confine, and become the command."""
    loopback()
    confine(root)
    os.chroot(root)
    os.chdir(directory)
    own, group = map(int, user.split(":"))
    os.setgroups([])
    os.setgid(group)
    os.setuid(own)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
