"""The connections of a worker, by descriptor, and one turn of its loop.

Waitress asks every connection before each wait what it waits for, so that a turn costs as much as
there are connections, also idle ones: of a class that follows a lecturer, most. Here a turn costs
what happens: only those that stir are asked, which have had an event and are not at rest again.
"""

from __future__ import annotations

import selectors
import time
from typing import Any

from waitress import wasyncore
from waitress.server import BaseWSGIServer

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
# All are asked so often: a server ends connections that have been idle for too long.
ALL_S = 1.0


class Connections(dict[int, Any]):
    """Waitress's map of a loop: servers, what wakes the loop, and connections."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = selectors.DefaultSelector()
        self._stirring: set[int] = set()
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

    def turn(self, seconds: float) -> None:
        """Wait until something happens, for so many seconds at most, and let it be handled."""
        if time.monotonic() >= self._asked_all + ALL_S:
            self._asked_all = time.monotonic()
            self._stirring.update(self)
        for descriptor in (*self._servers, *(self._stirring - self._servers)):
            self._ask(descriptor)
        for key, events in self._selector.select(seconds):
            for event, handle in ((READ, wasyncore.read), (WRITE, wasyncore.write)):
                # It may have been closed meanwhile, and another opened in its place.
                if events & event and self.get(key.fd) is key.data:
                    self._stirring.add(key.fd)
                    handle(key.data)

    def _ask(self, descriptor: int) -> None:
        """What it waits for; at rest is what waits for nothing but to hear."""
        one = self[descriptor]
        events = READ if one.readable() else 0
        if one.writable() and not one.accepting:
            events |= WRITE
        self._wait_for(descriptor, events)
        # A thread that has a request of it adds to what is to be written before it takes the
        # request away.
        if events == READ and not getattr(one, "requests", ()):
            self._stirring.discard(descriptor)

    def _wait_for(self, descriptor: int, events: int) -> None:
        key = self._selector.get_map().get(descriptor)
        if key is None and events:
            self._selector.register(descriptor, events, self[descriptor])
        elif key is not None and not events:
            self._selector.unregister(descriptor)
        elif key is not None and key.events != events:
            self._selector.modify(descriptor, events, self[descriptor])
