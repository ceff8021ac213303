"""A store at a Redis server: shared while it is there, done without while it is not."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compute.cache import Store
from compute.outage import Outage
from tests.compute.test_cache import Counted, opened, together

REDIS = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(REDIS is None, reason="redis-server is not installed")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis server at the socket `tmp_path/redis`, with a password."""
    socket = tmp_path / "redis"
    options = f"port 0\nunixsocket {socket}\nrequirepass secret\nsave ''\nloglevel warning\n"
    command = [str(REDIS), "-"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=tmp_path)
    assert server.stdin is not None
    server.stdin.write(options.encode())
    server.stdin.close()
    while not socket.exists():
        assert server.poll() is None
        time.sleep(0.01)
    yield server
    os.kill(server.pid, signal.SIGCONT)
    server.kill()
    server.wait()


def replica(tmp_path: Path, name: str) -> Store:
    """A replica with a directory of its own, at the shared server."""
    return opened(tmp_path / name, url=f"unix://:secret@{tmp_path}/redis")


@needs_redis
def test_replicas_compute_once(redis: Any, tmp_path: Path) -> None:
    stores = [replica(tmp_path, name) for name in "ab" for _ in range(2)]
    produce, turn = Counted(seconds=0.1), iter(stores * 5)
    assert together(20, lambda: next(turn).once("key", produce)) == [42] * 20
    assert produce.calls == 1
    assert list((tmp_path / "a" / "entries").iterdir()) == []
    assert stores[0].redis.keys() == [b"flask_cache_key"], "the lock is given back"


@needs_redis
@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
def test_a_replica_goes_on_alone_while_the_server_is_away(
    redis: subprocess.Popen[bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fate: signal.Signals,
) -> None:
    store, now = replica(tmp_path, "a"), 0.0
    store._outage = Outage(lambda: now)
    assert store.once("before", Counted(1)) == 1
    redis.send_signal(fate)
    produce, asked = Counted(), []
    monkeypatch.setattr(
        store._shared, "get", lambda key, get=store._shared.get: (asked.append(key), get(key))[1]
    )
    for key in ("first", "first", "second"):
        assert store.once(key, produce) == 42
    assert produce.calls == 2
    assert asked == ["first"], "one waits in vain, the others do not ask"
    now = 59.0
    assert store.once("second", produce) == 42
    assert len([one for one in caplog.records if "is away" in one.message]) == 1, "once a minute"
    assert "secret" not in caplog.text
    if fate == signal.SIGSTOP:
        redis.send_signal(signal.SIGCONT)
        now = 70.0
        assert store.once("before", Counted(2)) == 1, "it is used again"
        assert "used again" in caplog.text
