"""Faults and power: a fault goes on and off, and every claim is refuted by one or listed as blind.

Here claims that `power.json` says are refuted within a few batches are put under that fault again,
one test a claim: every third, or all in a thorough run. What takes long (the sweeps of chapter 2,
samples of hundreds of batches) is only held against the file here; `make power` measures all of it
again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from compute import ledger, power
from compute.claims import Check, Claim, Fault, Statement, Verdict, exact, sampled
from compute.claims.__main__ import main
from compute.claims.blind import BLIND
from compute.claims.faults import at_other_params, normals, shared, times, with_argument
from compute.claims.noticed import found, noticed, told
from compute.experiment import Experiment
from compute.ledger import Entry, entries
from compute.params import check as checked
from compute.params import integer
from compute.sampling import Moments, Sampler, stream
from tests.thorough import some

# The blind claims when faults were introduced: BLIND may only lose some of these.
FIRST_BLIND = frozenset(
    {
        "linear_products.mean_norm_deep",
        "mean_field.clouds_in_wasserstein",
        "mean_field.coupled_neurons",
        "mean_field.loss_never_rises",
        "ntk_regime.kernel_bound",
        "ntk_vs_mean_field.remainder_mean_field",
        "region_counts.gradient_fourth",
        "region_counts.length_bound",
        "region_counts.one_neuron",
        "region_counts.variance_grows",
    }
)
# Batches, of about a tenth of a second each, that a refutation may take here.
FEW = 4


def name_of(entry: Entry) -> str:
    """As in the table of powers."""
    return f"{entry.experiment.key}.{entry.claim.key}"


# ---- a fault -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Params:
    """How many numbers a batch has."""

    n: int = integer(200, 1, 1000, label="n", help="Numbers.")

    __post_init__ = checked


@lru_cache(maxsize=4)
def square(n: int) -> int:
    """Cached, so that a fault could be hidden."""
    return helper(n) * n


def helper(n: int) -> int:
    """What goes wrong."""
    return n


def draw(params: Params, index: int) -> Moments:
    """Standard normal numbers, squared."""
    return Moments.of(stream(1, "power", index).standard_normal(params.n) ** 2)


def variance(_params: Params, _result: Any, sample: Any) -> Check:
    """It is 1."""
    return sampled("variance", sample, Moments.mean_estimate, Statement("one", 1.0))


def squared(params: Params, result: Any, _sample: Any) -> Check:
    """n²."""
    return exact("n²", result, Statement("n²", params.n**2), tolerance=0)


HERE = __name__
LOUD = Fault("loud", "numbers too large", (f"{HERE}:stream",), normals(lambda x: 1.5 * x))
WRONG = Fault("wrong", "a factor", (f"{HERE}:helper",), times(2))
HARMLESS = Fault("harmless", "nothing", (f"{HERE}:stream",), normals(lambda x: 1.0 * x))
SMALL = Fault(
    "small", "fewer numbers", (f"{HERE}:NORMAL.sampler.batch",), at_other_params(n=lambda n: 1)
)


def claim(key: str, judge: Any, batches: int, *faults: Fault) -> Claim:
    """A claim of the experiment below."""
    return Claim(
        key=key,
        section="1.1",
        statement="It is so.",
        route="numbers",
        params=Params(),
        check=judge,
        batches=batches,
        faults=faults,
    )


NORMAL = Experiment(
    "normal",
    1,
    "1.1",
    "Normal",
    Params,
    lambda p: square(p.n),
    lambda _: 1.0,
    Sampler(draw, Moments.merge, lambda _: 8),
    (
        claim("variance", variance, 8, LOUD, HARMLESS),
        claim("square", squared, 0, WRONG, LOUD),
        claim("both", variance, 5, HARMLESS, LOUD),
        claim("careless", squared, 0, LOUD),
    ),
)


def tried(fault: Fault | None, *keys: str) -> dict[str, power.Trial]:
    """Some of the claims, all of them by default, under a fault."""
    claims = [c for c in NORMAL.claims if not keys or c.key in keys]
    return power.try_fault(NORMAL, Params(), claims, fault)


def test_a_fault_reaches_through_caches_and_leaves_nothing_behind() -> None:
    right = helper
    assert square(3) == 9
    with WRONG.on():
        assert square(3) == 18
        assert helper is not right
    assert square(3) == 9
    assert helper is right


def test_a_fault_is_taken_away_where_it_breaks_what_it_is_in() -> None:
    with pytest.raises(ZeroDivisionError), WRONG.on():
        raise ZeroDivisionError
    assert square(4) == 16


def test_a_fault_reaches_what_a_sampler_holds() -> None:
    batch = NORMAL.sampler.batch
    with SMALL.on():
        assert NORMAL.sampler.batch(Params(), 0).count == 1
    assert NORMAL.sampler.batch is batch


def test_a_fault_without_a_place_is_an_error() -> None:
    nowhere = Fault("nowhere", "…", (f"{HERE}:no_such_name",), times(2))
    with pytest.raises(AttributeError, match="no_such_name"), nowhere.on():
        pass


def test_changed_numbers_are_those_of_the_stream() -> None:
    plain = stream(1, "a").standard_normal((2, 3, 4))
    loud = normals(lambda x: 2 * x)(stream)(1, "a")
    assert isinstance(loud, np.random.Generator)
    np.testing.assert_array_equal(loud.standard_normal((2, 3, 4)), 2 * plain)
    alike = shared(0.25)(plain)
    np.testing.assert_allclose(alike, np.sqrt(0.75) * plain + 0.5 * plain[:, :1])
    np.testing.assert_array_equal(shared(0.25)(plain[0]), plain[0])


def test_arguments_are_changed_by_place_and_by_name() -> None:
    def f(a: int, b: int, *, c: int) -> tuple[int, int, int]:
        return a, b, c

    assert with_argument(1, lambda b: 10 * b)(f)(1, 2, c=3) == (1, 20, 3)
    assert with_argument("c", lambda c: -c)(f)(1, 2, c=3) == (1, 2, -3)


# ---- power ---------------------------------------------------------------------------------------


def test_a_trial_ends_as_soon_as_a_claim_is_refuted() -> None:
    found = tried(LOUD)
    assert found["variance"] == power.Trial("refuted", 2)
    assert found["square"] == power.Trial("agrees", 0)
    assert tried(HARMLESS)["variance"] == power.Trial("agrees", 8)
    assert tried(None)["both"] == power.Trial("agrees", 5)


def test_rows_say_which_faults_refute(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ledger, "EXPERIMENTS", (NORMAL,))
    rows = {row["key"]: row for row in power.rows()}
    assert rows["variance"]["faults"] == {"loud": "refuted", "harmless": "agrees"}
    assert rows["square"]["faults"] == {"wrong": "refuted", "loud": "agrees"}
    assert rows["variance"]["after"] == {"loud": 2}
    assert [key for key, row in rows.items() if row["blind"]] == ["careless"]
    assert all(row["without"] == "agrees" for row in rows.values())
    assert main(["--power", "--json"]) == 1, "blind and not listed"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == list(rows.values())
    monkeypatch.setattr("compute.claims.__main__.BLIND", {"normal.careless"})
    assert main(["--power"]) == 0
    assert "BLIND" in capsys.readouterr().out
    monkeypatch.setattr("compute.claims.__main__.BLIND", {"normal.careless", "normal.both"})
    assert main(["--power"]) == 1, "listed and not blind"


def test_what_was_found_is_kept_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(ledger, "EXPERIMENTS", (NORMAL,))
    monkeypatch.setattr(power, "FILE", tmp_path / "power.json")
    assert main(["--power", "--write", "--chapter", "1"]) == 1
    kept = json.loads((tmp_path / "power.json").read_text())
    assert kept["normal.square"] == {
        "faults": {"wrong": "refuted", "loud": "agrees"},
        "after": {"wrong": 0},
    }
    monkeypatch.setattr("compute.claims.noticed.found", lambda: kept)
    variance, square, _, careless = NORMAL.claims
    assert noticed("normal", square) == ("a factor",)
    assert told("normal", variance) == "Would notice numbers too large."
    assert told("normal", careless) == "Blind: no fault of its subject would turn it red."


def test_claims_of_one_setting_are_tried_together() -> None:
    found = entries()
    together = list(power.groups(found))
    assert sorted(c.key for _, _, cs in together for c in cs) == sorted(e.claim.key for e in found)
    assert len({(e.key, p) for e, p, _ in together}) == len(together)


# ---- the edition's claims ------------------------------------------------------------------------

ENTRIES = entries()


def test_the_list_of_blind_claims_only_shrinks() -> None:
    assert BLIND <= FIRST_BLIND
    assert {name_of(e) for e in ENTRIES} >= BLIND


def test_the_table_of_powers_is_that_of_the_claims() -> None:
    table = found()
    assert list(table) == [name_of(e) for e in ENTRIES]
    for entry in ENTRIES:
        row, faults = table[name_of(entry)], {f.name for f in entry.claim.faults}
        assert set(row["faults"]) == faults, "run python -m compute.claims --power --write"
        refuting = {n for n, verdict in row["faults"].items() if verdict == Verdict.REFUTED}
        assert set(row["after"]) == refuting
        assert (not refuting) == (name_of(entry) in BLIND)


@pytest.mark.parametrize("entry", ENTRIES[:: some(2, 1)], ids=name_of)
def test_a_claim_names_faults_that_can_be_told(entry: Entry) -> None:
    faults = entry.claim.faults
    assert faults
    assert len({f.name for f in faults}) == len(faults)
    for fault in faults:
        assert fault.words == fault.words.strip() != ""
        assert not fault.words.endswith(".")
        with fault.on():
            pass
    sentence = told(entry.experiment.key, entry.claim)
    assert sentence.startswith("Blind" if name_of(entry) in BLIND else "Would notice ")


def cheapest(entry: Entry) -> tuple[Fault, int] | None:
    """The fault that refutes the claim soonest, and after how many batches."""
    after = found()[name_of(entry)]["after"]
    named = [(after[f.name], k, f) for k, f in enumerate(entry.claim.faults) if f.name in after]
    return min(named)[2::-2] if named else None


SOON = [e for e in ENTRIES if (c := cheapest(e)) is not None and c[1] <= FEW]


def test_most_claims_are_tried_here() -> None:
    assert len(SOON) > 0.7 * len(ENTRIES)


@pytest.mark.parametrize("entry", SOON[:: some(3, 1)], ids=name_of)
def test_a_claim_is_refuted_by_its_fault(entry: Entry) -> None:
    """By the one that takes the fewest batches; without it: the ledger's own tests."""
    least = cheapest(entry)
    assert least is not None
    fault, batches = least
    claim = entry.claim
    trial = power.try_fault(entry.experiment, claim.params, [claim], fault)[claim.key]
    assert trial == power.Trial("refuted", batches)
