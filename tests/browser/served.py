"""The dashboard as users meet it: gunicorn on a free port, and a Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OBSERVER = Path(__file__).with_name("observer.js")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(
    scratch: Path, app: str = "app:server", settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Serve `app` with a fresh cache under `scratch`; the address, until the block ends."""
    scratch.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{free_port()}"
    environment = os.environ | {"CACHE_DIR": str(scratch / "cache"), "CACHE_URL": ""}
    command = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"]
    command += ["--bind", address.removeprefix("http://"), app]
    log = scratch / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment | dict(settings or {}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=120)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    last = "\n".join(log.read_text().splitlines()[-8:])
    raise RuntimeError(f"the server did not start:\n{last}")


def chromium() -> dict[str, Any]:
    """How the system's Chromium is started; without one, that which playwright may have brought."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    # Nothing but the dashboard is asked for; and Chromium refuses its sandbox to root, which is
    # who runs in containers.
    arguments = ["--disable-gpu", "--disable-quic", "--disable-sync"]
    # WebGL without a graphics card, which newer ones do not give by themselves
    arguments += ["--enable-unsafe-swiftshader"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": found, "args": arguments}
