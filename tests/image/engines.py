"""Docker, podman, or buildah where no daemon runs: what builds an image and runs it confined."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.settings import HERE

TAG = "depth-over-width"
BASE = "docker.io/library/python:3.11-slim"
# What a machine needs to reach its packages, as --volume or --build-arg.
FLAGS = shlex.split(os.environ.get("BUILD_FLAGS", ""))
INSIDE, CONFINED = (Path(__file__).with_name(f"{name}.py") for name in ("inside", "confined"))
ALONE = ("--fork", "--kill-child", "--pid", "--net", "--mount", "--ipc", "--uts")
AS_DEPLOYED = (
    *("--rm", "--interactive", "--network=none", "--read-only", "--tmpfs=/tmp:mode=1777,size=384m"),
    *("--cap-drop=ALL", "--security-opt=no-new-privileges", "--pids-limit=256"),
)


class ImageError(Exception):
    """Why there is no image, in words."""


@dataclass(frozen=True)
class Config:
    """How the image says that it is run."""

    user: str
    directory: str
    environment: tuple[str, ...]
    command: tuple[str, ...]

    @staticmethod
    def of(found: dict[str, Any]) -> Config:
        """The configuration that an engine tells."""
        user, where = found.get("User") or "0:0", found.get("WorkingDir") or "/"
        return Config(user, where, tuple(found.get("Env") or ()), tuple(found.get("Cmd") or ()))


class Engine:
    """Docker or podman."""

    build = ("build",)
    inspect = ("image", "inspect", "--format={{json .Config}}")

    def __init__(self, name: str) -> None:
        self.name = name

    def make(self) -> None:
        """Build the image; ImageError where that fails."""
        command = [self.name, *self.build, *FLAGS, f"--tag={TAG}", str(HERE)]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
            raise ImageError(f"{shlex.join(command)} failed")

    def config(self, image: str = TAG) -> Config:
        """How an image is run; ImageError where it is missing."""
        command = [self.name, *self.inspect, image]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode:
            raise ImageError(f"the image {image} is missing here, and cannot be fetched")
        return Config.of(self.told(json.loads(found.stdout)))

    def told(self, inspected: dict[str, Any]) -> dict[str, Any]:
        """The configuration in what the engine says of an image."""
        return inspected

    def run(self, image: str, *arguments: str) -> Iterator[dict[str, Any]]:
        """What `inside.py` prints, run in the image as it is deployed."""
        command = [self.name, "run", *AS_DEPLOYED, image, "python", "-", *arguments]
        yield from _lines(command, signal.SIGTERM)


class Buildah(Engine):
    """Buildah with chroot isolation, and namespaces as a container has them."""

    build = ("build", "--pull=never", "--layers", "--isolation=chroot", "--format=docker")
    inspect = ("inspect", "--type=image")

    def make(self) -> None:
        self.config(BASE)
        super().make()

    def told(self, inspected: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = inspected["OCIv1"]["config"]
        return found

    def run(self, image: str, *arguments: str) -> Iterator[dict[str, Any]]:
        config = self.config(image)
        with self._mounted(image) as root:
            command = ["unshare", *ALONE, "env", "--ignore-environment", *config.environment]
            command += [sys.executable, str(CONFINED), root, config.user, config.directory]
            # unshare hears of nothing else
            yield from _lines([*command, "python", "-", *arguments], signal.SIGKILL)

    @contextmanager
    def _mounted(self, image: str) -> Iterator[str]:
        """The root directory of a container of the image."""
        container = self._said("from", "--pull=never", image)
        try:
            yield self._said("mount", container)
        finally:
            self._said("rm", container)

    def _said(self, *arguments: str) -> str:
        command = [self.name, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def engine() -> Engine:
    """The first that works here; ImageError where none does."""
    for name in ("docker", "podman"):
        if shutil.which(name) and _works(name, "info"):
            return Engine(name)
    if shutil.which("buildah") and os.geteuid() == 0:
        return Buildah("buildah")
    raise ImageError(
        "Neither docker nor podman answers here, and buildah (as root) is not installed."
    )


def _works(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _lines(command: Sequence[str], end: signal.Signals) -> Iterator[dict[str, Any]]:
    """The lines of JSON that a command prints while it is told `inside.py`; `end` ends it early."""
    with (
        INSIDE.open() as script,
        subprocess.Popen(command, stdin=script, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            yield from map(json.loads, process.stdout)
        except BaseException:  # nobody listens any more
            process.send_signal(end)
            raise
    if process.returncode:
        raise ImageError(f"{shlex.join(command[:2])} ended with code {process.returncode}")
