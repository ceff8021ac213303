"""The server as deployed: silent connections, reloads, limits; and a caching proxy before it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import brotli
import pytest
from flask import Flask

from components.door import digest
from components.serving.limits import limit_rate
from components.settings import HERE
from compute.experiments import EXPERIMENTS
from tests.browser.served import free_port, serve

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
READERS = 200
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configured(scratch: Path, application: str, own: str) -> str:
    """The proxy of `deploy/` in front of one application, where it may write."""
    text = (HERE / "deploy" / "nginx.conf").read_text().replace("127.0.0.1:8000", application)
    places = [f"{name}_temp_path {scratch}/{name};" for name in TEMPORARY]
    text = text.replace("http {", "\n".join(["http {", "access_log off;", *places]))
    return text.replace("listen 8080", f"listen {own}")


def of_replicas(scratch: Path, application: str, own: str) -> str:
    """The one before replicas, which are found by name, in front of one whose address is known."""
    text = (HERE / "deploy" / "replicas.conf").read_text().replace("/tmp", str(scratch))
    text, named = re.subn(r"resolver .*;\n", "", text)
    text, found = re.subn("server replica:8000 resolve", f"server {application}", text)
    assert (named, found) == (1, 1)
    return text.replace("listen 8080", f"listen {own}")


@contextmanager
def proxy(
    scratch: Path, application: str, text: Callable[[Path, str, str], str] = configured
) -> Iterator[str]:
    """A proxy of `deploy/` in front of `application`; its host and port."""
    own = f"127.0.0.1:{free_port()}"
    scratch.mkdir()
    # Its workers give up being root, to whom the scratch directory belongs.
    user = "user root;\n" if os.geteuid() == 0 else ""
    told = f"{user}daemon off;\n{text(scratch, application, own)}"
    (scratch / "nginx.conf").write_text(told)
    shutil.copy(HERE / "deploy" / "answers.conf", scratch)
    command = [str(NGINX), "-e", "stderr", "-p", str(scratch), "-c", str(scratch / "nginx.conf")]
    process = subprocess.Popen(command)
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://{own}/healthz", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "nginx did not start"
                time.sleep(0.1)
        yield own
    finally:
        process.terminate()
        process.wait(timeout=30)


def read(host: str, address: str) -> tuple[HTTPResponse, bytes]:
    """What a browser gets."""
    connection = HTTPConnection(host, timeout=60)
    connection.request("GET", address, headers={"Accept-Encoding": "br"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@dataclass(frozen=True)
class Served:
    """The application, at `host`; the file that lists what it is asked; the master's process."""

    host: str
    log: Path
    master: int

    def lines(self) -> list[dict[str, Any]]:
        """What it was asked."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def workers(self) -> set[int]:
        """The processes of the workers."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return set(map(int, children.split()))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application with an empty cache."""
    scratch = tmp_path_factory.mktemp("server")
    log = scratch / "access.log"
    settings = {"ACCESS_LOG": str(log), "WEB_WORKERS": "1", "METRICS": "1"}
    settings["GUNICORN_CMD_ARGS"] = f"--pid {scratch}/pid"
    with serve(scratch, settings=settings) as address:
        master = int((scratch / "pid").read_text())
        yield Served(address.removeprefix("http://"), log, master)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
@pytest.mark.parametrize(("text", "depth"), [(configured, 50), (of_replicas, 51)])
def test_200_readers_of_one_link_are_one_request(
    served: Served, tmp_path: Path, text: Callable[[Path, str, str], str], depth: int
) -> None:
    start, begun = Barrier(READERS), len(served.lines())
    link = f"/answer/{digest()}/gp-kernels?depth={depth}&width=64"

    def reader(host: str) -> tuple[int, bytes]:
        start.wait()
        answer, body = read(host, link)
        return answer.status, body

    with proxy(tmp_path / "proxy", served.host, text) as host:
        with ThreadPoolExecutor(READERS) as pool:
            found = set(pool.map(reader, [host] * READERS))
        assert [status for status, _ in found] == [200], "one answer for all of them"
        asked = [f"/answer/{code}/gp-kernels?depth={query}" for code, query in not_kept(depth)]
        for address in asked * 2:
            answer, _ = read(host, address)
            assert answer.getheader("Cache-Control") == "no-store"
    lines = [line for line in served.lines()[begun:] if line["kind"] in {"answer", "batch"}]
    assert len(lines) == 1 + 2 * len(asked), "what must not be kept is not"
    assert lines[0]["page"] == "gp-kernels"
    computed, refused = ["computed"] * 2, ["hit", None, "hit", "hit"]
    assert [line["cache"] for line in lines] == [*computed, *refused[1:], *refused]
    assert len({line["id"] for line in lines}) == len(lines)
    text = served.log.read_text()
    assert not any(word in text for word in ("127.0.0.1", f"depth={depth}", "afresh")), (
        "nor who, nor what"
    )


def not_kept(depth: int) -> list[tuple[str, str]]:
    """What must be asked for again: the digest in its address, and its query from the depth on."""
    return [
        (digest(), f"{depth}&batch=9"),
        (digest(), "0"),
        ("0123456789abcdef", f"{depth}"),
        ("afresh", f"{depth}"),
    ]


