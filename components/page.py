"""Page: the presentation of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.figures.base import Figure
from compute.claims import Claim
from compute.experiment import Experiment
from compute.params import Params, tabs, to_query
from compute.sampling import Sample


@dataclass(frozen=True)
class Plot:
    """One figure: `build(params, result, sample)` returns its dict, a pure drawing.

    `figures` are the values of the page's figure choice under which it is shown, () for all. With
    `frames` it can be played; with `sampled` it is drawn again after every batch. `extra` is what
    the figure's own script (`extend` in `assets/edition/figures`) needs beside the figure.
    """

    key: str
    build: Callable[[Any, Any, Sample[Any] | None], Figure]
    figures: tuple[str, ...] = ()
    frames: Callable[[Any, Any], Mapping[str, Any] | None] | None = None
    extra: Callable[[Any, Any], Mapping[str, Any]] | None = None
    sampled: bool = False


@dataclass(frozen=True)
class Preset:
    """A named setting with the reason to look at it."""

    label: str
    purpose: str
    params: Any


@dataclass(frozen=True)
class Page:
    """What a page shows of its experiment.

    If the params have a field named `figure`, its choices are the page's tabs.
    `sentence(params, result, sample)` is the result in words; `notice(params, result)` a warning
    in words or ''. `progress(params, sample)` says the count and the present standard error.
    `local(params, result)` names the fields that the figures' own script (`prepare`) shows
    without asking again.
    """

    experiment: Experiment[Any, Any]
    question: str
    statement: str
    plots: tuple[Plot, ...]
    sentence: Callable[[Any, Any], str]
    presets: tuple[Preset, ...]
    try_this: tuple[str, str, str]
    notice: Callable[[Any, Any], str] | None = None
    progress: Callable[[Any, Sample[Any]], str] | None = None
    local: Callable[[Any, Any], tuple[str, ...]] | None = None

    @property
    def key(self) -> str:
        """The experiment's key, which is also the page's address."""
        return self.experiment.key

    @property
    def path(self) -> str:
        """The address without its query."""
        return path_of(self.key)

    def shown(self, params: Any) -> tuple[Plot, ...]:
        """The plots of the tab in front."""
        tab = getattr(params, "figure", None)
        return tuple(p for p in self.plots if tab is None or not p.figures or tab in p.figures)

    def batches(self, params: Any) -> int:
        """How many batches of a sample the tab in front draws; 0 where it draws none."""
        sampler = self.experiment.sampler
        drawn = sampler is not None and any(plot.sampled for plot in self.shown(params))
        return sampler.batches(params) if sampler is not None and drawn else 0

    @property
    def slots(self) -> int:
        """How many figures the fullest tab shows."""
        names = tabs(self.experiment.params) or [""]
        return max(sum(not p.figures or n in p.figures for p in self.plots) for n in names)


def path_of(key: str) -> str:
    """The address of an experiment's page."""
    return "/" + key.replace("_", "-")


def link(experiment: Experiment[Any, Any], params: Params) -> str:
    """The address that shows `params`."""
    query = to_query(params)
    return path_of(experiment.key) + (f"?{query}" if query else "")


def link_to_claim(experiment: Experiment[Any, Any], claim: Claim) -> str:
    """The address that shows a claim where it is tested, with its numbers above the figure."""
    return f"{link(experiment, claim.params)}#claim-{claim.key}"
