"""What a class that follows costs: `python -m tests.benchmarks.followers [followers] [seconds]`.

Every follower looks into the room as the browser's module does, while the lecturer changes what is
shown twice a second. Printed is the processor time of the server as a share of one core, and how
long after a change its followers hear of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from components.settings import HERE
from tests.browser.served import serve

SECRET = "correct horse battery"
CHANGES_S = 0.5


def beat() -> float:
    """Seconds between two looks, as `assets/edition/room/follow.js` has them."""
    text = (HERE / "assets" / "edition" / "room" / "follow.js").read_text()
    found = re.search(r"const BEAT = (\d+)", text)
    assert found is not None
    return int(found[1]) / 1000


def used() -> float:
    """Seconds of processor time of the servers that this process has started."""
    ticks, parents = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)], ticks[int(entry.name)] = (
                int(words[1]),
                sum(map(int, words[11:13])),
            )
    ours = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(p, 0) for p in ours - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


async def follow(port: int, path: str, until: float, heard: dict[int, list[float]]) -> int:
    """Look into the room until the time is over; how many looks there were."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    tag, looks = "", 0
    while time.monotonic() < until:
        known = f"If-None-Match: {tag}\r\n" if tag else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{known}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        looks += 1
        tags = re.search(r"(?im)^etag: (\S+)", head)
        assert tags is not None, head
        tag = tags[1]
        if length := re.search(r"(?im)^content-length: (\d+)", head):
            body = json.loads(await reader.readexactly(int(length[1])) or "{}")
            if body.get("frame") is not None:
                heard.setdefault(body["frame"], []).append(time.monotonic())
        await asyncio.sleep(beat())
    writer.close()
    return looks


def ask(address: str, method: str, path: str, body: object, key: str = "") -> bytes:
    """What a lecturer sends."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


async def measure(address: str, followers: int, seconds: float) -> None:
    """Open a room, let them follow, print what it cost."""
    room = json.loads(ask(address, "POST", "/follow", {"secret": SECRET}))
    port, path = int(address.rpartition(":")[2]), f"/follow/{room['code']}/room"
    shown = json.loads(urllib.request.urlopen(address + path, timeout=30).read())
    heard: dict[int, list[float]] = {}
    told: dict[int, float] = {}

    async def lead(until: float) -> None:
        for frame in range(10**5):
            if time.monotonic() > until - 2:
                return
            change = shown | {"frame": frame}
            told[frame] = time.monotonic()
            await asyncio.to_thread(ask, address, "PUT", path, change, room["key"])
            await asyncio.sleep(CHANGES_S)

    async def one(place: int, until: float) -> int:
        await asyncio.sleep(beat() * place / followers)
        return await follow(port, path, until, heard)

    before, start = used(), time.monotonic()
    until = start + seconds
    *looks, _ = await asyncio.gather(*(one(n, until) for n in range(followers)), lead(until))
    took, cost = time.monotonic() - start, used() - before
    late = sorted(at - told[frame] for frame, all_of in heard.items() for at in all_of)
    print(
        f"{followers} followers, a look every {beat()} s each, a change every {CHANGES_S} s: "
        f"{sum(looks) / took:.0f} looks a second cost {cost / took:.1%} of one core "
        f"({1e3 * cost / sum(looks):.2f} ms each); heard of after "
        f"{late[len(late) // 2]:.2f} s (median), {late[len(late) * 99 // 100]:.2f} s (99 %)"
    )


def main(arguments: list[str]) -> None:
    """Serve as `make serve` does, and measure."""
    followers, seconds = map(int, [*arguments, "200", "20"][:1] + [*arguments[1:], "20"][:1])
    with (
        tempfile.TemporaryDirectory() as scratch,
        serve(Path(scratch), settings={"FOLLOW_SECRET": SECRET}) as address,
    ):
        # The workers are warm when the processor rests.
        while (before := used()) < 1 or used_in(1.0, before) > 0.02:
            pass
        asyncio.run(measure(address, followers, seconds))


def used_in(seconds: float, before: float) -> float:
    """Processor time of the servers in the next seconds."""
    time.sleep(seconds)
    return used() - before


if __name__ == "__main__":
    main(sys.argv[1:])
