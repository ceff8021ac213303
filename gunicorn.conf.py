"""How the dashboard is served: few workers with threads, which share what the master has loaded."""

import gc
import os
import re
import sys
import tempfile
import threading
from typing import Any

from components.serving.cores import cores
from components.settings import SettingsError, serving, settings

# Threads of the linear algebra would fight over the cores the workers already share.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

try:
    found = serving() | settings()
except SettingsError as error:
    sys.exit(str(error))
workers = int(found["WEB_WORKERS"] or cores())
worker_class = "components.serving.worker.BufferedWorker"
threads = int(found["WEB_THREADS"])
# Of each worker; one that sends nothing costs a few kilobytes.
worker_connections = 4000
# Classes pause to talk; a short keep-alive drops their connections (failures seen at 2 s).
keepalive = 75
# A step of the warm-up may compile for a minute where the cores are busy.
timeout = 180
graceful_timeout = 10
max_requests = 50_000
max_requests_jitter = 5_000
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
accesslog = found["ACCESS_LOG"] or None
# An address of the edition is below 2000 characters; what is beyond gets a 414.
limit_request_line = 4094

if found["METRICS"] == "1":
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-", dir=worker_tmp_dir)


def child_exit(_server: Any, worker: Any) -> None:
    """What a worker has counted stays counted."""
    if found["METRICS"] == "1":
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(worker.pid)


def when_ready(server: Any) -> None:
    """Load the application once, in the master, with the port open: who comes now is not refused.

    Workers are forked from it: they share its memory and begin at once, also those that follow upon
    SIGHUP or upon one that was killed. The first request, which sets up the callbacks, is ours.
    """
    # Nothing of it is garbage: to look for some takes a seventh of the time.
    gc.disable()
    application = server.app.wsgi()
    # Not above: the settings come first.
    from compute.warm import measure  # noqa: PLC0415

    measure()
    with application.test_client() as client:
        for address in ("/", "/_dash-layout", "/_dash-dependencies"):
            client.get(address)
    # What is loaded stays: workers need not copy it in order to count it, nor anybody at the end.
    gc.freeze()
    gc.enable()


def post_worker_init(worker: Any) -> None:
    """Load, beside the first requests, what the pages would load when they are first asked for."""
    threading.Thread(target=_warm_up, args=[worker], name="warm-up").start()


def _warm_up(worker: Any) -> None:
    """The worker waits for the step under way when it ends: no thread is left in its middle."""
    from compute.warm import fronts, steps  # noqa: PLC0415
    from pages import home  # noqa: PLC0415

    with worker.wsgi.test_client() as client:
        page = client.get("/").get_data(as_text=True)
        # Scripts are compressed once per worker: now, not while a class waits.
        for address in re.findall(r'<script[^>]* src="([^"]+)"', page):
            client.get(address, headers={"Accept-Encoding": "br"})
    # What a visitor opens first; its pictures are the first figures of all pages, which are kept.
    home.layout()
    # The other choices were compiled before; what they need is loaded when it is asked for.
    for _ in steps(fronts):
        if not worker.alive:
            return
