"""The table of contents: every page the edition has or will have, by chapter.

A page is built when its key is in EXPERIMENTS; until then the map shows it as planned.
"""

from __future__ import annotations

from dataclasses import dataclass

from compute.experiments import EXPERIMENTS


@dataclass(frozen=True)
class Entry:
    """One page: its number in the edition, the section of the notes, and its question."""

    key: str
    number: str
    section: str
    title: str
    question: str

    @property
    def built(self) -> bool:
        """Whether the page exists already."""
        return any(e.key == self.key for e in EXPERIMENTS)


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
            Entry(
                "piecewise_linear",
                "1.1",
                "1.1.2",
                "Piecewise-linear functions",
                "Which functions can a one-layer ReLU network draw?",
            ),
            Entry(
                "training_steps",
                "1.2",
                "1.2",
                "The four steps",
                "What happens between data and predictor?",
            ),
            Entry(
                "overparameterisation",
                "1.3",
                "1.3.1",
                "Over-parameterisation",
                "Why does descent find a global minimum?",
            ),
            Entry(
                "implicit_bias",
                "1.4",
                "1.3.2",
                "Implicit bias",
                "Which of infinitely many interpolants does descent choose?",
            ),
            Entry(
                "feature_learning",
                "1.5",
                "1.3.3",
                "Feature learning",
                "Does the network learn its basis?",
            ),
        ),
    ),
    Chapter(
        2,
        "One-layer networks",
        (
            Entry(
                "initialisation",
                "2.1",
                "2.1.1",
                "One layer at initialisation",
                "What is random, and what stops being random?",
            ),
            Entry(
                "ntk_regime",
                "2.2",
                "2.2",
                "The kernel regime",
                "When is a network its linearisation?",
            ),
            Entry(
                "mean_field",
                "2.3",
                "2.3",
                "The mean-field regime",
                "What does the cloud of neurons do?",
            ),
            Entry(
                "ntk_vs_mean_field", "2.4", "2.4", "NTK against mean field", "What does γ change?"
            ),
        ),
    ),
    Chapter(
        3,
        "Deep networks at initialisation",
        (
            Entry(
                "linear_products",
                "3.1",
                "3.2",
                "Products of random matrices",
                "Why is depth/width the effective depth?",
            ),
            Entry(
                "gp_limit", "3.2", "3.3", "The Gaussian-process limit", "When are outputs Gaussian?"
            ),
            Entry(
                "gp_kernels", "3.3", "3.3.3", "GP kernels at depth", "What survives infinite depth?"
            ),
            Entry(
                "finite_width",
                "3.4",
                "3.4",
                "Finite width",
                "How far from Gaussian is a network of depth L and width N?",
            ),
            Entry(
                "gradients",
                "3.5",
                "3",
                "Gradients and kernels at depth",
                "What does depth do to the first step?",
            ),
        ),
    ),
    Chapter(
        4,
        "Nodal sets of random ReLU networks",
        (
            Entry(
                "nodal_sets",
                "4.1",
                "4.1",
                "Nodal sets and partitions",
                "What do a network’s folds look like?",
            ),
            Entry(
                "region_counts", "4.2", "4.2", "How many regions?", "Does depth make more of them?"
            ),
        ),
    ),
)
