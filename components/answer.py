"""The answer to a setting: figures, sentence and checks, or why there are none."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components import panels
from components.figures.orders import tell
from components.page import AnyPage, Plot
from compute.cache import PrefixError, cached, cached_sample
from compute.deadline import OverTimeError
from compute.experiment import Experiment, OverBudgetError, ensure_affordable, stopped
from compute.params import Params, parameters, to_query, values

_log = logging.getLogger(__name__)


def answer(page: AnyPage, params: Any, batch: int = 0) -> dict[str, Any]:
    """What a page shows of `params` and of its first `batch` batches, ready for JSON.

    `problem` is None, or says in words why there is no answer, with the `nearest` setting that has
    one where the work is or was too much; `restart` where the batches before this one are not kept.
    """
    try:
        ensure_affordable(page.experiment, params)
        return _answer(page, params, batch)
    except OverBudgetError as error:
        return _over(error)
    except OverTimeError as error:
        _log.warning("%s: %s at %r", page.key, error, params)
        return _over(stopped(page.experiment, params, error.seconds))
    except PrefixError as error:
        return refusal(str(error)) | {"restart": True}
    except (ValueError, ArithmeticError):
        _log.exception("%s cannot be computed at %r", page.key, params)
        return refusal("This setting cannot be computed; it has been logged.")


def refusal(text: str, nearest: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Why there is no answer."""
    return {"problem": {"text": text, "nearest": nearest}}


def _over(error: OverBudgetError) -> dict[str, Any]:
    return refusal(str(error), None if error.nearest is None else values(error.nearest))


def _answer(page: AnyPage, params: Any, batch: int) -> dict[str, Any]:
    experiment = page.experiment
    result = cached(experiment.run)(params)
    sample = cached_sample(experiment, params, batch - 1) if batch else None
    drawn = [
        _figure(plot, params, result, sample) if batch == 0 or plot.sampled else None
        for plot in page.shown(params)
    ]
    traces = [trace for figure in drawn if figure for trace in figure["spec"]["data"]]

    def say(frame: int | None) -> dict[str, str]:
        notice = page.notice(params, result, sample, frame) if page.notice else ""
        said = page.sentence(params, result, sample, frame)
        return {"sentence": tell(said, traces), "warning": tell(notice, traces)}

    words = say(None)
    return words | {
        "query": to_query(params),
        "python": _python(experiment, params, batch),
        "figures": drawn,
        "played": _played(drawn, words, say),
        "checks": {
            claim.key: panels.check_data(claim.check(params, result, sample))
            for claim in experiment.claims
        },
        "sampling": _sampling(page, params, batch, sample),
        "local": page.local(params, result) if page.local else (),
        "problem": None,
    }


def _figure(plot: Plot[Any, Any], params: Any, result: Any, sample: Any) -> dict[str, Any]:
    spec = plot.draw(params, result, sample)
    frames, extra = plot.play(params, result, spec, sample), plot.more(params, result)
    return {"key": plot.key, "spec": spec, "frames": frames, "extra": extra}


def _played(
    drawn: Sequence[Mapping[str, Any] | None],
    words: Mapping[str, str],
    say: Callable[[int | None], dict[str, str]],
) -> list[dict[str, str]]:
    """The words of every frame that can be played; none where they are those of the whole."""
    counts = (len(f["frames"]["names"]) for f in drawn if f and f["frames"])
    said = [say(frame) for frame in range(max(counts, default=0))]
    return said if any(one != words for one in said) else []


def _sampling(page: AnyPage, params: Any, batch: int, sample: Any) -> dict[str, Any] | None:
    total = page.batches(params)
    if total == 0:
        return None
    said = page.progress(params, sample) if sample is not None and page.progress else ""
    return {"done": batch, "total": total, "text": said}


def python(experiment: Experiment[Any, Any], params: Params, batches: int = 0) -> str:
    """A few lines of Python that give the same numbers, those of so many batches too."""
    parts = _python(experiment, params, batches)
    said = ", ".join(f"{name}={value}" for name, value in parts["values"].items())
    return f"{parts['before']}{said}{parts['after']}"


def _python(experiment: Experiment[Any, Any], params: Params, batches: int) -> dict[str, Any]:
    """The same in parts, for the browser: what it shows itself takes the place of its values."""
    sampled = batches > 0
    before = (
        f"from compute.experiments.{experiment.key} import {'EXPERIMENT, ' * sampled}Params, run",
        *["from compute.sampling import collect"] * sampled,
        "params = Params(",
    )
    after = (
        ")",
        "result = run(params)",
        *[f"sample = collect(EXPERIMENT.sampler, params, {batches})"] * sampled,
        "",
    )
    return {
        "before": "\n".join(before),
        "values": {name: repr(getattr(params, name)) for name in parameters(type(params))},
        "after": "\n".join(after),
    }
