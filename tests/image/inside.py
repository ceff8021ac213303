"""What runs inside the container, with Python's own library: `files`, or `start COMMAND PAGES`.

`files` lists every file with its size; `start` starts the command of the image once for every page
and asks it. Both print lines of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

HERE = "http://127.0.0.1:8000"
ROUTE, LOCATION = "/_dash-update-component", "_pages_location"
ELSEWHERE = {"/proc", "/sys", "/dev", "/tmp", "/run"}
COMPILERS = ("cc", "gcc", "g++", "c++", "clang", "tcc", "gfortran", "rustc", "go", "make", "ld")
# Seconds that the slowest machine is given.
PATIENCE = 300
TICK = os.sysconf("SC_CLK_TCK")


def files(root: str = "/") -> Iterator[tuple[str, int]]:
    """Every file that can be seen, with the bytes that it takes; one with several names once."""
    seen = set()
    for directory, inner, names in os.walk(root):
        inner[:] = [name for name in inner if os.path.join(directory, name) not in ELSEWHERE]
        for name in names:
            path = os.path.join(directory, name)
            found = os.lstat(path)
            if stat.S_ISREG(found.st_mode) and found.st_ino not in seen:
                seen.add(found.st_ino)
                yield path, found.st_size


def freedom() -> list[str]:
    """What the container lets the server do that it must not; none where it is as deployed."""
    found = []
    if os.getuid() == 0:
        found.append("it runs as root")
    networks = {line.split(":")[0].strip() for line in _lines("/proc/net/dev") if ":" in line}
    if networks - {"lo"}:
        found.append(f"it has a network: {', '.join(sorted(networks - {'lo'}))}")
    for directory in ("/", "/app", "/venv", "/var/tmp"):
        if os.path.isdir(directory) and not os.statvfs(directory).f_flag & os.ST_RDONLY:
            found.append(f"{directory} is not read-only")
    return found


def pace() -> list[float]:
    """Seconds of a core that a fixed piece of work takes, again and again."""
    took = []
    for _ in range(60):
        start = time.process_time()
        sum(number * number for number in range(60_000))
        took.append(time.process_time() - start)
    return took


def started(command: Sequence[str], page: str) -> dict[str, Any]:
    """Start the server with nothing kept, and ask for `page` first.

    Seconds from its start to /healthz, the page and its answer, and those of a core that its
    processes had used by /healthz and by the end. `busy` is how many times longer all of it took
    than on an idle core: until /healthz one process loads, and does nothing else, so that what it
    did not work it has waited; and the work itself was slower than at its best.
    """
    for left in Path("/tmp").iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    before = pace()
    start = time.monotonic()
    server = subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)
    found: dict[str, Any] = {"page": page}
    try:
        while ask("/healthz") is None:
            assert server.poll() is None, f"the server ended with code {server.returncode}"
            assert time.monotonic() < start + PATIENCE, "the server does not answer"
            time.sleep(0.02)
        found |= {"healthz": time.monotonic() - start, "work_healthz": used()}
        assert b"data-digest" in ask(f"/{page}"), f"/{page} is no page"
        assert b"_pages_content" in ask(ROUTE, router(f"/{page}")), f"/{page} is not laid out"
        found["shown"] = time.monotonic() - start
        if page:
            answer = json.loads(ask(f"/answer/first/{page}"))
            assert answer["problem"] is None, f"{page}: {answer['problem']}"
            assert answer["figures"], f"{page} draws nothing"
            found["answer"] = time.monotonic() - start
        found["work"] = used()
    finally:
        end(server)
    waited = max(1.0, found["healthz"] / found["work_healthz"])
    paces = before + pace()
    return found | {"busy": waited * sum(paces) / len(paces) / min(paces)}


def router(path: str) -> dict[str, Any]:
    """What a browser sends for the layout of a page."""
    parts = [{"id": "_pages_content", "property": "children"}]
    parts += [{"id": "_pages_store", "property": "data"}]
    where = [("pathname", path), ("search", "")]
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": parts,
        "inputs": [{"id": LOCATION, "property": name, "value": value} for name, value in where],
        "changedPropIds": [f"{LOCATION}.{name}" for name, _ in where],
    }


def ask(address: str, body: object = None) -> Any:
    """What the server answers, to a body of JSON where there is one; None where nobody listens.

    HTTPError where it refuses.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(HERE + address, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()
    except HTTPError:
        raise
    except OSError:
        return None


def used() -> float:
    """Seconds of a core that the processes beside this one have used, with those that ended.

    What stands back behind all others (`nice`) takes nothing from them, and is left out.
    """
    ticks, ours = 0, os.nice(0)
    for process in Path("/proc").glob("[0-9]*"):
        if process.name != str(os.getpid()):
            try:
                fields = (process / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(map(int, fields[11:15])) * (int(fields[16]) <= ours)
    return ticks / TICK


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server, what warms up beside it, and whoever they have left to us."""
    server.terminate()
    server.wait(timeout=PATIENCE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()


def main(what: str, *arguments: str) -> None:
    """Print what is asked for."""
    if what == "files":
        tools = [name for name in COMPILERS if shutil.which(name)]
        print(json.dumps({"files": list(files()), "tools": tools}))
        return
    # The first process of a container hears of no signal that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    print(json.dumps({"freedom": freedom()}), flush=True)
    command, pages = map(json.loads, arguments)
    for page in pages:
        print(json.dumps(started(command, page)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
