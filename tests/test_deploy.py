"""What is deployed says only what the application knows."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.settings import HERE, SERVING, SETTINGS
from tests.browser.served import free_port

KNOWN = {name for name, _, _ in (*SETTINGS, *SERVING)}
COMPOSE: dict[str, Any] = yaml.safe_load((HERE / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "replica")
CADDY = shutil.which("caddy")


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_given_settings_that_exist(name: str) -> None:
    given = set(SERVICES[name]["environment"])
    # where it listens and keeps its answers is the image's affair
    assert given == KNOWN - {"HOST", "PORT", "CACHE_DIR"}


def test_the_image_names_settings_that_exist() -> None:
    named = re.findall(r"([A-Z_]+)=", (HERE / "Dockerfile").read_text().rpartition("FROM")[2])
    outside = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "HOME", "NUMBA_CACHE_DIR"}
    assert set(named) - outside <= KNOWN


def test_one_service_by_default_and_a_guarded_redis_with_replicas() -> None:
    assert [name for name, one in SERVICES.items() if "profiles" not in one] == ["web"]
    assert all(one["read_only"] and one["cap_drop"] == ["ALL"] for one in SERVICES.values())
    redis, text = SERVICES["redis"], " ".join(SERVICES["redis"]["command"])
    assert "ports" not in redis
    assert {"mem_limit", "tmpfs"} <= redis.keys()
    assert "maxmemory-policy allkeys-lru" in text
    # an argument would be in the list of processes
    assert "--requirepass" not in text
    assert "$$REDIS_PASSWORD" in text


def test_compose_itself_takes_it() -> None:
    docker = shutil.which("docker") or "docker"
    try:
        subprocess.run([docker, "compose", "version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("docker compose is not installed")
    command = [docker, "compose", "--profile", "replicas", "config", "--quiet"]
    environment = os.environ | {"REDIS_PASSWORD": "secret"}
    subprocess.run(command, cwd=HERE, env=environment, check=True, timeout=60)


class Replica(BaseHTTPRequestHandler):
    """Answers with the address that it is asked for, and for whom and how the proxy says it is."""

    def do_GET(self) -> None:
        whom, how = (self.headers[f"X-Forwarded-{name}"] for name in ("For", "Proto"))
        said = f"{self.path} for {whom} by {how}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


# It speaks to nobody but us: no redirection from port 80, no certificate among the machine's own.
ALONE = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
AUTHORITY = Path(".local/share/caddy/pki/authorities/local/root.crt")


@contextmanager
def proxied(scratch: Path, scheme: str) -> Iterator[Callable[..., tuple[int | None, str]]]:
    """The Caddyfile before a replica on the loopback; what it answers to a path with headers."""
    replica, own = ThreadingHTTPServer(("127.0.0.1", 0), Replica), free_port()
    threading.Thread(target=replica.serve_forever, daemon=True).start()
    text = (HERE / "deploy" / "Caddyfile").read_text()
    found = text.replace("answers:8080", f"127.0.0.1:{replica.server_port}")
    assert found != text
    (scratch / "Caddyfile").write_text(ALONE + found)
    home = {"SITE": f"{scheme}://localhost:{own}", "HOME": str(scratch), "PATH": os.environ["PATH"]}
    command = [str(CADDY), "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    with (scratch / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=scratch, env=home, stdout=log, stderr=log)

    def ask(path: str, **headers: str) -> tuple[int | None, str]:
        authority = scratch / AUTHORITY if scheme == "https" else None
        return asked(own, authority, path, **headers)

    try:
        while ask("/healthz")[0] is None:
            assert process.poll() is None, (scratch / "log").read_text()
            time.sleep(0.05)
        yield ask
    finally:
        process.terminate()
        process.wait(timeout=60)
        replica.shutdown()
        replica.server_close()


def asked(port: int, authority: Path | None, path: str, **headers: str) -> tuple[int | None, str]:
    """The state and text of an answer, of one whom the authority knows where there is one; None
    where nobody listens."""
    connection = HTTPConnection("localhost", port, timeout=60)
    try:
        if authority is not None:
            trusted = ssl.create_default_context(cafile=authority)
            connection = HTTPSConnection("localhost", port, timeout=60, context=trusted)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (ConnectionError, FileNotFoundError, ssl.SSLError):
        # It comes before its certificates.
        return None, ""
    finally:
        connection.close()


@pytest.mark.skipif(CADDY is None, reason="caddy is not installed")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_proxy_passes_on_what_is_for_readers_and_says_for_whom(
    tmp_path: Path, scheme: str
) -> None:
    with proxied(tmp_path, scheme) as ask:
        link = "/gp-kernels?depth=43&b=~depth%3D5"
        forged = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "gopher"}
        said = f"{link} for 127.0.0.1 by {scheme}"
        assert ask(link, **forged) == (200, said), "no reader says who"
        for inside in ("/metrics", "/dl-theory/metrics"):
            assert ask(inside) == (404, "")
        assert ask("/%6Detrics") == (404, ""), "however it is spelled"
