"""What is deployed says only what the application knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from components.settings import HERE, SERVING, SETTINGS

KNOWN = {name for name, _, _ in (*SETTINGS, *SERVING)}
COMPOSE: dict[str, Any] = yaml.safe_load((HERE / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "replica")


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
