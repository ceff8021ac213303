"""What is deployed says only what the application knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
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
    """Answers with the address that it is asked for, and for whom the proxy says that it is."""

    def do_GET(self) -> None:
        said = f"{self.path} for {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def proxied(scratch: Path) -> Iterator[int]:
    """The Caddyfile before a replica on the loopback; the port of the proxy."""
    replica, own = ThreadingHTTPServer(("127.0.0.1", 0), Replica), free_port()
    threading.Thread(target=replica.serve_forever, daemon=True).start()
    text = (HERE / "deploy" / "Caddyfile").read_text()
    found = text.replace("a replica 8000", f"a 127.0.0.1 {replica.server_port}")
    assert found != text
    (scratch / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{found}")
    home = {"SITE": f"http://127.0.0.1:{own}", "HOME": str(scratch), "PATH": os.environ["PATH"]}
    command = [str(CADDY), "run", "--config", "Caddyfile", "--adapter", "caddyfile"]
    with (scratch / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=scratch, env=home, stdout=log, stderr=log)
    try:
        while asked(own, "/healthz")[0] is None:
            assert process.poll() is None, (scratch / "log").read_text()
            time.sleep(0.05)
        yield own
    finally:
        process.terminate()
        process.wait(timeout=60)
        replica.shutdown()
        replica.server_close()


def asked(port: int, path: str, **headers: str) -> tuple[int | None, str]:
    """The state and text of an answer; None where nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except ConnectionError:
        return None, ""
    finally:
        connection.close()


@pytest.mark.skipif(CADDY is None, reason="caddy is not installed")
def test_the_proxy_passes_on_what_is_for_readers_and_says_for_whom(tmp_path: Path) -> None:
    with proxied(tmp_path) as port:
        link = "/gp-kernels?depth=43&b=~depth%3D5"
        forged = {"X-Forwarded-For": "192.0.2.1"}
        assert asked(port, link, **forged) == (200, f"{link} for 127.0.0.1"), "no reader says who"
        for inside in ("/metrics", "/dl-theory/metrics"):
            assert asked(port, inside) == (404, "")
        assert asked(port, "/%6Detrics") == (404, ""), "however it is spelled"
