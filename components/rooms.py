"""Rooms in which a class follows its lecturer: what is shown in them, and who may say so.

A room is a short text that every worker finds: in a directory, or in Redis. It is named by a code
that nobody guesses, and written to with a key that only the secret gives: the key is a signature
of the code, so that no worker has to remember who leads. Both hold until the room ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import urlsplit

from cachelib import FileSystemCache, RedisCache
from cachelib.serializers import FileSystemSerializer, RedisSerializer
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as AwayError
from redis.exceptions import RedisError
from redis.retry import Retry

from components.theme import LOOKS
from compute.cache import PATIENCE_S
from compute.outage import Outage

SECONDS = 12 * 3600
# A file that has just been read is not read again: two hundred look at it.
FRESH_S = 0.05
# A guessed secret would open rooms.
SHORTEST_SECRET = 12
LONGEST_ADDRESS = 4000
MOST_FRAMES = 100_000
# Without what is mistaken for something else when it is read from a screen: 8·10¹¹ codes.
_LETTERS, _LENGTH = "23456789abcdefghjkmnpqrstuvwxyz", 8
_CODE = re.compile(f"[{_LETTERS}]{{{_LENGTH}}}", re.ASCII)
T = TypeVar("T")


class RoomError(ValueError):
    """What is said of a room cannot be; the message says why."""


@dataclass(frozen=True)
class Shown:
    """What the lecturer shows: a page at a setting, a look, the frame that is played.

    `address` is a path of the edition with its query and the claim after #; `frame` is None where
    nothing is played. Nobody may let go of a room that is `locked`; one that is `paused` waits.
    RoomError where a value is not legal.
    """

    address: str = "/"
    look: str = "light"
    frame: int | None = None
    playing: bool = False
    locked: bool = False
    paused: bool = False

    def __post_init__(self) -> None:
        text = self.address
        if not (isinstance(text, str) and text.isascii() and text.isprintable()):
            raise RoomError("The address is no text of an address.")
        if not text.startswith("/") or text.startswith("//") or len(text) > LONGEST_ADDRESS:
            raise RoomError("The address is not one of the edition.")
        if not isinstance(self.look, str) or self.look not in LOOKS:
            raise RoomError(f"The look must be one of {', '.join(LOOKS)}.")
        frame = self.frame
        if frame is not None and (type(frame) is not int or not 0 <= frame < MOST_FRAMES):
            raise RoomError(f"The frame must be a whole number below {MOST_FRAMES}, or null.")
        if any(type(flag) is not bool for flag in (self.playing, self.locked, self.paused)):
            raise RoomError("playing, locked and paused must be true or false.")

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.address).path

    @staticmethod
    def read(body: bytes) -> Shown:
        """What a body of JSON says, every field by its name; RoomError where it says no such."""
        found = read_object(body)
        if found.keys() != {field.name for field in fields(Shown)}:
            raise RoomError("The body does not name what is shown.")
        return Shown(**found)

    def text(self) -> bytes:
        """The same as JSON."""
        return json.dumps(asdict(self)).encode()


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; RoomError where there is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise RoomError("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise RoomError("The body is no object.")
    return found


class _Plain(FileSystemSerializer, RedisSerializer):  # type: ignore[misc]
    """Rooms are kept as the bytes that they are: nothing that is read is ever run."""

    def dump(self, value: Any, f: IO[bytes], protocol: int = 0) -> None:
        f.write(value)

    def load(self, f: IO[bytes]) -> bytes:
        return f.read()

    def dumps(self, value: Any, protocol: int = 0) -> bytes:
        return bytes(value)

    def loads(self, value: bytes | None) -> bytes | None:
        return value


class Rooms:
    """The open rooms, in `directory` or in the Redis server that `url` names.

    ValueError where the secret is shorter than SHORTEST_SECRET. While the server is away, methods
    raise RedisError: one in a few seconds waits for it, the others are told at once.
    """

    def __init__(self, secret: str, directory: Path, url: str = "") -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"FOLLOW_SECRET must have at least {SHORTEST_SECRET} characters")
        self._secret = secret.encode()
        self._outage = Outage(what="the server of the rooms", meanwhile="nobody follows")
        self._kept: FileSystemCache | RedisCache
        if url:
            patience = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
            server = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)  # type: ignore[arg-type]
            self._kept = RedisCache(server, key_prefix="room:", default_timeout=SECONDS)
        else:
            _sweep(directory)
            self._kept = FileSystemCache(str(directory), 0, SECONDS)
        self._kept.serializer = _Plain()
        # Of open rooms only, as many as there are lecturers: until when, and what.
        self._recent: dict[str, tuple[float, bytes]] = {}
        self._fresh_s = 0.0 if url else FRESH_S

    def is_secret(self, text: str) -> bool:
        """Whether this is the secret; it takes as long for any other text."""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._secret)

    def open(self) -> tuple[str, str]:
        """A room that shows the map; its code and its key. OSError where it cannot be kept."""
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        self._write(code, self._until(), Shown().text())
        return code, self._key(code)

    def leads(self, code: str, key: str) -> bool:
        """Whether `key` is the one of this room."""
        return hmac.compare_digest(key.encode("utf-8", "replace"), self._key(code).encode())

    def read(self, code: str) -> bytes | None:
        """What is shown in a room, as JSON; None where none of this code is open.

        What another worker has written into a file is told FRESH_S later at most.
        """
        now = time.monotonic()
        until, shown = self._recent.get(code, (-math.inf, b""))
        if now < until:
            return shown
        self._recent.pop(code, None)
        if (found := self._find(code)) is None:
            return None
        self._recent[code] = now + self._fresh_s, found[1]
        return found[1]

    def write(self, code: str, shown: Shown) -> bool:
        """Show something else until the room ends; False where none of this code is open."""
        found = self._find(code)
        if found is None:
            return False
        self._write(code, found[0], shown.text())
        return True

    def close(self, code: str) -> None:
        """End a room."""
        if _CODE.fullmatch(code):
            self._ask(lambda: self._kept.delete(code))
            self._recent.pop(code, None)

    def _ask(self, question: Callable[[], T]) -> T:
        """Ask where rooms are kept; RedisError where that is away."""
        if not self._outage.over():
            raise AwayError("the server of the rooms is away")
        try:
            answer = question()
        except RedisError as error:
            self._outage.failed(error)
            raise
        self._outage.answered()
        return answer

    def _key(self, code: str) -> str:
        return hmac.new(self._secret, code.encode(), hashlib.sha256).hexdigest()

    # A room is its end, in seconds of the epoch, and what is shown, in a line each.

    @staticmethod
    def _until() -> int:
        return int(time.time()) + SECONDS

    def _find(self, code: str) -> tuple[int, bytes] | None:
        kept = self._ask(lambda: self._kept.get(code)) if _CODE.fullmatch(code) else None
        found = re.fullmatch(rb"(\d{1,12})\n(\{.*\})", kept or b"")
        # None where none is kept, or a spoilt one.
        return (int(found[1]), found[2]) if found and int(found[1]) > time.time() else None

    def _write(self, code: str, until: int, text: bytes) -> None:
        left = max(1, until - int(time.time()))
        if not self._ask(lambda: self._kept.set(code, b"%d\n%s" % (until, text), left)):
            raise OSError("the room could not be kept")
        # Not before: who looks meanwhile would remember what it was.
        self._recent.pop(code, None)


def _sweep(directory: Path) -> None:
    """Remove what is left of rooms that have ended."""
    for file in directory.glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - SECONDS:
                file.unlink()
