"""Sweeps: grids as they are spelled, the same bits in any order and after any kill."""

from __future__ import annotations

import csv
import itertools
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from compute.experiments import EXPERIMENTS
from compute.sampling import collect
from compute.sweep import __main__ as entry
from compute.sweep.__main__ import main
from compute.sweep.grid import SweepError, experiment_of, settings
from compute.sweep.progress import Progress
from compute.sweep.rows import row
from compute.sweep.sweep import plan, sweep, wanted
from compute.sweep.table import write

KERNELS = experiment_of("gp-kernels")
GRID = settings(KERNELS, ["depth=5,6", "activation=tanh,relu"])
BATCHES = 3
STEPS = len(GRID) * (BATCHES + 1)


class Now(Executor):
    """Does what it is given at once; `most` steps, and is then killed."""

    def __init__(self, most: int = 10**6) -> None:
        self.done, self.most = 0, most

    def submit(self, act: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:
        if self.done == self.most:
            raise KeyboardInterrupt
        self.done += 1
        future: Future[Any] = Future()
        future.set_result(act(*given, **more))
        return future


def swept(out: Path, executor: Executor, width: int = 2, told: Any = lambda _: None) -> list[Any]:
    """The rows of the grid."""
    progress = Progress(out, plan(KERNELS, GRID, BATCHES))
    return sweep(KERNELS, GRID, BATCHES, progress, executor, width, told)


@pytest.fixture(scope="module")
def rows() -> list[Any]:
    """The same by hand."""
    return [row(KERNELS, p, collect(KERNELS.sampler, p, BATCHES)) for p in GRID]


# ---- the grid --------------------------------------------------------------------------------


def test_a_grid_is_what_its_words_spell() -> None:
    assert [(p.depth, p.activation) for p in GRID] == [
        *((5, "tanh"), (5, "relu"), (6, "tanh"), (6, "relu"))
    ]
    (only,) = settings(KERNELS, [])
    assert only == KERNELS.params()
    spaced = settings(KERNELS, ["correlation=0:0.5:3"])
    assert [p.correlation for p in spaced] == [0, 0.25, 0.5]
    ten = [p.depth for p in settings(KERNELS, ["depth=1:1000:log10"])]
    assert ten == [1, 2, 5, 10, 22, 46, 100, 215, 464, 1000]
    assert [p.depth for p in settings(KERNELS, ["depth=1:3:50"])] == [1, 2, 3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deep=3"], "there are figure, activation"),
        (["depth"], "names no field"),
        (["depth=3", "depth=4"], "named twice"),
        (["depth=0"], "a whole number from 1 to"),
        (["depth=1:x:3"], "a whole number from 1 to"),
        (["activation=sigmoid"], "one of linear, relu"),
        (["correlation=0:1:log5"], "between positive numbers"),
        (["correlation=0:1:0"], "1 to 100000 values"),
        (["correlation=0:1:1000000000"], "1 to 100000 values"),
        (["seed=0:999999:50000", "correlation=0:0.9:20000"], "1000000000 settings; a sweep has"),
    ],
)
def test_what_is_no_grid_is_refused_in_words(words: list[str], said: str) -> None:
    with pytest.raises(SweepError, match=said):
        settings(KERNELS, words)


def test_a_setting_gets_the_batches_that_its_sampler_has() -> None:
    for experiment in EXPERIMENTS:
        params = experiment.params()
        total = experiment.sampler.batches(params) if experiment.sampler else 0
        assert wanted(experiment, params, 10**5) == total
        assert wanted(experiment, params, 1) == min(1, total)


# ---- the numbers -----------------------------------------------------------------------------


def test_any_order_gives_the_same_bits(tmp_path: Path, rows: list[Any]) -> None:
    assert repr(swept(tmp_path / "a.csv", Now())) == repr(rows)
    with ThreadPoolExecutor(3) as threads:
        assert repr(swept(tmp_path / "b.csv", threads, width=4)) == repr(rows)
    first = rows[0]
    assert (first["depth"], first["batches"], first["problem"]) == (5, BATCHES, "")
    assert first["sample.deepest_se"] > 0
    assert rows[1]["relu_variance_predicted"] == 2