def test_the_server_bounds_addresses_and_headers_itself(served: Served) -> None:
    for address in ("/?" + "a" * 9000, f"/answer/{digest()}/gp-kernels?" + "a" * 9000):
        assert read(served.host, address)[0].status == 414
    connection = HTTPConnection(served.host, timeout=60)
    connection.request("GET", "/", headers={"X-Large": "x" * 20_000})
    assert connection.getresponse().status == 431
    connection.close()


# ---- connections that send nothing -----------------------------------------------------------

SILENT, HALF_SENT = 200, 50
FIRST_HALF = (
    b"POST /_dash-update-component HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 2\r\n\r\n{"
)


def test_silent_and_half_sent_requests_do_not_stop_the_server(served: Served) -> None:
    host, port = served.host.split(":")
    with ExitStack() as held:
        silent, halves = (
            [held.enter_context(socket.create_connection((host, int(port)))) for _ in range(n)]
            for n in (SILENT, HALF_SENT)
        )
        for half in halves:
            half.sendall(FIRST_HALF)
        for address in ("/healthz", "/", "/gp-limit", "/teach"):
            assert read(served.host, address)[0].status == 200
        # they were not shut out either: whoever goes on is answered
        for half in halves:
            half.settimeout(60)
            half.sendall(b"}")
            assert half.recv(12) == b"HTTP/1.1 400"
        silent[0].settimeout(60)
        silent[0].sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert silent[0].recv(12) == b"HTTP/1.1 200"


def test_slow_readers_hold_up_nobody(served: Served) -> None:
    """They are more than there are threads, and take nothing of a large file but its beginning."""
    host, port = served.host.split(":")
    with ExitStack() as held:
        slow = []
        for _ in range(50):
            one = held.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(60)
            one.connect((host, int(port)))
            one.sendall(
                b"GET /assets/plotly.min.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            slow.append(one)
        assert {one.recv(12) for one in slow} == {b"HTTP/1.1 200"}
        for address in ("/healthz", "/", "/gp-limit", "/teach"):
            assert read(served.host, address)[0].status == 200
        # one of them goes on, and gets all of it
        text = b""
        while more := slow[0].recv(1 << 16):
            text += more
        assert text.endswith((HERE / "assets" / "plotly.min.js").read_bytes()[-1000:])


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    connection = HTTPConnection(served.host, timeout=60)
    connection.putrequest("POST", "/_dash-update-component")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders(b"{")
    assert connection.getresponse().status == 413
    connection.close()


def test_what_has_not_changed_is_told_on_the_same_connection(served: Served) -> None:
    """Of a class that follows nobody connects afresh at every look."""
    connection = HTTPConnection(served.host, timeout=60)
    known: dict[str, str] = {}
    for status in (200, 304, 304):
        connection.request("GET", "/assets/fonts/STIXTwoMath.woff2", headers=known)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
        assert connection.sock is not None, f"closed after {status}"
        known = {"If-None-Match": str(answer.getheader("ETag"))}
    connection.request("GET", "/healthz", headers={"Connection": "close"})
    connection.getresponse().read()
    assert connection.sock is None, "closed where that is asked for"
    connection.close()


# ---- a new generation of workers -------------------------------------------------------------


def test_a_reload_fails_no_request(served: Served) -> None:
    over = Event()

    def reader(_: int) -> set[int]:
        """The states of all answers on one connection, which is opened again where it is closed."""
        found, connection = set(), HTTPConnection(served.host, timeout=60)
        while not over.is_set():
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            found.add(answer.status)
        connection.close()
        return found

    before = served.workers()
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(reader, n) for n in range(4)]
        try:
            os.kill(served.master, signal.SIGHUP)
            while before & (now := served.workers()) or not now:
                assert not any(one.done() for one in readers)
                time.sleep(0.1)
        finally:
            over.set()
        assert [one.result() for one in readers] == [{200}] * 4


def test_the_pictures_of_the_map_are_drawn_before_anybody_asks(served: Served) -> None:
    kept, end = served.log.parent / "cache" / "entries", time.monotonic() + 300
    # the first figure of every page, and the run that it is drawn from
    while len(list(kept.iterdir())) < 2 * len(EXPERIMENTS):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert "POST" not in {line["method"] for line in served.lines() if line["status"] == 200}


# ---- what it counts, and bounds --------------------------------------------------------------


def test_what_is_counted_is_told_for_all_workers(served: Served) -> None:
    read(served.host, "/teach")
    told = read(served.host, "/metrics")[1]
    text = brotli.decompress(told).decode() if not told.startswith(b"#") else told.decode()
    assert re.search(r'edition_requests_total{kind="page",page="teach",status="200"} [1-9]', text)
    assert 'edition_request_seconds_bucket{kind="page",le="5.0"}' in text


def test_who_asks_too_much_is_told_when_to_go_on() -> None:
    server = Flask("test")
    for address in ("/answer/x", "/page"):
        server.add_url_rule(address, address, lambda: "answered")
    limit_rate(server, "2 per hour")
    client = server.test_client()
    assert [client.get("/answer/x").status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get("/answer/x")
    assert 0 < refused.json["wait"] == int(refused.headers["Retry-After"]) <= 3601
    assert "goes on by itself" in refused.json["problem"]["text"]
    assert refused.headers["Cache-Control"] == "no-store"
    other = client.get("/answer/x", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert (other.status_code, client.get("/page").status_code) == (200, 200)
