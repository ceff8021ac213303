"""How the dashboard is served: few workers with threads, warm before the first request."""

import os
import re
import tempfile
from typing import Any

# Threads of the linear algebra would fight over the cores the workers already share.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
# Classes pause to talk; a short keep-alive drops their connections (failures seen at 2 s).
keepalive = 75
# One step of the warm-up may compile for a minute where the cores are busy; requests have threads.
timeout = 180
graceful_timeout = 10
max_requests = 50_000
max_requests_jitter = 5_000
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
accesslog = None
# An address of the edition is below 2000 characters; what is beyond these gets a 414 or a 431.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190


def post_worker_init(worker: Any) -> None:
    """Warm up and ask for the first pages before anybody else does.

    The first request sets up the callbacks; compiled code is loaded, or compiled again where this
    processor is not the one the image was built on.
    """
    # Not above: the master has no use for it.
    from compute.warm import fronts, measure, steps  # noqa: PLC0415

    # The other choices were compiled before the start; what they need is loaded when it is asked.
    for _ in steps(fronts):
        worker.notify()
    measure()
    with worker.wsgi.test_client() as client:
        page = client.get("/").get_data(as_text=True)
        for address in ("/_dash-layout", "/_dash-dependencies"):
            client.get(address)
        # Scripts are compressed once per worker: now, not while a class waits.
        for address in re.findall(r'<script src="([^"]+)"', page):
            client.get(address, headers={"Accept-Encoding": "br"})
