"""The parts of the table: a link that a class opens, sliders, a proxy, replicas, hours."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from components.serving.cores import cores
from tests.benchmarks.table import Goal, Row, at_least, at_most
from tests.benchmarks.timing import short
from tests.load import back_to_back
from tests.load.crowd import Crowd, Found, Turns, kinds, p95
from tests.load.plan import link, moves, with_seed
from tests.load.servers import REDIS, Server, servers, shared_redis
from tests.test_server import NGINX, proxy

PACE_S = 2.0
RECORDED, CROWD, ALONE = 444_440, 444_449, (444_441, 444_442, 444_443)
NO_ERRORS = at_most(0, " errors")
ONCE = at_most(1)
NO_REDIS = "redis-server is not installed here"


@dataclass(frozen=True)
class Size:
    """How many students, for how long: of the sliders, and of the soak."""

    students: int
    seconds: float
    minutes: float


def opened(scratch: Path, size: Size) -> Iterator[Row]:
    """All students open one link within two seconds, with nothing at hand."""
    with servers(scratch) as found:
        yield from _opened(scratch, found, [one.address for one in found], size)


def _opened(
    scratch: Path, found: Sequence[Server], hosts: Sequence[str], size: Size
) -> Iterator[Row]:
    asked = link(hosts[0], RECORDED)
    alone = []
    for seed in ALONE:
        before = _lines(found)
        with Crowd(scratch / f"alone-{seed}", hosts, [[with_seed(asked, RECORDED, seed)]]) as one:
            pass
        alone.append(one.found)
        computed_alone = _computed(found, before)
    before = _lines(found)
    turns: list[Turns] = [[with_seed(asked, RECORDED, CROWD)]] * size.students
    with Crowd(scratch / "class", hosts, turns) as crowd:
        pass
    computed = _computed(found, before)
    yield Row(
        f"computations of {size.students} students, of one",
        f"{computed}",
        f"{computed_alone}, one student",
        computed / computed_alone if computed_alone else None,
        ONCE,
    )
    yield _errors(crowd.found)
    openings = [one.openings()[0] for one in alone]
    yield _slower(f"open it, {len(asked)} requests each", crowd.found.openings(), openings)
    yield _slower(
        "an answer of it",
        [one.seconds for one in crowd.found.asked if one.is_answer],
        [one.seconds for visit in alone for one in visit.asked if one.is_answer],
    )


def moved(scratch: Path, size: Size) -> Iterator[Row]:
    """Each student moves a slider every two seconds, with a sample of its own: nothing is kept."""
    capacity = back_to_back.rate(scratch / "before", size.seconds / 6)
    with servers(scratch) as found:
        alone = _one_student(scratch, found)
        with (
            watched(found) as memory,
            Crowd(
                scratch / "class",
                [found[0].address],
                _moves(size),
                pace_s=PACE_S,
                seconds=size.seconds,
            ) as crowd,
        ):
            pass
    after = back_to_back.rate(scratch / "after", size.seconds / 6)
    yield from _answers_a_second(crowd.found, size, (capacity, after))
    yield _errors(crowd.found)
    yield _slower("a move", [one.seconds for one in crowd.found.asked], alone)
    yield _memory(memory)


def proxied(scratch: Path, size: Size) -> Iterator[Row]:
    """The same behind the proxy of `deploy/`; every move is made by two students at once."""
    if NGINX is None:
        yield Row("each answer computed once", "", "nginx is not installed here", goal=ONCE)
        return
    with servers(scratch) as found, proxy(scratch / "proxy", found[0].host) as host:
        yield from _in_pairs(scratch, found, [f"http://{host}"], size)
        reached = sum(line["kind"] == "answer" for line in found[0].lines())
        yield Row("answers that the application was asked for", f"{reached}")


def replicated(scratch: Path, size: Size) -> Iterator[Row]:
    """The same with two replicas that share a Redis; every move is made by two students at once,
    one at each replica."""
    if REDIS is None:
        yield Row("each answer computed once", "", NO_REDIS, goal=ONCE)
        return
    with (
        shared_redis(scratch / "redis") as redis,
        servers(scratch, 2, shared(redis.url, 2)) as found,
    ):
        yield from _in_pairs(scratch, found, [one.address for one in found], size)


def _in_pairs(
    scratch: Path, found: Sequence[Server], hosts: Sequence[str], size: Size
) -> Iterator[Row]:
    """A link opened by all, and then every move made by two students."""
    yield from _opened(scratch / "link", found, hosts, size)
    before, turns = _lines(found), _moves(size)
    pairs = [turns[student // 2] for student in range(size.students)]
    with (
        watched(found) as memory,
        Crowd(scratch / "class", hosts, pairs, pace_s=PACE_S, seconds=size.seconds) as crowd,
    ):
        pass
    computed = _computed(found, before)
    asked = Counter(one.address for one in crowd.found.asked)
    yield Row(
        "computations, of one an address",
        f"{computed} for {len(crowd.found.asked)} answers",
        f"{len(asked)} addresses",
        computed / len(asked),
        ONCE,
    )
    yield _errors(crowd.found)
    yield Row("answers a second, half of them computed", short(crowd.found.rate), "")
    yield _memory(memory)


def soaked(scratch: Path, size: Size) -> Iterator[Row]:
    """The sliders for long: what the processes hold at the end, beside what they did before."""
    seconds = 60 * size.minutes
    with servers(scratch) as found, watched(found) as memory:
        hosts, turns = [found[0].address], _moves(size, seconds)
        with Crowd(scratch / "class", hosts, turns, pace_s=PACE_S, seconds=seconds) as crowd:
            pass
    yield _errors(crowd.found)
    early, late = growth(memory)
    yield Row(
        f"memory after {short(size.minutes)} minutes, of that after a quarter",
        f"{short(late)} MB",
        f"{short(early)} MB",
        late / early,
        Goal(1.1, at_least=False),
    )


def growth(memory: Sequence[float]) -> tuple[float, float]:
    """Megabytes after a quarter of the time and at its end, each the median of a tenth of it."""
    tenth, quarter = max(1, len(memory) // 10), len(memory) // 4
    early, late = memory[quarter : quarter + tenth], memory[-tenth:]
    return float(np.median(early)), float(np.median(late))


@contextmanager
def watched(found: Sequence[Server], every_s: float = 1.0) -> Iterator[list[float]]:
    """What all servers together hold, megabytes, looked at every second."""
    memory: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(every_s):
            memory.append(sum(one.memory for one in found))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield memory
    finally:
        over.set()
        watcher.join()


def shared(url: str, replicas: int) -> dict[str, str]:
    """The settings of replicas that share a Redis, and the cores."""
    return {"CACHE_URL": url, "WEB_WORKERS": str(max(1, cores() // replicas))}


def _lines(found: Sequence[Server]) -> list[int]:
    return [len(one.lines()) for one in found]


def _computed(found: Sequence[Server], since: Sequence[int]) -> int:
    return sum(one.computed(before) for one, before in zip(found, since, strict=True))


def _moves(size: Size, seconds: float | None = None) -> list[Turns]:
    """More moves than the time allows."""
    return list(moves(size.students, int((seconds or size.seconds) / PACE_S) + 10))


def _one_student(scratch: Path, found: Sequence[Server]) -> list[float]:
    """Seconds of every page's answer, asked for one after the other by a student who is alone."""
    turns: Turns = [[turn for [turn] in moves(18, 3, 900)[page]] for page in range(18)]
    with Crowd(scratch / "alone", [found[0].address], [turns], pace_s=0) as crowd:
        pass
    return [one.seconds for one in crowd.found.asked]


