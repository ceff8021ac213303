"""Gunicorn's worker: waitress in front of the threads.

A thread of gunicorn's own worker waits for the first byte of a connection and for the last of a
body, and in a lecture hall there are many that never come: browsers open connections ahead, and
scanners do. Waitress reads whole requests and writes whole answers in one loop, whatever the number
of connections, and calls a thread only for a request that has arrived. These are real threads: runs
are stopped in them (`compute/deadline.py`) and compute beside each other where Numba and NumPy let
go of the interpreter. What waits for nothing and takes less than the way to a thread and back is
answered in the loop. Gunicorn keeps what it is good at: workers, signals, recycling.
"""

from __future__ import annotations

import functools
import logging
import os
import resource
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.workers.base import Worker
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.trigger import trigger

from components.serving import AT_ONCE
from components.serving.connections import Connections

LARGEST_BODY = 64 * 1024
LARGEST_HEADER = 16 * 1024
# Descriptors that are no connections.
SPARE = 100
# An idle connection of a worker that stops is kept so long, for a request that may be on its way.
LINGER_S = 2.0
CLEANUP_S = 5
# The master hears so often that the worker lives.
TOLD_S = 0.5
Environ = dict[str, Any]


class BufferedWorker(Worker):  # type: ignore[misc]
    """Waitress, on the sockets of gunicorn's master.

    It takes gunicorn's settings of these names: threads, keepalive, worker_connections, backlog,
    max_requests, graceful_timeout, limit_request_line.
    """

    def run(self) -> None:
        """Serve until told to stop; then finish what has begun."""
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        sockets = [listener.sock for listener in self.sockets]
        for socket in sockets:
            socket.setblocking(False)
        self.connections = Connections()
        self._told = 0.0
        self._loop = threading.get_ident()
        self._at_once = getattr(self.wsgi, "extensions", {}).get(AT_ONCE)
        self._server = create_server(
            self._answer,
            map=self.connections,
            sockets=sockets,
            _dispatcher=self._threads(),
            backlog=self.cfg.backlog,
            connection_limit=min(self.cfg.worker_connections, _descriptors()),
            channel_timeout=self.cfg.keepalive,
            cleanup_interval=CLEANUP_S,
            max_request_header_size=LARGEST_HEADER,
            max_request_body_size=LARGEST_BODY,
            # The application itself decides whom to believe.
            clear_untrusted_proxy_headers=False,
            log_socket_errors=False,
            ident=None,
        )
        for server in self._servers():
            server.channel_class = _Channel
            server.worker = self
            server.pull_trigger = functools.partial(self._wake, server.trigger)
        while self.alive and self.ppid == os.getppid():
            self._turn(1.0)
        self._stop()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: stop at the next turn, which is now."""
        super().handle_exit(sig, frame)
        for server in self._servers():
            server.trigger.pull_trigger()

    def _wake(self, wake: trigger) -> None:
        """End the loop's wait, unless it is the loop that says so."""
        if threading.get_ident() != self._loop:
            wake.pull_trigger()

    def is_at_once(self, request: HTTPRequestParser) -> bool:
        """Whether a request that the loop has read is to be answered there."""
        if self._at_once is None or request.error or threading.get_ident() != self._loop:
            return False
        return bool(self._at_once(request.command, request.path))

    def _threads(self) -> ThreadedTaskDispatcher:
        threads = _Threads()
        threads.set_thread_count(self.cfg.threads)
        return threads

    def _servers(self) -> list[BaseWSGIServer]:
        found = getattr(self, "connections", {}).values()
        return [one for one in found if isinstance(one, BaseWSGIServer)]

    def _channels(self) -> list[HTTPChannel]:
        return [one for one in self.connections.values() if isinstance(one, HTTPChannel)]

    def _turn(self, seconds: float) -> None:
        if (now := time.monotonic()) > self._told + TOLD_S:
            self._told = now
            self.notify()
        self.connections.turn(seconds)

    def _stop(self) -> None:
        """Take no more connections; close those at hand once they are answered."""
        self.alive = False
        for server in self._servers():
            server.accepting = False
        now = time.monotonic()
        linger, end = now + LINGER_S, now + self.cfg.graceful_timeout
        while (channels := self._channels()) and time.monotonic() < end:
            if time.monotonic() > linger:
                for channel in channels:
                    # Without a request that runs, nor an answer that is being sent.
                    channel.will_close |= not (channel.requests or channel.total_outbufs_len)
                    self.connections.stir(channel._fileno)
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=1)

    def _answer(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        self.nr += 1
        if self.nr >= self.max_requests and self.alive:
            self.log.info("Recycling: %d requests answered", self.nr)
            self.alive = False
        length = len(environ["PATH_INFO"]) + len(environ["QUERY_STRING"])
        if length > self.cfg.limit_request_line:
            start("414 URI Too Long", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        answered: Iterable[bytes] = self.wsgi(environ, start)
        return answered


class _Threads(ThreadedTaskDispatcher):
    """Threads for all requests but those that are answered at once."""

    def add_task(self, task: _Channel) -> None:
        task.at_once = task.server.worker.is_at_once(task.requests[0])
        if not task.at_once:
            super().add_task(task)


class _Task(WSGITask):
    """An answer; one that has no body (304) ends with its header, and the connection goes on."""

    def set_close_on_finish(self) -> None:
        asked = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked or self.version == "1.0":
            super().set_close_on_finish()


class _Channel(HTTPChannel):
    """A connection; one of a worker that stops ends with the answer."""

    task_class = _Task
    at_once = _whole = False

    def received(self, data: bytes) -> bool:
        taken = bool(super().received(data))
        while self.at_once:
            self.at_once = False
            self._whole = True
            self.service()
            self._whole = False
            self.handle_write()
        return taken

    def _flush_exception(self, flush: Callable[..., bool], do_close: bool = True) -> Any:
        # Header and body of what is answered in the loop leave together.
        return (True, False) if self._whole else super()._flush_exception(flush, do_close)

    def service(self) -> None:
        if not self.server.worker.alive:
            self.requests[0].headers["CONNECTION"] = "close"
        try:
            super().service()
        finally:
            self.server.worker.connections.stir(self._fileno)
            self.server.pull_trigger()


def _descriptors() -> int:
    """As many connections as this process may hold, after asking for as many as it may ask for."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return max(most, 2 * SPARE) - SPARE if most != resource.RLIM_INFINITY else 1 << 20
