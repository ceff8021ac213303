"""What a worker answers in its loop, and what in its threads."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from components.serving import AT_ONCE
from components.serving.worker import BufferedWorker


class Echo:
    """Answers with the path; notes in which thread."""

    def __init__(self) -> None:
        self.extensions = {AT_ONCE: lambda method, path: (method, path) == ("GET", "/look")}
        self.seen: list[tuple[str, int]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.seen.append((path, threading.get_ident()))
        start("200 OK", [("Content-Length", str(len(path)))])
        return [path.encode()]


class Alone(BufferedWorker):
    """A worker without a master."""

    def __init__(self, sock: socket.socket, app: Echo, threads: int) -> None:
        self.sockets = [SimpleNamespace(sock=sock)]
        self.cfg = SimpleNamespace(
            threads=threads,
            keepalive=60,
            worker_connections=100,
            backlog=64,
            graceful_timeout=1,
            limit_request_line=4094,
        )
        self.wsgi, self.alive, self.ppid = app, True, os.getppid()
        self.nr, self.max_requests = 0, 10**6

    def notify(self) -> None:
        """Nobody watches."""


@contextmanager
def serving(app: Echo, threads: int) -> Iterator[tuple[socket.socket, int]]:
    """A connection to a worker with so many threads, and that of its loop."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        worker = Alone(listening, app, threads)
        loop = threading.Thread(target=worker.run)
        loop.start()
        assert loop.ident is not None
        try:
            with socket.create_connection(listening.getsockname(), timeout=60) as client:
                yield client, loop.ident
        finally:
            worker.alive = False
            loop.join()


def ask(client: socket.socket, *paths: str) -> list[str]:
    """The bodies of what is asked for in one breath."""
    for path in paths:
        assert path.startswith("/")
    client.sendall(b"".join(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % p.encode() for p in paths))
    with client.makefile("rb") as answers:
        found = []
        for _ in paths:
            length = 0
            while line := answers.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            found.append(answers.read(length).decode())
    return found


def test_what_takes_nothing_is_answered_without_a_thread() -> None:
    app = Echo()
    with serving(app, threads=0) as (client, loop):
        assert ask(client, "/look") == ["/look"]
        assert ask(client, "/look", "/look") == ["/look", "/look"]
    assert app.seen == [("/look", loop)] * 3


def test_answers_come_in_the_order_of_the_questions() -> None:
    app, asked = Echo(), ["/look", "/other", "/look", "/look", "/other"]
    with serving(app, threads=2) as (client, loop):
        assert ask(client, *asked) == asked
        assert ask(client, "/look") == ["/look"]
    assert app.seen[0] == ("/look", loop)
    assert app.seen[-1] == ("/look", loop)
    assert loop not in {thread for path, thread in app.seen if path == "/other"}
