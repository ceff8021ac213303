"""The connections of a worker, by descriptor, and one turn of its loop.

Waitress asks every connection before each wait what it waits for, so that a turn costs as much as
there are connections, also idle ones: of a class that follows a lecturer, most. Here a turn costs
what happens: only those that stir are asked, which have had an event or an answer, and are neither
at rest again nor in the hands of a thread.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from typing import Any

from waitress import wasyncore
from waitress.server import BaseWSGIServer

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
# All are asked so often: a server ends connections that have been idle for too long.
ALL_S = 1.0
# Whoever holds more connections lets another worker come first for the next: seconds for each.
RELUCTANCE_S, MOST_RELUCTANT_S = 1e-5, 2e-3


class Connections(dict[int, Any]):
    """Waitress's map of a loop: servers, what wakes the loop, and connections."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = selectors.DefaultSelector()
        self._waits: dict[int, int] = {}
        self._stirring: set[int] = set()
        self._stirred: deque[int] = deque()
        self._servers: set[int] = set()
        self._asked_all = 0.0

    def __setitem__(self, descriptor: int, one: Any) -> None:
        super().__setitem__(descriptor, one)
        self._stirring.add(descriptor)
        if isinstance(one, BaseWSGIServer):
            self._servers.add(descriptor)

    def __delitem__(self, descriptor: int) -> None:
        super().__delitem__(descriptor)
        self._wait_for(descriptor, 0)
        self._stirring.discard(descriptor)
        self._servers.discard(descriptor)

    def stir(self, descriptor: int) -> None:
        """Ask this one at the next turn; any thread may say so."""
        self._stirred.append(descriptor)

    def turn(self, seconds: float) -> None:
        """Wait until something happens, for so many seconds at most, and let it be handled."""
        if time.monotonic() >= self._asked_all + ALL_S:
            self._asked_all = time.monotonic()
            self._stirring.update(self)
        while self._stirred:
            self._stirring.add(self._stirred.popleft())
        for descriptor in (*self._servers, *(self._stirring - self._servers)):
            self._ask(descriptor)
        for key, events in self._selector.select(seconds):
            if key.fd in self._servers:
                time.sleep(min(RELUCTANCE_S * len(self), MOST_RELUCTANT_S))
            for event, handle in ((READ, wasyncore.read), (WRITE, wasyncore.write)):
                # It may have been closed meanwhile, and another opened in its place.
                if events & event and self.get(key.fd) is key.data:
                    self._stirring.add(key.fd)
                    handle(key.data)

    def _ask(self, descriptor: int) -> None:
        """What it waits for; it stirs while there is anything to be written."""
        if (one := self.get(descriptor)) is None:
            self._stirring.discard(descriptor)
            return
        events = READ if one.readable() else 0
        if one.writable() and not one.accepting:
            events |= WRITE
        self._wait_for(descriptor, events)
        if not events & WRITE:
            self._stirring.discard(descriptor)

    def _wait_for(self, descriptor: int, events: int) -> None:
        before = self._waits.pop(descriptor, 0)
        if events:
            self._waits[descriptor] = events
        if before and not events:
            self._selector.unregister(descriptor)
        elif events and not before:
            self._selector.register(descriptor, events, self[descriptor])
        elif before != events:
            self._selector.modify(descriptor, events, self[descriptor])