@pytest.mark.parametrize("killed", [1, 5, STEPS - 1])
def test_a_killed_sweep_goes_on_where_it_was(tmp_path: Path, rows: list[Any], killed: int) -> None:
    out, told = tmp_path / "a.csv", []
    with pytest.raises(KeyboardInterrupt):
        swept(out, Now(killed), width=1)
    after = Now()
    assert repr(swept(out, after, width=1, told=told.append)) == repr(rows)
    # what was done is told of first, and nothing of it is done again
    assert (sum(told), after.done) == (STEPS, STEPS - killed)


def test_a_setting_that_cannot_be_run_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(_params: Any) -> Any:
        raise ValueError("too large")

    broken = entry.grid.experiment_of("gp-kernels")
    monkeypatch.setitem(vars(broken), "run", run)
    found = row(broken, GRID[0], None)
    assert (found["problem"], found["depth"], found["batches"]) == ("too large", 5, 0)


def test_both_kinds_of_file_hold_the_same_numbers(tmp_path: Path, rows: list[Any]) -> None:
    write(tmp_path / "a.csv", rows)
    with (tmp_path / "a.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [float(line["sample.deepest"]) for line in table] == [r["sample.deepest"] for r in rows]
    assert table[0]["relu_variance"] == ""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    write(tmp_path / "a.parquet", rows)
    read = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [line["sample.deepest"] for line in read] == [r["sample.deepest"] for r in rows]
    assert list(read[0]) == list(table[0])
    write(tmp_path / "b.parquet", rows)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


# ---- the command -----------------------------------------------------------------------------


def test_the_command_sweeps(
    tmp_path: Path, rows: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pool(Now):
        def __init__(self, _processes: int, **_more: Any) -> None:
            super().__init__()

    monkeypatch.setattr(entry, "ProcessPoolExecutor", Pool)
    words = ["gp-kernels", "--grid", "depth=5,6", "--grid", "activation=tanh,relu"]
    out = tmp_path / "a.csv"
    assert main([*words, "--batches", str(BATCHES), "--out", str(out)]) == 0
    write(tmp_path / "b.csv", rows)
    assert out.read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gp-kernel", "--out", "a.csv"], "there is no page “gp-kernel”; there are"),
        (["gp-kernels", "--out", "there.csv"], "exists already"),
        (["gp-kernels", "--out", "a.xlsx"], "must end in .parquet or .csv"),
        (["gp-kernels", "--out", "nowhere/a.csv"], "there is no directory"),
        (["gp-kernels", "--out", "a.csv", "--batches", "-1"], "--batches is 0 to"),
        (["gp-kernels", "--out", "a.csv", "--processes", "0"], "--processes 1 to"),
    ],
)
def test_what_cannot_be_swept_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.csv").touch()
    assert main(words) == 2
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["there.csv"]


def test_the_parts_of_another_sweep_are_left_alone(tmp_path: Path) -> None:
    Progress(tmp_path / "a.csv", plan(KERNELS, GRID, BATCHES))
    with pytest.raises(SweepError, match="differs in batches"):
        Progress(tmp_path / "a.csv", plan(KERNELS, GRID, BATCHES + 1))


# ---- a cluster -------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_loses_a_worker_and_no_batch(tmp_path: Path, rows: list[Any]) -> None:
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, entry.executor_of(cluster.scheduler_address, 0) as (executor, width):
        with distributed.Client(cluster.scheduler_address) as client:
            workers = sorted(client.run(os.getpid).values())
        steps: list[int] = []

        def told(count: int) -> None:
            steps.append(count)
            if sum(steps) == 2:
                os.kill(workers[0], signal.SIGKILL)

        assert repr(swept(tmp_path / "a.csv", executor, width, told)) == repr(rows)
        assert sum(steps) == STEPS


def test_the_command_that_the_sheet_for_lecturers_shows_is_one(application: Any) -> None:
    from components.registry import built_pages
    from pages import teach

    for page in built_pages().values():
        _python, _m, _module, name, *words = teach._sweep(page).split()
        grid = [word for before, word in itertools.pairwise(words) if before == "--grid"]
        assert len(settings(experiment_of(name), grid)) > 1
