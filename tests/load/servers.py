"""Servers as they are deployed, replicas of them, and the Redis that these share."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.benchmarks.followers import used, used_in
from tests.browser.served import free_port, serve
from tests.test_server import Served

REDIS = shutil.which("redis-server")
PASSWORD = "of the load test"
# Seconds that the slowest machine is given.
PATIENCE = 300
# More than the class of `faults` fills.
DISK_MB = 64


@dataclass(frozen=True)
class Server(Served):
    """A server whose processes are looked at; `scratch` has its cache."""

    scratch: Path

    @property
    def address(self) -> str:
        """Where students ask."""
        return f"http://{self.host}"

    @property
    def memory(self) -> float:
        """Megabytes that its processes hold; what they share counts once."""
        return sum(map(held, {self.master, *self.workers()})) / 1e3

    def computed(self, since: int = 0) -> int:
        """How many requests it has computed for, from line `since` of its access log."""
        return sum(line["cache"] == "computed" for line in self.lines()[since:])

    def stopped(self) -> bool:
        """Whether its master has ended, if nobody has waited for it yet."""
        try:
            state = Path(f"/proc/{self.master}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        return state == "Z"

    def fill(self) -> None:
        """Leave no room on the disk of its cache."""
        with (self.scratch / "cache" / "full").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass

    def spoil(self) -> None:
        """Write over the second half of every entry of its cache."""
        for entry in (self.scratch / "cache" / "entries").iterdir():
            # It may be replaced meanwhile.
            with suppress(FileNotFoundError):
                entry.write_bytes(spoiled(entry.read_bytes()))


@contextmanager
def small_disks(scratch: Path, count: int) -> Iterator[bool]:
    """Disks of their own for the caches of `servers`, DISK_MB each; False where none may be had."""
    with ExitStack() as held:
        for number in range(count):
            place = scratch / f"server-{number}" / "cache"
            place.mkdir(parents=True)
            command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "cache", str(place)]
            if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
                yield False
                return
            held.callback(subprocess.run, ["umount", "--lazy", str(place)], check=True)
        yield True


def spoiled(content: bytes) -> bytes:
    """The first half of what was kept, and nonsense."""
    return content[: len(content) // 2] + b"spoiled"


def held(process: int) -> float:
    """Kilobytes of a process, its part of what it shares with others; 0 where it has ended."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@contextmanager
def servers(
    scratch: Path, count: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Sequence[Server]]:
    """So many servers, each with a cache of its own, when they have warmed up and rest.

    All students are one address here, so no rate is limited.
    """
    with ExitStack() as held:
        found = []
        for number in range(count):
            own = scratch / f"server-{number}"
            own.mkdir(parents=True, exist_ok=True)
            log, pid = own / "access.log", own / "pid"
            told = {"ACCESS_LOG": str(log), "RATE_LIMIT": "", "METRICS": ""}
            told |= {"GUNICORN_CMD_ARGS": f"--pid {pid}", **(settings or {})}
            address = held.enter_context(serve(own, settings=told))
            found.append(Server(address.removeprefix("http://"), log, int(pid.read_text()), own))
        rest()
        yield found


def rest() -> None:
    """Wait until the servers do nothing."""
    end = time.monotonic() + PATIENCE
    while ((before := used()) < 1 or used_in(1.0, before) > 0.05) and time.monotonic() < end:
        pass


class SharedRedis:
    """A Redis server on a port of the loopback, with a password; it can die and come back."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(parents=True)
        self._scratch = scratch
        self._port = free_port()
        self.url = f"redis://:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self._port}/0"
        self.client = Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        """Begin, with nothing in it, and wait until it answers."""
        options = f"bind 127.0.0.1\nport {self._port}\nrequirepass '{PASSWORD}'\nsave ''\n"
        options += "maxmemory 256mb\nmaxmemory-policy allkeys-lru\nloglevel warning\n"
        self._process = subprocess.Popen(
            [str(REDIS), "-"], stdin=subprocess.PIPE, cwd=self._scratch, stdout=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        self._process.stdin.write(options.encode())
        self._process.stdin.close()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.client.ping()
                return
            except RedisError:
                time.sleep(0.05)
        raise RuntimeError("redis-server did not start")

    def kill(self) -> None:
        """Die without a word."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def spoil(self) -> None:
        """Write over the second half of everything that is kept."""
        for name in self.client.keys("flask_cache*"):
            content = self.client.get(name)
            if isinstance(content, bytes):
                self.client.set(name, spoiled(content), keepttl=True)


@contextmanager
def shared_redis(scratch: Path) -> Iterator[SharedRedis]:
    """A Redis server until the block ends."""
    redis = SharedRedis(scratch)
    try:
        yield redis
    finally:
        redis.kill()
