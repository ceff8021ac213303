"""Faults: small wrongs that are put into the mathematics on purpose, to see which claims notice.

A fault is laid where the mathematics is looked up, so that what is measured goes wrong and what is
predicted does not. It reaches neither compiled code nor a name that another module imported:
`targets` name the places themselves, such as "compute.experiments.x.sampler:stream".
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

Wrap = Callable[[Any], Any]


@dataclass(frozen=True)
class Fault:
    """One deliberate wrong: `words` finish the sentence "would notice …".

    `targets` are "module:name" or "module:object.name"; `wrap` makes the faulty one of what
    stands there.
    """

    name: str
    words: str
    targets: tuple[str, ...]
    wrap: Wrap

    @contextmanager
    def on(self) -> Iterator[None]:
        """Everything computed inside is faulty; nothing that is cached crosses the border."""
        places = [_place(target) for target in self.targets]
        kept = [getattr(owner, name) for owner, name in places]
        self._forget()
        try:
            for (owner, name), original in zip(places, kept, strict=True):
                _put(owner, name, self.wrap(original))
            yield
        finally:
            for (owner, name), original in zip(places, kept, strict=True):
                _put(owner, name, original)
            self._forget()

    def _forget(self) -> None:
        """Empty every cache of the mathematics, and of where the fault is."""
        own = {target.partition(":")[0] for target in self.targets}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "compute" or name in own:
                for value in list(vars(module).values()):
                    if callable(getattr(value, "cache_clear", None)):
                        value.cache_clear()


def _place(target: str) -> tuple[Any, str]:
    """The object that holds what is replaced, and under which name."""
    module, _, path = target.partition(":")
    *parents, name = path.split(".")
    return reduce(getattr, parents, import_module(module)), name


def _put(owner: Any, name: str, value: Any) -> None:
    """Samplers and experiments are frozen, for good reason; a fault is the exception."""
    put = setattr if isinstance(owner, type | ModuleType) else object.__setattr__
    put(owner, name, value)


# ---- what can go wrong -----------------------------------------------------------------------


def times(factor: float) -> Wrap:
    """A function whose result is `factor` times what it should be."""
    return of_result(lambda result: factor * result)


def at_other_params(**changes: Callable[[Any], Any]) -> Wrap:
    """A function whose first argument, the parameters, has other values: `changes` of its own."""

    def wrap(f: Any) -> Any:
        def faulty(params: Any, *args: Any, **more: Any) -> Any:
            other = {name: change(getattr(params, name)) for name, change in changes.items()}
            return f(replace(params, **other), *args, **more)

        return faulty

    return wrap


def drawn_at(target: str, name: str, words: str, **changes: Callable[[Any], Any]) -> Fault:
    """Networks drawn at other parameters than those that are judged: `changes` of fields."""
    return Fault(name, words, (target,), at_other_params(**changes))


def with_argument(at: int | str, change: Callable[[Any], Any]) -> Wrap:
    """A function that gets `change` of its argument: by place, or by name."""

    def wrap(f: Any) -> Any:
        def faulty(*args: Any, **more: Any) -> Any:
            if isinstance(at, str):
                return f(*args, **more | {at: change(more[at])})
            return f(*args[:at], change(args[at]), *args[at + 1 :], **more)

        return faulty

    return wrap


class _Changed(np.random.Generator):
    """Standard normal numbers that are not quite what they should be."""

    def __init__(self, source: np.random.Generator, change: Callable[[Any], Any]) -> None:
        super().__init__(source.bit_generator)
        self.change = change

    def standard_normal(self, size: Any = None, *args: Any, **more: Any) -> Any:
        """The right numbers, changed."""
        return self.change(super().standard_normal(size, *args, **more))


def normals(change: Callable[[Any], Any]) -> Wrap:
    """A source of random streams whose standard normal numbers go through `change`."""
    return lambda f: lambda *args, **more: _Changed(f(*args, **more), change)


def shared(share: float) -> Callable[[Any], Any]:
    """Numbers (count, neurons, inputs) of which a share of the variance is common to all neurons.

    The common part is the first neuron's own; numbers of another shape stay as they are.
    """

    def change(drawn: Any) -> Any:
        if np.ndim(drawn) != 3:
            return drawn
        return np.sqrt(1 - share) * drawn + np.sqrt(share) * drawn[:, :1]

    return change


def of_result(change: Callable[[Any], Any]) -> Wrap:
    """A function whose result goes through `change`."""
    return lambda f: lambda *args, **more: change(f(*args, **more))


def louder(factor: float) -> Callable[[Any], Any]:
    """A network with one hidden layer, all of its parameters `factor` times as large."""
    return lambda n: _with_inner(replace(n, second=factor * n.second), lambda w: factor * w)


def alike(share: float) -> Callable[[Any], Any]:
    """The same, a share of the variance of its inner weights common to all neurons."""

    def mixed(weights: Any) -> Any:
        return np.sqrt(1 - share) * weights + np.sqrt(share) * weights[:1]

    return lambda n: _with_inner(n, mixed)


def _with_inner(network: Any, change: Callable[[Any], Any]) -> Any:
    bias = None if network.bias is None else change(network.bias)
    return replace(network, first=change(network.first), bias=bias)
