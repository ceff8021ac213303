"""Parameters as the words of an address, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from compute.params.fields import P, ParameterError, Params, defaults, parameters, values
from compute.params.kinds import Value
from compute.params.spelling import clip, show

UNKNOWN_NAMED = 8


def strict_query(cls: type[P], words: Mapping[str, str]) -> P:
    """Params from the words of an address: every word known, every value legal; the rest default.

    Raises ParameterError; never repairs, because a changed value would be a silent lie.
    """
    known = parameters(cls)
    taken: dict[str, Value] = {}
    for name, text in words.items():
        if name not in known:
            raise ParameterError(clip(name), f"{clip(name)} is not a parameter of this page")
        try:
            taken[name] = known[name].parse(text)
        except (ValueError, OverflowError) as error:
            raise ParameterError(name, f"{known[name].label}: {error}") from None
    return cls(**taken)


def from_query(cls: type[P], query: Mapping[str, object]) -> tuple[P, tuple[str, ...]]:
    """Params from the address, with a notice for everything that could not be taken as written."""
    taken: dict[str, Value] = {}
    notices = []
    known = parameters(cls)
    for name, spec in known.items():
        if name not in query:
            continue
        given = query[name]
        # what the address gives twice is no value, and its notice names both
        text = " and ".join(map(str, given)) if isinstance(given, list) else str(given)
        try:
            taken[name] = spec.parse(text)
        except (ValueError, OverflowError):
            default = show(defaults(cls)[name])
            notices.append(
                f"The address asks for {spec.label} = {clip(text)}; it must be {spec.legal}. "
                f"The default, {default}, is used."
            )
    notices += unknown_notices([name for name in query if name not in known])
    return cls(**taken), tuple(notices)


def unknown_notices(names: Sequence[str]) -> list[str]:
    """What is said of names in the address that a page does not know."""
    notices = [
        f"The address names {clip(name)}, which this page does not have."
        for name in names[:UNKNOWN_NAMED]
    ]
    if len(names) > UNKNOWN_NAMED:
        rest = len(names) - UNKNOWN_NAMED
        notices.append(f"The address names {rest} more that this page does not have.")
    return notices


def to_query(params: Params) -> str:
    """The query string of the non-default values, without '?'; '' at the defaults."""
    standard = defaults(type(params))
    changed = {n: show(v) for n, v in values(params).items() if v != standard[n]}
    return urlencode(changed)
