"""One turn of a worker's loop costs what happens in it."""

import socket
from collections.abc import Iterator

import pytest

from components.serving import connections
from components.serving.connections import Connections


class Heard:
    """A connection that counts how often it is asked, and hears what it is sent."""

    accepting = False

    def __init__(self, kept: Connections) -> None:
        self.near, self.far = socket.socketpair()
        self.near.setblocking(False)
        self.asked, self.text, self.answer = 0, b"", b""
        self.requests: list[bytes] = []
        self.fd = self.near.fileno()
        kept[self.fd] = self

    def readable(self) -> bool:
        self.asked += 1
        return not (self.requests or self.answer)

    def writable(self) -> bool:
        return bool(self.answer)

    def handle_read_event(self) -> None:
        self.text += self.near.recv(100)
        self.requests.append(self.text)

    def handle_write_event(self) -> None:
        self.answer = self.answer[self.near.send(self.answer) :]

    def close(self) -> None:
        self.near.close()
        self.far.close()


@pytest.fixture(name="kept")
def _kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connections]:
    monkeypatch.setattr(connections, "ALL_S", 1e9)
    kept = Connections()
    yield kept
    for one in kept.values():
        one.close()


def test_only_connections_that_stir_are_asked(kept: Connections) -> None:
    one, *others = (Heard(kept) for _ in range(20))
    kept.turn(0)
    one.far.send(b"a request")
    for _ in range(3):
        kept.turn(0)
    assert one.text == b"a request"
    assert one.asked == 2, "a thread has its request"
    assert {other.asked for other in others} == {1}
    one.answer, one.requests = b"an answer", []
    kept.stir(one.fd)
    kept.turn(0)
    assert one.far.recv(100) == b"an answer"
    for _ in range(5):
        kept.turn(0)
    assert one.asked == 4, "it is at rest, and still asked"
    one.far.send(b", another")
    kept.turn(0)
    assert one.text == b"a request, another"


def test_all_are_asked_now_and_then(kept: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    idle = Heard(kept)
    kept.turn(0)
    kept.turn(0)
    assert idle.asked == 1
    monkeypatch.setattr(connections, "ALL_S", 0)
    idle.answer = b"the time is over"
    kept.turn(0)
    assert idle.far.recv(100) == b"the time is over"


def test_what_was_meant_for_one_that_closed_is_not_told_to_its_successor(
    kept: Connections,
) -> None:
    """Descriptors are taken again at once."""

    class Closes(Heard):
        other: "Heard"

        def handle_read_event(self) -> None:
            del kept[self.other.fd]
            kept[self.other.fd] = successor
            self.text = self.near.recv(100)

    first, second = Closes(kept), Closes(kept)
    first.other, second.other = second, first
    successor = Heard(Connections())
    kept.turn(0)
    for one in (first, second):
        one.far.send(b"both at once")
    kept.turn(0)
    assert sorted([first.text, second.text]) == [b"", b"both at once"]
    assert successor.text == b""
    assert successor.requests == []
