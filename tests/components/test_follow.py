"""Rooms: who may open, read and write one, what is refused, what survives whom."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from hypothesis import given, settings

from components import rooms as module
from components.follow import WRONG_SECRETS, open_rooms
from components.rooms import SECONDS
from components.serving import AT_ONCE
from tests.load.servers import REDIS, shared_redis
from tests.strategies import HOSTILE_JSON

if TYPE_CHECKING:
    from flask.testing import FlaskClient

SECRET = "correct horse battery"
SHOWN = {
    "address": "/gp-kernels?depth=43&b=~depth%3D5#claim-x",
    "look": "projector",
    "frame": 7,
    "playing": False,
    "locked": True,
    "paused": False,
}


def served(directory: Path, secret: str = SECRET, url: str = "") -> FlaskClient:
    """One worker of a server."""
    server = Flask(__name__)
    found = {"FOLLOW_SECRET": secret, "CACHE_DIR": str(directory), "CACHE_URL": url}
    open_rooms(server, found)
    return server.test_client()


@pytest.fixture(scope="module")
def worker(application: Any, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return served(tmp_path_factory.mktemp("rooms"))


@pytest.fixture
def room(worker: FlaskClient) -> tuple[str, dict[str, str]]:
    """Where an open room is, and what its lecturer sends along."""
    opened = worker.post("/follow", json={"secret": SECRET})
    assert opened.status_code == 201
    key = opened.json["key"]
    return f"/follow/{opened.json['code']}/room", {"Authorization": f"Bearer {key}"}


def test_without_a_secret_there_are_no_rooms(client: FlaskClient) -> None:
    assert client.post("/follow", json={"secret": ""}).status_code == 405
    assert client.get("/follow/abcdefgh/room").status_code == 404


def test_who_guesses_is_told_to_wait_and_others_are_not(application: Any, tmp_path: Path) -> None:
    worker = served(tmp_path)

    def ask(secret: object, address: str = "192.0.2.1") -> Any:
        there = {"REMOTE_ADDR": address}
        return worker.post("/follow", json={"secret": secret}, environ_base=there)

    assert ask(SECRET).status_code == 201, "whoever knows it is not counted"
    guesses = [ask(guess) for guess in [None, *map(str, range(WRONG_SECRETS.amount))]]
    assert [one.status_code for one in guesses] == [403] * WRONG_SECRETS.amount + [429]
    refused = ask(SECRET)
    assert refused.status_code == 429, "nobody learns that it was right"
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert "Too many wrong secrets" in refused.json["problem"]
    assert ask(SECRET, "192.0.2.2").status_code == 201


@pytest.mark.skipif(REDIS is None, reason="redis-server is not installed")
def test_replicas_share_rooms_and_nobody_waits_for_a_redis_that_is_away(
    application: Any, tmp_path: Path
) -> None:
    with shared_redis(tmp_path / "redis") as redis:
        first, second = (served(tmp_path / name, url=redis.url) for name in "ab")
        opened = first.post("/follow", json={"secret": SECRET}).json
        path, key = f"/follow/{opened['code']}/room", {"Authorization": f"Bearer {opened['key']}"}
        assert second.put(path, json=SHOWN, headers=key).status_code == 200
        assert first.get(path).json == SHOWN
        assert 0 < redis.client.ttl(f"room:{opened['code']}") <= SECONDS
        assert not [*(tmp_path / "a").rglob("*")], "nothing beside it"
        redis.kill()
        rooms = first.application.extensions["follow"]
        asked = Counted(rooms._kept.get)
        rooms._kept.get = asked
        answers = [first.get(path), first.put(path, json=SHOWN, headers=key), first.get(path)]
        answers += [first.delete(path, headers=key), first.post("/follow", json={"secret": SECRET})]
        assert [one.status_code for one in answers] == [503] * 5
        assert asked.calls == 1, "one waits in vain, the others do not ask"
        redis.start()
        rooms._outage._again = 0.0
        assert first.get(path).status_code == 404, "it has forgotten the room"
        assert first.post("/follow", json={"secret": SECRET}).status_code == 201
        assert first.get(path).status_code == 404, "and is asked again"
        assert asked.calls == 3


class Counted:
    """A function that knows how often it was called."""

    def __init__(self, function: Callable[[str], Any]) -> None:
        self._function, self.calls = function, 0

    def __call__(self, name: str) -> Any:
        self.calls += 1
        return self._function(name)


def test_looks_are_answered_at_once_where_no_other_machine_is_asked(
    application: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.follow.prefix", lambda: "/theory")
    at_once = served(tmp_path).application.extensions[AT_ONCE]
    assert at_once("GET", "/theory/follow/abcdefgh/room")
    # Flask answers those, which takes longer
    for method, path in (
        ("PUT", "/theory/follow/abcdefgh/room"),
        ("GET", "/theory/follow/abcdefgh"),
        ("GET", "/theory/answer/room"),
        ("GET", "/elsewhere/follow/abcdefgh/room"),
    ):
        assert not at_once(method, path), (method, path)
    server = served(tmp_path, url="redis://127.0.0.1:1/0").application
    assert AT_ONCE not in server.extensions


def test_a_file_that_was_just_read_is_not_read_again(
    worker: FlaskClient, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, key = room
    rooms = worker.application.extensions["follow"]
    asked = Counted(rooms._kept.get)
    monkeypatch.setattr(rooms._kept, "get", asked)
    monkeypatch.setattr(rooms, "_fresh_s", 1e9)
    assert worker.get(path).json == worker.get(path).json
    assert asked.calls == 1
    assert worker.put(path, json=SHOWN, headers=key).status_code == 200
    assert worker.get(path).json == SHOWN, "its own worker knows at once"
    assert worker.delete(path, headers=key).status_code == 200
    assert worker.get(path).status_code == 404
    before = asked.calls
    assert [worker.get(path).status_code for _ in range(3)] == [404] * 3
    assert asked.calls == before + 3, "what is not there is not remembered"


def test_a_short_secret_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="FOLLOW_SECRET must have at least 12"):
        served(tmp_path, "guess me")


def test_a_room_shows_what_its_lecturer_shows(worker: FlaskClient, room: Any) -> None:
    path, key = room
    assert worker.get(path).json["address"] == "/"
    assert worker.put(path, json=SHOWN, headers=key).status_code == 200
    answer = worker.get(path)
    assert answer.json == SHOWN
    assert answer.headers["Cache-Control"] == "no-store"
    again = worker.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert worker.put(path, json=SHOWN | {"frame": 8}, headers=key).status_code == 200
    again = worker.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.json["frame"] == 8


def test_its_link_leads_to_the_page_that_is_shown(worker: FlaskClient, room: Any) -> None:
    path, key = room
    link, code = path.removesuffix("/room"), path.split("/")[2]
    worker.put(path, json=SHOWN, headers=key)
    answer = worker.get(link)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/gp-kernels?depth=43&b=~depth%3D5#follow-{code}"
    picture = worker.get(f"{link}/link.svg?scheme=https")
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    assert worker.get(f"{link}/link.svg?scheme=javascript").status_code == 404
    assert worker.get("/follow/nowhere").headers["Location"] == "/#follow-nowhere"


def test_nobody_writes_without_the_key(worker: FlaskClient, room: Any) -> None:
    path, key = room
    other = worker.post("/follow", json={"secret": SECRET}).json["key"]
    for wrong in (
        {},
        {"Authorization": f"Bearer {other}"},
        {"Authorization": key.popitem()[1][:-1]},
    ):
        assert worker.put(path, json=SHOWN, headers=wrong).status_code == 403
        assert worker.delete(path, headers=wrong).status_code == 403
    assert worker.get(path).json["address"] == "/"
    assert worker.post("/follow", json={"secret": SECRET + "x"}).status_code == 403


def test_a_room_survives_its_worker_and_no_change_of_the_secret(
    application: Any, tmp_path: Path
) -> None:
    opened = served(tmp_path).post("/follow", json={"secret": SECRET}).json
    path, key = f"/follow/{opened['code']}/room", {"Authorization": f"Bearer {opened['key']}"}
    assert served(tmp_path).put(path, json=SHOWN, headers=key).status_code == 200
    assert served(tmp_path).get(path).json == SHOWN
    other = served(tmp_path, SECRET[::-1])
    assert other.put(path, json=SHOWN, headers=key).status_code == 403


def test_a_room_ends(worker: FlaskClient, room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path, key = room
    now = time.time()
    monkeypatch.setattr(module.time, "time", lambda: now + SECONDS - 60)
    assert worker.put(path, json=SHOWN, headers=key).status_code == 200
    monkeypatch.setattr(module.time, "time", lambda: now + SECONDS + 60)
    assert worker.get(path).status_code == 404
    assert worker.put(path, json=SHOWN, headers=key).status_code == 404


def test_a_closed_room_is_closed(worker: FlaskClient, room: Any) -> None:
    path, key = room
    assert worker.delete(path, headers=key).status_code == 200
    assert worker.get(path).status_code == 404
    assert worker.put(path, json=SHOWN, headers=key).status_code == 404
    assert worker.get(path.replace("room", "link.svg")).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"address": "/nowhere"},
        {"address": "//elsewhere.org/"},
        {"address": "https://elsewhere.org/"},
        {"address": "/gp-kernels?a=\n"},
        {"address": "/" + 5000 * "a"},
        {"address": 3},
        {"look": "neon"},
        {"look": []},
        {"frame": -1},
        {"frame": True},
        {"frame": 1e400},
        {"frame": 10**400},
        {"playing": 1},
        {"locked": None},
        {"more": 1},
    ],
)
def test_a_hostile_word_is_refused(worker: FlaskClient, room: Any, change: Any) -> None:
    path, key = room
    answer = worker.put(path, json=SHOWN | change, headers=key)
    assert answer.status_code == 400
    assert answer.json["problem"]
    assert worker.get(path).json["address"] == "/"


@settings(max_examples=25)
@given(body=HOSTILE_JSON)
def test_a_hostile_body_is_refused(worker: FlaskClient, body: Any) -> None:
    opened = worker.post("/follow", json={"secret": SECRET}).json
    key = {"Authorization": f"Bearer {opened['key']}"}
    data = json.dumps(body).encode()
    for sent in (data, data[:-1], b"[" * 2000, b"\xff" * 9000):
        answers = [
            worker.post(
                "/follow",
                data=sent,
                content_type="application/json",
                environ_base={"REMOTE_ADDR": "192.0.2.3"},
            ),
            worker.put(
                f"/follow/{opened['code']}/room",
                data=sent,
                content_type="application/json",
                headers=key,
            ),
        ]
        assert all(400 <= answer.status_code < 500 for answer in answers)


@pytest.mark.parametrize("code", ["abcdefgh", "ABCDEFGH", "..%2f..%2fx", "%00", "é" * 8, "2" * 9])
def test_a_made_up_code_names_no_room(worker: FlaskClient, code: str) -> None:
    assert worker.get(f"/follow/{code}/room").status_code == 404


def test_a_spoilt_file_is_no_room(application: Any, tmp_path: Path) -> None:
    worker = served(tmp_path)
    code = worker.post("/follow", json={"secret": SECRET}).json["code"]
    for file in (tmp_path / "rooms").iterdir():
        file.write_bytes(b"\xff\xff\xff\xffspoilt")
    assert worker.get(f"/follow/{code}/room").status_code == 404
    assert worker.get(f"/follow/{code}").headers["Location"] == f"/#follow-{code}"
