"""When a shared server is away: it is asked again every few seconds, by one request at a time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

# One request in so many seconds may wait for a server that hangs.
AGAIN_S: Final = 5.0
TOLD_S: Final = 60.0
_log = logging.getLogger(__name__)


class Outage:
    """Whether it is worth asking. Any thread may call any method.

    The log says `what` is away and what happens `meanwhile`.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        what: str = "the shared cache",
        meanwhile: str = "each replica uses its own",
    ) -> None:
        self._clock, self._what, self._meanwhile = clock, what, meanwhile
        self._guard = threading.Lock()
        self._away = False
        self._again = self._told = float("-inf")

    def over(self) -> bool:
        """Whether to ask now; while it is away, True once in AGAIN_S seconds."""
        with self._guard:
            if not self._away:
                return True
            if self._clock() < self._again:
                return False
            self._again = self._clock() + AGAIN_S
            return True

    def answered(self) -> None:
        """It is there."""
        with self._guard:
            if self._away:
                _log.warning("%s is used again", self._what)
            self._away = False

    def failed(self, error: Exception) -> None:
        """It is away; the log hears of it once a minute."""
        with self._guard:
            now = self._clock()
            self._away, self._again = True, now + AGAIN_S
            if now - self._told >= TOLD_S:
                self._told = now
                _log.warning("%s is away, %s: %s", self._what, self._meanwhile, error)
