"""What goes wrong while a class is at work, and what it notices of that."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.table import Row
from tests.benchmarks.timing import short
from tests.load.crowd import Asked, Crowd, Request, Turns, kinds, p95
from tests.load.parts import NO_ERRORS, NO_REDIS, Size, shared
from tests.load.plan import moves
from tests.load.servers import (
    REDIS,
    Server,
    SharedRedis,
    servers,
    shared_redis,
    small_disks,
)

MOST, PACE_S, REPLICAS = 100, 1.0, 2
# So many different answers are asked for, each of them by several students.
PER_PAGE = 20
# Seconds that are looked at after each fault.
WINDOW_S = 8.0


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong: how it is done, which says what it has done.

    Where it `spares` nobody, requests in flight may fail. A replica that is `gone` cannot be asked
    any more, but answers what it was asked before.
    """

    work: str
    happen: Callable[[], object]
    spares: bool = True
    gone: int | None = None


def rows(scratch: Path, size: Size) -> Iterator[Row]:
    """Two replicas with a Redis; every body is compared with that from before anything happened."""
    if REDIS is None:
        yield Row("faults", "", NO_REDIS, goal=NO_ERRORS)
        return
    wanted = [turn[0] for student in moves(18, PER_PAGE, 500) for turn in student]
    with (
        small_disks(scratch, REPLICAS) as small,
        shared_redis(scratch / "redis") as redis,
        servers(scratch, REPLICAS, shared(redis.url, REPLICAS)) as found,
    ):
        hosts, faults = [one.address for one in found], planned(found, redis, small)
        expected = bodies(scratch / "bodies", hosts, wanted)
        redis.client.flushall()
        yield Row("answers that are compared", f"{len(expected)} of {len(wanted)}")
        # On a starved machine even a server in peace may stop a run and say so.
        requests = [one for one in wanted if one[1] in expected]
        turns = shuffled(requests, min(MOST, size.students))
        happened = []
        with Crowd(
            scratch / "class", hosts, turns, pace_s=PACE_S, seconds=WINDOW_S * len(faults)
        ) as crowd:
            crowd.wait_until_all_are_there()
            for fault in faults:
                happened.append((time.time(), fault))
                fault.happen()
                time.sleep(max(0.0, happened[-1][0] + WINDOW_S - time.time()))
        ended = found[1].stopped()
    yield from judged(crowd.found.asked, happened, expected)
    yield Row("  and it ended", "yes" if ended else "no", "")


def planned(found: Sequence[Server], redis: SharedRedis, small: bool) -> list[Fault]:
    """The faults in their order; the files of the caches are in use while Redis is away.

    A disk is filled where it is a small one.
    """
    first, second = found

    def fill_disks() -> None:
        for one in found:
            one.fill()

    def spoil_files() -> None:
        for one in found:
            one.spoil()

    def redis_is_back() -> None:
        redis.start()
        time.sleep(WINDOW_S / 2)
        redis.spoil()

    return [
        Fault("nothing", lambda: None),
        Fault(
            "kill -9 of a worker",
            lambda: os.kill(min(first.workers()), signal.SIGKILL),
            spares=False,
        ),
        Fault("SIGHUP", lambda: os.kill(first.master, signal.SIGHUP)),
        Fault("Redis killed", redis.kill),
        Fault("all files of the caches spoiled", spoil_files),
        *[Fault("their disks full", fill_disks)] * small,
        Fault("Redis back, and all in it spoiled", redis_is_back),
        Fault("SIGTERM of one replica", lambda: os.kill(second.master, signal.SIGTERM), gone=1),
    ]


def bodies(scratch: Path, hosts: Sequence[str], requests: Sequence[Request]) -> dict[str, str]:
    """The digest of each answer, as four students get it who have nothing in their way."""
    turns: list[Turns] = [[[one] for one in requests[k::4]] for k in range(4)]
    with Crowd(scratch, hosts, turns, pace_s=0) as crowd:
        pass
    return {one.address: one.digest for one in crowd.found.asked if not one.failed}


def shuffled(requests: Sequence[Request], students: int) -> list[Turns]:
    """Each student asks for all of them, in an order of its own."""
    rng = np.random.default_rng(20)
    return [[[requests[k]] for k in rng.permutation(len(requests))] for _ in range(students)]


def judged(
    asked: Sequence[Asked],
    happened: Sequence[tuple[float, Fault]],
    expected: Mapping[str, str],
    replicas: int = REPLICAS,
) -> Iterator[Row]:
    """For each fault, and when it happened, what became of the requests that ended from then on,
    until the next one happened; a wrong answer is an error whenever it comes."""
    times = [at for at, _ in happened]
    for at, fault in happened:
        until = min((other for other in times if other > at), default=math.inf)
        own = [one for one in asked if at <= one.end < until]
        own = [one for one in own if one.start < at or one.student % replicas != fault.gone]
        failed = [one for one in own if one.failed]
        excused = 0 if fault.spares else sum(one.start < at for one in failed)
        wrong = sum(not one.failed and one.digest != expected[one.address] for one in own)
        waited = [1e3 * one.seconds for one in own if not one.failed]
        yield Row(
            f"{fault.work}: errors of {len(own)} requests",
            f"{short(float(np.median(waited)))} / {short(p95(waited))} ms" if waited else "–",
            kinds(failed, wrong) + ("" if fault.spares else f"; {excused} in flight, not counted"),
            float(len(failed) - excused + wrong),
            NO_ERRORS,
        )
