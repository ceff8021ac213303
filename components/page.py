"""Page: the presentation of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from components.figures.base import Figure
from components.figures.orders import Words, tell
from components.figures.playing import resolved
from compute.claims import Claim
from compute.experiment import Experiment, R
from compute.params import P, Params, tabs, to_query
from compute.sampling import Sample

# What a builder draws: the whole result, or the part of it that its plot names.
T = TypeVar("T")
Drawn = Sample[Any] | None


@dataclass(frozen=True)
class Plot(Generic[P, T]):
    """One figure: `build(params, part, sample)` returns its dict, a pure drawing.

    `part` names the field of the result that the builders get; '' gives them the whole result.
    `figures` are the values of the page's figure choice under which the plot is shown, () for all.
    With `frames(params, part)` it can be played; `title(params, part, sample, frame)` is then the
    title of the frame in front, and of what is drawn first (frame None). With `sampled` it is drawn
    again after every batch, and `frames` gets the sample, too. `extra` is what the figure's own
    script needs beside the figure.
    """

    key: str
    build: Callable[[P, T, Drawn], Figure]
    figures: tuple[str, ...] = ()
    frames: Callable[..., Mapping[str, Any] | None] | None = None
    extra: Callable[[P, T], Mapping[str, Any]] | None = None
    sampled: bool = False
    part: str = ""
    title: Callable[[P, T, Drawn, int | None], Words] | None = None

    def of(self, result: Any) -> T:
        """What the builders draw of a result."""
        drawn: T = getattr(result, self.part) if self.part else result
        return drawn

    def draw(self, params: P, result: Any, sample: Drawn) -> Figure:
        """The figure."""
        part = self.of(result)
        figure = self.build(params, part, sample)
        if self.title is not None:
            words = self.title(params, part, sample, None)
            figure["layout"]["title"] = {"text": tell(words, figure["data"])}
        return figure

    def play(
        self, params: P, result: Any, figure: Figure, sample: Drawn = None
    ) -> dict[str, Any] | None:
        """The frames that play in `figure`, with their titles where those follow the frame."""
        part = self.of(result)
        drawn = (sample,) if self.sampled else ()
        played = self.frames(params, part, *drawn) if self.frames else None
        if played is None:
            return None
        found = resolved(played, figure["data"])
        if self.title is not None:
            said = (self.title(params, part, sample, k) for k in range(len(found["names"])))
            found["titles"] = [tell(words, figure["data"]) for words in said]
        return found

    def more(self, params: P, result: Any) -> Mapping[str, Any] | None:
        """What the figure's own script needs."""
        return self.extra(params, self.of(result)) if self.extra else None


@dataclass(frozen=True)
class Preset(Generic[P]):
    """A named setting with the reason to look at it."""

    label: str
    purpose: str
    params: P


@dataclass(frozen=True)
class Try(Generic[P]):
    """Something to do and what to see, in words that go on from the setting of its button."""

    text: str
    params: P


@dataclass(frozen=True)
class Page(Generic[P, R]):
    """What a page shows of its experiment.

    If the params have a field named `figure`, its choices are the page's tabs.
    `sentence(params, result, sample, frame)` is the result in words, of the sample where there is
    one, and of the frame in front where one is played; `notice`, of the same, a warning in words
    or ''. `progress(params, sample)` says the count and the present standard error.
    `local(params, result)` names the fields that the figures' own script shows without asking
    again.
    """

    experiment: Experiment[P, R]
    question: str
    statement: str
    plots: tuple[Plot[P, Any], ...]
    sentence: Callable[[P, R, Drawn, int | None], Words]
    presets: tuple[Preset[P], ...]
    try_this: tuple[Try[P], Try[P], Try[P]]
    notice: Callable[[P, R, Drawn, int | None], Words] | None = None
    progress: Callable[[P, Sample[Any]], str] | None = None
    local: Callable[[P, R], tuple[str, ...]] | None = None

    @property
    def key(self) -> str:
        """The experiment's key, which is also the page's address."""
        return self.experiment.key

    @property
    def path(self) -> str:
        """The address without its query."""
        return path_of(self.key)

    def shown(self, params: P) -> tuple[Plot[P, Any], ...]:
        """The plots of the tab in front."""
        tab = getattr(params, "figure", None)
        return tuple(p for p in self.plots if tab is None or not p.figures or tab in p.figures)

    def batches(self, params: P) -> int:
        """How many batches of a sample the tab in front draws; 0 where it draws none."""
        sampler = self.experiment.sampler
        drawn = sampler is not None and any(plot.sampled for plot in self.shown(params))
        return sampler.batches(params) if sampler is not None and drawn else 0

    @property
    def slots(self) -> int:
        """How many figures the fullest tab shows."""
        names = tabs(self.experiment.params) or [""]
        return max(sum(not p.figures or n in p.figures for p in self.plots) for n in names)


# Where it does not matter which one.
AnyPage = Page[Any, Any]


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
