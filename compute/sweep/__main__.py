"""`python -m compute.sweep <page> --grid … --batches … --out file.parquet`."""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from compute.sweep import grid
from compute.sweep.grid import SweepError
from compute.sweep.progress import Progress
from compute.sweep.sweep import plan, sweep, wanted
from compute.sweep.table import ensure_writable, write

# A step whose worker dies is given to another one so often.
RETRIES = 5


@contextmanager
def executor_of(scheduler: str, processes: int) -> Iterator[tuple[Executor, int]]:
    """Who computes, and how many at a time: processes of this machine, or a Dask cluster."""
    if not scheduler:
        # Every process is one thread of the linear algebra.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        start = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=start) as pool:
            try:
                yield pool, processes
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return
    if importlib.util.find_spec("distributed") is None:
        raise SweepError("a cluster needs dask.distributed: requirements-sweep.txt")
    from distributed import Client  # noqa: PLC0415  it is optional

    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise SweepError(f"no scheduler answers at {scheduler}: {error}") from None
    with client:
        # Two steps for each thread: none waits while a result is on its way.
        width = 2 * max(1, sum(client.nthreads().values()))
        yield client.get_executor(retries=RETRIES), width


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sweep; 0, 1 where it was stopped and can be gone on with, 2 where it cannot be."""
    parser = argparse.ArgumentParser("python -m compute.sweep", description=grid.__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("page", help="as its address names it: gp-kernels")
    parser.add_argument("--grid", action="append", default=[], metavar="NAME=VALUES")
    parser.add_argument(
        "--batches",
        type=int,
        default=0,
        help="for every setting, of those that its sampler has; other seeds draw others",
    )
    parser.add_argument("--out", type=Path, required=True, help="a new .parquet or .csv file")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scheduler", default="", metavar="tcp://…", help="of a Dask cluster")
    given = parser.parse_args(arguments)
    try:
        experiment = grid.experiment_of(given.page)
        settings = grid.settings(experiment, given.grid)
        if not 0 <= given.batches <= grid.MOST or not 1 <= given.processes <= 1024:
            raise SweepError(f"--batches is 0 to {grid.MOST}, --processes 1 to 1024")
        ensure_writable(given.out)
        progress = Progress(given.out, plan(experiment, settings, given.batches))
        steps = sum(wanted(experiment, params, given.batches) + 1 for params in settings)
        with (
            executor_of(given.scheduler, given.processes) as (executor, width),
            tqdm(total=steps, unit="step", smoothing=0.05) as bar,
        ):
            rows = sweep(experiment, settings, given.batches, progress, executor, width, bar.update)
        write(given.out, rows)
        progress.remove()
        if any(wanted(experiment, params, given.batches) < given.batches for params in settings):
            print(
                f"sweep: not every setting has {given.batches} batches; those have all of theirs",
                file=sys.stderr,
            )
    except SweepError as error:
        print(f"sweep: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, BrokenProcessPool):
        print("sweep: stopped; the same command goes on from here", file=sys.stderr)
        return 1
    print(f"{len(rows)} settings in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
