"""The ledger: its rows, its exit code and its JSON, on claims made here; and every real claim."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import pytest

from compute import ledger
from compute.claims import Check, Claim, Statement, exact
from compute.claims.__main__ import main
from compute.errata import ERRATA
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.params import check, from_query, integer, values
from compute.sampling import Sample, Sampler


@dataclass(frozen=True)
class Params:
    """One number."""

    n: int = integer(2, 1, 9, label="n", help="A number.")

    __post_init__ = check


def claim(key: str, judge: Any, **more: Any) -> Claim:
    """A claim of the fake experiment."""
    return Claim(
        key=key,
        section="1.1",
        statement="n is n",
        route="count",
        params=Params(n=3),
        check=judge,
        **more,
    )


def count(params: Params, result: int, _sample: Sample[Any] | None) -> Check:
    """True by counting."""
    said = (Statement("true", params.n), Statement("printed", math.inf))
    return exact("n", result, *said, tolerance=0)


def batches(_params: Params, _result: int, sample: Sample[Any] | None) -> Check:
    """Tells how many batches it was given."""
    return exact("batches", sample.batches if sample else 0, Statement("true", 4), tolerance=0)


def edition(*claims: Claim) -> tuple[Experiment[Any, Any], ...]:
    """An edition of two pages."""
    sampler = Sampler(lambda _p, i: i, lambda a, b: a + b, lambda _: 8)
    run, work = (lambda p: p.n), (lambda _: 1.0)
    return (
        Experiment("first", 1, "1.1", "First", Params, run, work, sampler, claims),
        Experiment("second", 2, "2.1", "Second", Params, run, work),
    )


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put claims into a ledger of their own."""
    return lambda *claims: monkeypatch.setattr(ledger, "EXPERIMENTS", edition(*claims))


def test_rows_hold_what_was_measured_at_the_claims_own_setting(publish: Any) -> None:
    publish(claim("counts", count, errata=(3,)), claim("samples", batches, batches=4))
    first, second = ledger.rows()
    assert (first["claim"], first["page"], first["measured"]) == ("counts", "first", 3)
    assert first["statements"] == [["true", 3, "agrees", ""], ["printed", math.inf, "refuted", ""]]
    assert first["errata"] == [3]
    assert second["measured"] == 4
    assert second["verdict"] == "agrees"


def test_chapters_are_chosen(publish: Any) -> None:
    publish(claim("counts", count))
    assert [e.claim.key for e in ledger.entries(1)] == ["counts"]
    assert ledger.entries(2) == ()


def test_a_claim_that_is_silent_at_its_own_setting_is_an_error(publish: Any) -> None:
    publish(claim("silent", lambda *_: None))
    with pytest.raises(LookupError, match="silent"):
        list(ledger.rows())


def test_the_exit_code_says_whether_all_agree(
    publish: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(claim("counts", count))
    assert main([]) == 0
    assert "agrees" in capsys.readouterr().out
    publish(claim("one", lambda *_: exact("x", 2.0, Statement("t", 1.0), tolerance=0.5)))
    assert main([]) == 1


def test_json_is_json_even_where_a_number_is_not_finite(
    publish: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = claim("nan", lambda *_: exact("x", math.nan, Statement("t", 1.0), tolerance=1.0))
    publish(claim("counts", count), nowhere)
    assert main(["--json", "--chapter", "1"]) == 1

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    lines = capsys.readouterr().out.splitlines()
    counts, nan = (json.loads(line, parse_constant=refuse) for line in lines)
    assert counts["statements"][1] == ["printed", None, "refuted", ""]
    assert nan["measured"] is None
    assert nan["reason"] == "no finite number here"


CLAIMS = [(e, c) for e in EXPERIMENTS for c in e.claims]


@pytest.mark.parametrize(("experiment", "claim"), CLAIMS, ids=[c.key for _, c in CLAIMS])
def test_a_claim_of_the_edition_is_well_formed(experiment: Any, claim: Claim) -> None:
    assert claim.key.isidentifier()
    assert claim.section.startswith(f"{experiment.chapter}")
    for text in (claim.statement, claim.route):
        assert text == text.strip() != ""
    assert set(claim.errata) <= {e.number for e in ERRATA}
    assert (claim.batches > 0) <= (experiment.sampler is not None)
    assert experiment.params(**values(claim.params)) == claim.params
    assert from_query(experiment.params, {})[0] == experiment.params()
