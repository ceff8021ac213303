"""The app as the network sees it: addresses, headers, files, and a callback route open to all."""

from __future__ import annotations

import copy
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import brotli
import dash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import app
from components import modules
from components.settings import HERE
from compute import __version__
from compute.experiments import EXPERIMENTS
from tests.strategies import HOSTILE_JSON
from tests.thorough import crossed, some

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ROUTE = "/_dash-update-component"
PATHS = [
    p["path"] for m, p in dash.page_registry.items() if m.rpartition(".")[2] != "not_found_404"
]
ASSETS = sorted(p for p in (HERE / "assets").rglob("*") if p.is_file())


def post(client: FlaskClient, body: object) -> Any:
    """Send a body to the callback route: JSON, or bytes as they are."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(ROUTE, data=data, content_type="application/json")


def router_body(path: str, search: object = "") -> dict[str, Any]:
    """What asks Dash for the layout of a page."""
    where = "_pages_location"
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": where, "property": "pathname", "value": path},
            {"id": where, "property": "search", "value": search},
        ],
        "changedPropIds": [f"{where}.pathname", f"{where}.search"],
    }


BODIES = [router_body(path) for path in [*PATHS, "/nowhere"]]


# ---- addresses -------------------------------------------------------------------------------


def test_every_experiment_has_its_page() -> None:
    assert {"/" + e.key.replace("_", "-") for e in EXPERIMENTS} <= set(PATHS)
    assert {"/", "/claims", "/errata", "/teach"} <= set(PATHS)
    assert len(set(PATHS)) == len(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_answers_with_its_policy(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = dict(
        part.strip().split(" ", 1)
        for part in answer.headers["Content-Security-Policy"].split(";")
        if part.strip()
    )
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert policy["script-src"].count("'sha256-") >= len(inline) > 0
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert f'data-version="{__version__}"' in answer.text
    assert "https://" not in re.sub(r"<meta[^>]*>", "", answer.text), "no request leaves"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/gp_kernels", "/a/b/c", "/favicon.ico", "/not-found-404", "/%00", "/é"]
)
def test_an_unknown_address_is_a_404_with_the_edition_around_it(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "react-entry-point" in answer.text
    assert "Content-Security-Policy" in answer.headers
    children = post(client, router_body("/nowhere")).json["response"]["_pages_content"]["children"]
    assert children["props"]["id"] == "main", "designed, not Dash's bare heading"
    assert 'href": "/"' in json.dumps(children), "with a way back"


@pytest.mark.parametrize("path", PATHS)
def test_a_slash_too_many_is_forgiven(client: FlaskClient, path: str) -> None:
    assert client.get(path.rstrip("/") + "/").status_code == 200


SEARCHES = ["?a=<script>alert(1)</script>", "?%00=%ff&&=&x", "?" + "a=1&" * 5000, "?seed=1e400"]


@pytest.mark.parametrize(("path", "search"), crossed(PATHS, SEARCHES))
def test_hostile_searches_are_answered(client: FlaskClient, path: str, search: str) -> None:
    page = client.get(path + search)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    answer = post(client, router_body(path, search))
    assert answer.status_code == 200
    children = answer.json["response"]["_pages_content"]["children"]
    assert children["props"]["id"] == "main"


def test_methods_that_mean_nothing_are_refused(client: FlaskClient) -> None:
    for path in ("/", "/nowhere", ROUTE):
        for method in ("PUT", "DELETE", "PATCH"):
            assert client.open(path, method=method).status_code == 405
    assert client.get(ROUTE).status_code == 405
    assert client.post("/", data={}).status_code == 405


def test_health(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "OK")


# ---- files -----------------------------------------------------------------------------------


def address(asset: Path) -> str:
    """Where a file is asked for."""
    name = asset.relative_to(HERE / "assets").as_posix()
    module = name.removeprefix("edition/")
    return f"/assets/{name}" if module == name else f"/edition/{modules.digest()}/{module}"


@pytest.mark.parametrize("asset", ASSETS, ids=lambda p: p.name)
def test_assets_are_kept_and_text_is_compressed(client: FlaskClient, asset: Path) -> None:
    path = address(asset)
    for _ in range(2):  # the second answer comes out of memory
        answer = client.get(path, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200
        assert "max-age=" in answer.headers["Cache-Control"]
        body = answer.data
        if asset.suffix in {".js", ".css"} and asset.stat().st_size > 500:
            assert answer.headers["Content-Encoding"] == "br"
        if "Content-Encoding" in answer.headers:
            body = brotli.decompress(body)
        assert body == asset.read_bytes()
    plain = client.get(path)
    assert plain.data == asset.read_bytes()
    etag = answer.headers["ETag"]
    again = client.get(path, headers={"Accept-Encoding": "br", "If-None-Match": etag})
    assert again.status_code == 304


def test_modules_are_named_by_the_index_of_the_page_that_needs_them(client: FlaskClient) -> None:
    base = f"/edition/{modules.digest()}/"
    first, own = (
        re.findall(rf'<link rel="modulepreload" href="{base}([^"]+)">', client.get(path).text)
        for path in ("/", "/nodal-sets")
    )
    assert set(own) == {*modules.names()} - {"main.js"}
    assert {*own} - {*first} == {name for name in own if name.startswith("nodal/")} != set()
    for path in ("/", "/nodal-sets", "/nowhere"):
        page = client.get(path).text
        assert page.count(f'<script type="module" src="{base}main.js"></script>') == 1
        assert "/assets/edition/" not in page, "Dash's walk leaves them out"
        # the renderer is started by the entry, when what it looks for is there
        assert page.count("new DashRenderer") == page.count("window.startRenderer = ") == 1


def test_every_module_is_imported_somewhere() -> None:
    folder = HERE / "assets" / "edition"
    named = {"main.js"}
    for name in modules.names():
        text = (folder / name).read_text()
        for other in re.findall(
            r"""^import (?:[^;]*? from )?"(.*?)";|import\("(.*?)"\)""", text, re.M
        ):
            found = ((folder / name).parent / "".join(other)).resolve()
            named.add(found.relative_to(folder).as_posix())
    assert named == {*modules.names()}


@pytest.mark.parametrize("version", ["0123456789ab", "x", "%00", "é"])
def test_a_page_that_is_older_than_its_server_finds_its_modules(
    client: FlaskClient, version: str
) -> None:
    answer = client.get(f"/edition/{version}/page/gate.js", headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_the_third_dimension_comes_when_it_is_asked_for(client: FlaskClient) -> None:
    answer = client.get("/assets/plotly-3d.min.js", headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(answer.data) < 1_600_000
    assert b"mesh3d" in brotli.decompress(answer.data)


def test_made_up_queries_fill_no_memory() -> None:
    key = app.server.config["COMPRESS_CACHE_KEY"]
    keys = set()
    for query in ("", "?1", "?m=2"):
        with app.server.test_request_context(f"/assets/plotly.min.js{query}") as context:
            keys.add(key(context.request))
    assert len(keys) == 1
    for version in (modules.digest(), "made", "up"):
        with app.server.test_request_context(f"/edition/{version}/main.js") as context:
            keys.add(key(context.request))
    assert len(keys) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/assets/nowhere.js",
        "/edition/x/nowhere.js",
        "/edition/main.js",
        "/edition/x/../../app.py",
        "/assets/../app.py",
        "/_dash-component-suites/dash/nowhere.js",
        "/_dash-component-suites/evil/x.js",
        "/_dash-component-suites/dash/../../dash.py",
    ],
)
def test_files_that_do_not_exist_are_404(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_what_the_first_page_needs_is_small(client: FlaskClient) -> None:
    page = client.get("/").text
    files = set(re.findall(r'(?:src|href)="(/(?:assets|_dash-component-suites)/[^"]*)"', page))
    assert len(files) > 5
    assert not any("polyfill" in file for file in files)
    files |= set(re.findall(r'(?:src|href)="(/edition/[^"]*)"', page))
    headers = {"Accept-Encoding": "br"}
    total = sum(len(client.get(file, headers=headers).data) for file in files)
    assert total < 2_000_000


# ---- the callback route ----------------------------------------------------------------------


@pytest.mark.parametrize("body", BODIES, ids=lambda b: b["inputs"][0]["value"])
def test_a_valid_body_is_answered(client: FlaskClient, body: dict[str, Any]) -> None:
    answer = post(client, body)
    assert answer.status_code == 200
    assert answer.json["response"]


NO_BODIES = {
    "nothing": b"",
    "text": b"hello",
    "cut": json.dumps(BODIES[0]).encode()[:-1],
    "nan": json.dumps(BODIES[0]).replace('"/"', "NaN").encode(),
    "infinity": json.dumps(BODIES[0]).replace('"/"', "-Infinity").encode(),
    "bytes": b"\xff\xfe\x00\x01",
    "digits": b'{"output": ' + b"9" * 5000 + b"}",
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep behind closing brackets in a text": json.dumps(
        BODIES[0] | {"x": "]" * 900, "y": json.loads("[" * 900 + "]" * 900)}
    ).encode(),
    "a number": b"1",
    "a list": b"[]",
    "no output": b"{}",
}


@pytest.mark.parametrize("body", NO_BODIES.values(), ids=NO_BODIES)
def test_what_is_no_body_is_a_bad_request(client: FlaskClient, body: bytes) -> None:
    assert post(client, body).status_code == 400


def test_callbacks_of_the_browser_are_not_called_here(client: FlaskClient) -> None:
    clientside = {k: v for k, v in app.callback_map.items() if "callback" not in v}
    assert len(clientside) > 3
    for output, declared in clientside.items():
        many = output.startswith("..")
        named = [
            dict(zip(("id", "property"), name.rsplit(".", 1), strict=True))
            for name in (output[2:-2].split("...") if many else [output])
        ]
        body = {
            "output": output,
            "outputs": named if many else named[0],
            "inputs": [d | {"value": 1} for d in declared["inputs"]],
            "state": [d | {"value": 1} for d in declared["state"]],
        }
        assert post(client, body).status_code == 400, output


@pytest.mark.parametrize(
    "change",
    [
        {"output": ".._pages_content.children.."},
        {"output": "nowhere.data"},
        {"output": None},
        {"outputs": {"id": "_pages_content", "property": "children"}},
        {"outputs": []},
        {"outputs": None},
        {"inputs": []},
        {"inputs": None},
        {"inputs": [None]},
        {"inputs": [{"id": "look", "property": "data", "value": 1}]},
        {"state": [{"id": "look", "property": "data", "value": 1}]},
        {"state": {}},
        {"changedPropIds": [1]},
        {"changedPropIds": "x"},
    ],
    ids=repr,
)
def test_bodies_of_other_callbacks_are_refused(client: FlaskClient, change: dict[str, Any]) -> None:
    assert post(client, router_body("/") | change).status_code == 400


def test_large_bodies_are_not_read(client: FlaskClient) -> None:
    assert post(client, router_body("/", "?" + "x" * 70_000)).status_code == 413
    answer = post(client, router_body("/errata", "?find=" + "x" * 60_000))
    assert answer.status_code == 200
    assert "x" * 100 not in answer.text, "what was sent is not sent back"


def test_other_content_types_are_refused(client: FlaskClient) -> None:
    data = json.dumps(BODIES[0])
    assert client.post(ROUTE, data=data, content_type="text/plain").status_code == 415
    assert client.post(ROUTE, data=data).status_code == 415


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a body."""
    keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    return [path, *(p for key in keys for p in places(node[key], (*path, key)))]


@st.composite
def forged(draw: st.DrawFn) -> Any:
    """A valid body in which some places hold something else, or nothing."""
    body = copy.deepcopy(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(places(body)[1:] or [("output",)]))
        node = body
        for key in above:
            node = node[key]
        if draw(st.booleans()):
            node[last] = copy.deepcopy(draw(HOSTILE_JSON))
        elif isinstance(node, dict):
            del node[last]
    return body


def timed(client: FlaskClient, body: object) -> tuple[Any, float]:
    """The answer and the milliseconds of processor time that it cost."""
    start = time.process_time()
    answer = post(client, body)
    return answer, 1000 * (time.process_time() - start)


@settings(max_examples=some(150, 3000))
@given(body=forged() | HOSTILE_JSON)
def test_no_body_breaks_the_server_and_refusals_are_quick(body: Any) -> None:
    with app.server.test_client() as client:
        answer, spent = timed(client, body)
        assert answer.status_code in {200, 204, 400, 413}, body
        if answer.status_code == 200:
            assert isinstance(answer.json["response"], dict)
        elif spent > 50:  # once more: the first may have paid for somebody else's rubbish
            assert timed(client, body)[1] <= 50