def share(rate: float, wanted: float, capacity: float) -> float:
    """Answers a second as a share of those that were asked for, or could be computed if fewer."""
    return rate / min(wanted, capacity)


def _answers_a_second(found: Found, size: Size, capacity: tuple[float, float]) -> Iterator[Row]:
    wanted, can = size.students / PACE_S, sum(capacity) / 2
    bound = "computed back to back" if can < wanted else "asked for"
    yield Row(
        f"answers a second, of those {bound}",
        f"{short(found.rate)}, {short(wanted)} asked for",
        f"{short(capacity[0])} before, {short(capacity[1])} after",
        share(found.rate, wanted, can),
        at_least(0.8),
    )
    # The cores do not have what the class itself takes of them.
    left = can * max(0.0, 1 - found.cores / cores())
    yield Row(
        "  of what the class itself leaves of the cores",
        f"class takes {short(found.cores)} cores",
        f"{short(left)} of {short(can)}",
        share(found.rate, wanted, left),
    )


def _errors(found: Found) -> Row:
    count = len(found.asked)
    failed = [one for one in found.asked if one.failed]
    told = kinds(failed) if failed else ""
    return Row("errors", f"{len(failed)} of {count} requests", told, float(len(failed)), NO_ERRORS)


def _slower(work: str, ours: Sequence[float], alone: Sequence[float]) -> Row:
    """How many times as long the slow ones of a class wait as one who is alone."""
    one = float(np.median(alone))
    return Row(
        f"{work}: p95, of one student's time",
        f"{short(1e3 * float(np.median(ours)))} / {short(1e3 * p95(ours))} ms",
        f"{short(1e3 * one)} ms, one student",
        p95(ours) / one,
    )


def _memory(memory: Sequence[float]) -> Row:
    most = max(memory)
    work = "memory of the workers and what they are forked from"
    return Row(work, f"{short(most)} MB at most", "", most / 1e3, at_most(1, " GB"))
