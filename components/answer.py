"""The answer to a request: figures, sentence and checks of one setting, or why there are none."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from components import compare, panels
from components.page import Page
from compute.cache import PrefixError, cached, cached_sample
from compute.experiment import Experiment, OverBudgetError, ensure_affordable
from compute.params import ParameterError, Params, decode, to_query, values
from compute.sampling import Sample

_log = logging.getLogger(__name__)


def answer(page: Page, request: object) -> dict[str, Any]:
    """The answer to one request: a public door, so nothing in `request` is taken on trust."""
    if not isinstance(request, Mapping):
        return _refusal(None, 0, "The request was not understood.")
    token, index = request.get("token"), request.get("index", 0)
    token = token if isinstance(token, int) and not isinstance(token, bool) else None
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        return _refusal(token, 0, "The batch number must be a whole number, 0 or more.")
    try:
        params = decode(page.experiment.params, request.get("params"))
        ensure_affordable(page.experiment, params)
        beside = None
        # A batch changes nothing on side B.
        if index == 0 and request.get("pinned") is not None:
            beside = compare.decoded(page.experiment, request["pinned"])
        return _answer(page, params, token, index) | _beside(page, beside)
    except OverBudgetError as error:
        return _refusal(token, index, str(error), values(error.nearest))
    except PrefixError as error:
        return _refusal(token, index, str(error)) | {"restart": True}
    except ParameterError as error:
        return _refusal(token, index, str(error))
    except (ValueError, ArithmeticError):
        _log.exception("%s cannot be computed at %r", page.key, request.get("params"))
        return _refusal(token, index, "This setting cannot be computed; it has been logged.")


def _answer(page: Page, params: Any, token: int | None, index: int) -> dict[str, Any]:
    experiment = page.experiment
    result = cached(experiment.run)(params)
    sample = None
    if index > 0:
        sample = cached_sample(experiment, params, index - 1)
    plots = page.shown(params)
    return {
        "token": token,
        "index": index,
        "query": to_query(params),
        "python": python(experiment, params, index),
        "sentence": page.sentence(params, result),
        "warning": page.notice(params, result) if page.notice else "",
        "figures": [
            {
                "key": plot.key,
                "spec": plot.build(params, result, sample),
                "frames": plot.frames(params, result) if plot.frames else None,
                "extra": plot.extra(params, result) if plot.extra else None,
            }
            if index == 0 or plot.sampled
            else None
            for plot in plots
        ],
        "checks": {
            claim.key: panels.check_data(claim.check(params, result, sample))
            for claim in experiment.claims
        },
        "sampling": _sampling(page, params, sample),
        "local": page.local(params, result) if page.local else (),
        "problem": None,
    }


def _beside(page: Page, pinned: Any | None) -> dict[str, Any]:
    """Side B of a comparison: its figures, sentence and address, without sampling."""
    if pinned is None:
        return {"beside": None}
    result = cached(page.experiment.run)(pinned)
    return {
        "beside": {
            "query": to_query(pinned),
            "sentence": page.sentence(pinned, result),
            "figures": [plot.build(pinned, result, None) for plot in page.shown(pinned)],
            "extras": [
                plot.extra(pinned, result) if plot.extra else None for plot in page.shown(pinned)
            ],
        }
    }


def _sampling(page: Page, params: Any, sample: Sample[Any] | None) -> dict[str, Any] | None:
    total = page.batches(params)
    if total == 0:
        return None
    return {
        "done": 0 if sample is None else sample.batches,
        "total": total,
        "text": "" if sample is None or page.progress is None else page.progress(params, sample),
    }


def _refusal(
    token: int | None, index: int, text: str, nearest: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {"token": token, "index": index, "problem": {"text": text, "nearest": nearest}}


def python(experiment: Experiment[Any, Any], params: Params, batches: int = 0) -> str:
    """A few lines of Python that give the same numbers, those of so many batches too."""
    sampled = batches > 0
    lines = (
        f"from compute.experiments.{experiment.key} import {'EXPERIMENT, ' * sampled}Params, run",
        *["from compute.sampling import collect"] * sampled,
        f"params = {params!r}",
        "result = run(params)",
        *[f"sample = collect(EXPERIMENT.sampler, params, {batches})"] * sampled,
    )
    return "\n".join(lines) + "\n"
