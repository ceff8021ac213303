"""The table of contents: every page the edition has or will have, by chapter.

A page that is built says itself what it is about; what is planned is said here until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.registry import built_pages
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS


@dataclass(frozen=True)
class Said:
    """What a page is about."""

    section: str
    title: str
    question: str


@dataclass(frozen=True)
class Entry:
    """One page: its key and its number in the edition; `planned` until it is built."""

    key: str
    number: str
    planned: Said | None = None

    @property
    def experiment(self) -> Experiment[Any, Any] | None:
        """The page's experiment, once there is one."""
        return next((e for e in EXPERIMENTS if e.key == self.key), None)

    @property
    def built(self) -> bool:
        """Whether the page exists already."""
        return self.experiment is not None

    @property
    def said(self) -> Said:
        """Its section, title and question."""
        if self.experiment is None and self.planned is not None:
            return self.planned
        page = built_pages()[self.key]
        return Said(page.experiment.section, page.experiment.title, page.question)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self.said.title

    @property
    def question(self) -> str:
        """What the page answers."""
        return self.said.question


@dataclass(frozen=True)
class Chapter:
    """A chapter of the notes with its pages."""

    number: int
    title: str
    entries: tuple[Entry, ...]


CONTENTS = (
    Chapter(
        1,
        "Networks: an overview",
        (
            Entry("piecewise_linear", "1.1"),
            Entry("training_steps", "1.2"),
            Entry("overparameterisation", "1.3"),
            Entry("implicit_bias", "1.4"),
            Entry("feature_learning", "1.5"),
        ),
    ),
    Chapter(
        2,
        "One-layer networks",
        (
            Entry("initialisation", "2.1"),
            Entry("ntk_regime", "2.2"),
            Entry("mean_field", "2.3"),
            Entry("ntk_vs_mean_field", "2.4"),
            Entry("leaving_the_kernel_regime", "2.5"),
        ),
    ),
    Chapter(
        3,
        "Deep networks at initialisation",
        (
            Entry("linear_products", "3.1"),
            Entry("gp_limit", "3.2"),
            Entry("gp_kernels", "3.3"),
            Entry("finite_width", "3.4"),
            Entry("gradients", "3.5"),
            Entry("depth_and_width", "3.6"),
        ),
    ),
    Chapter(
        4,
        "Nodal sets of random ReLU networks",
        (Entry("nodal_sets", "4.1"), Entry("region_counts", "4.2")),
    ),
)
