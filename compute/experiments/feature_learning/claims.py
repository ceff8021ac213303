"""Claims of §1.3.3: what is learned beyond fixed features, and what is not, or later.

How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.feature_learning import checks, faults
from compute.experiments.feature_learning.setting import Params

REAL = (
    "real networks, each with its own data and start; the ridge may choose its penalty by the test"
)
ONLINE = "whole vectors, a fresh input at every step"

CLAIMS = (
    Claim(
        key="features_gain",
        section="1.3.3",
        statement=r"ReLU target, $a = \frac12$: five times below the best ridge on fixed features.",
        route=REAL,
        params=Params(steps=200),
        check=checks.gain,
        faults=(faults.LAZY,),
        batches=21,
    ),
    Claim(
        key="features_kernel_regime",
        section="1.3.3",
        statement=r"The same in the kernel regime, $a = 0$: within a factor of 2.",
        route=REAL,
        params=Params(exponent=0.0, steps=100),
        check=checks.kernel_regime,
        faults=(faults.RICH,),
        batches=21,
    ),
    Claim(
        key="features_not_learned",
        section="1.3.3",
        statement="Hermite 4 at 1024 data, Hermite 3 at 256: no better than fixed features.",
        route=REAL,
        params=Params(target="hermite3", data=256, steps=200),
        check=checks.not_learned,
        faults=(faults.EASY,),
        batches=21,
    ),
    Claim(
        key="features_more_data",
        section="1.3.3",
        statement=(
            r"ReLU target, $a = \frac12$: with more data the gain over fixed features grows, from "
            "64 to 2048 four times or more."
        ),
        route=REAL,
        params=Params(figure="curve", steps=200),
        check=checks.more_data,
        faults=(faults.LAZY,),
        batches=13,
    ),
    Claim(
        key="features_kernel_leads",
        section="1.3.3",
        statement="The tangent kernel's leading eigenvector becomes the target.",
        route="eigenvectors on 256 fresh inputs",
        params=Params(figure="features", steps=200),
        check=checks.kernel_leads,
        faults=(faults.LAZY,),
        batches=21,
    ),
    Claim(
        key="escape_linear",
        section="1.3.3",
        statement=r"Exponent 1: $\frac d\delta$ times the time of $\dot m = 1 - m^2$.",
        route=ONLINE,
        params=Params(figure="escape", neurons=100),
        check=checks.escape_linear,
        faults=(faults.SLOW,),
        batches=1000,
    ),
    Claim(
        key="escape_order",
        section="1.3.3",
        statement="A higher information exponent needs a higher power of the dimension.",
        route=ONLINE,
        params=Params(figure="escape", neurons=100),
        check=checks.escape_order,
        faults=(faults.ONE,),
        batches=1000,
    ),
    Claim(
        key="stairs_learned",
        section="1.3.3",
        statement=r"$x_1 + x_1x_2 + x_1x_2x_3$ is learned at $N_0 = \infty$.",
        route="exact equations on eight corners",
        params=Params(figure="staircase"),
        check=checks.stairs_learned,
        faults=(faults.NO_STAIRS,),
    ),
    Claim(
        key="parity_stuck",
        section="1.3.3",
        statement=r"$\sqrt3\,x_1x_2x_3$ never is.",
        route="exact equations on eight corners",
        params=Params(figure="staircase", stairs_time=30.0),
        check=checks.parity_stuck,
        faults=(faults.STEP,),
    ),
    Claim(
        key="parity_later",
        section="1.3.3",
        statement="Real networks learn parity too, only later than the staircase.",
        route="real networks on fresh inputs, both targets from one start",
        params=Params(figure="staircase"),
        check=checks.parity_later,
        faults=(faults.SWAPPED,),
        batches=100,
    ),
)
