"""A plain caching proxy in front: one link, however many readers, is one request."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Barrier

import pytest

from components.door import digest
from components.settings import HERE
from tests.browser.served import free_port, serve

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
READERS = 200
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def proxy(scratch: Path, application: str) -> Iterator[str]:
    """The proxy of `deploy/` in front of `application`; its host and port."""
    own = f"127.0.0.1:{free_port()}"
    text = (HERE / "deploy" / "nginx.conf").read_text()
    text = text.replace("127.0.0.1:8000", application).replace("listen 8080", f"listen {own}")
    scratch.mkdir()
    places = [f"{name}_temp_path {scratch}/{name};" for name in TEMPORARY]
    text = text.replace("http {", "\n".join(["http {", "access_log off;", *places]))
    # Its workers give up being root, to whom the scratch directory belongs.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (scratch / "nginx.conf").write_text(f"{user}daemon off;\n{text}")
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
    """The application, at `host`, and the file that lists what it is asked."""

    host: str
    log: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application with an empty cache."""
    scratch = tmp_path_factory.mktemp("server")
    log = scratch / "access.log"
    settings = {"GUNICORN_CMD_ARGS": f"--access-logfile {log}", "WEB_WORKERS": "1"}
    with serve(scratch, settings=settings) as address:
        yield Served(address.removeprefix("http://"), log)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_200_readers_of_one_link_are_one_request(served: Served, tmp_path: Path) -> None:
    start = Barrier(READERS)
    link = f"/answer/{digest()}/gp-kernels?depth=50&width=64"

    def reader(host: str) -> tuple[int, bytes]:
        start.wait()
        answer, body = read(host, link)
        return answer.status, body

    with proxy(tmp_path / "proxy", served.host) as host:
        with ThreadPoolExecutor(READERS) as pool:
            found = set(pool.map(reader, [host] * READERS))
        assert [status for status, _ in found] == [200], "one answer for all of them"
        asked = [f"/answer/{code}/gp-kernels?{query}" for code, query in NOT_KEPT]
        for address in asked * 2:
            answer, _ = read(host, address)
            assert answer.getheader("Cache-Control") == "no-store"
    lines = served.log.read_text()
    assert lines.count(f"GET {link} ") == 1
    for address in asked:
        assert lines.count(f"GET {address} ") == 2, "what must not be kept is not"


NOT_KEPT = (
    (digest(), "depth=50&batch=9"),
    (digest(), "depth=0"),
    ("0123456789abcdef", "depth=50"),
    ("afresh", "depth=50"),
)


def test_the_server_bounds_addresses_and_headers_itself(served: Served) -> None:
    for address in ("/?" + "a" * 9000, f"/answer/{digest()}/gp-kernels?" + "a" * 9000):
        assert read(served.host, address)[0].status == 414
    connection = HTTPConnection(served.host, timeout=60)
    connection.request("GET", "/", headers={"X-Large": "x" * 20_000})
    assert connection.getresponse().status == 431
    connection.close()
