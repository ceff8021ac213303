"""Claims about depth and width together. How each is judged: `checks`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compute.claims import Claim
from compute.experiments.depth_and_width import checks, faults
from compute.experiments.depth_and_width.setting import Params, kink_of, shape_of

LAYERS = "real networks, layer by layer: z of the next given the last, 2N normal numbers a layer"
SHAPED = (faults.KINK, faults.STRAIGHT, faults.SHALLOW, faults.START)

_ONE_SIDE = Params(networks=5000)
_OPPOSED = Params(correlation=-0.5, slope_pos=1.0, networks=5000)
_STRONG = Params(slope_pos=2.0, slope_neg=-2.0, width=200, networks=2000)
_SMOOTH = Params(shape="smooth", strength=-1.0, ratio=2.0, width=50, networks=5000)
_LINEAR = Params(shape="linear", ratio=2.0, width=50, networks=5000)
_KINDS: tuple[tuple[str, str, Params, Callable[[Params], bool], tuple[Any, ...]], ...] = (
    (
        "",
        "shaped ReLU, inputs on one side",
        _ONE_SIDE,
        lambda p: shape_of(p) == "shaped" and p.correlation >= 0 and kink_of(p) < 3,
        SHAPED,
    ),
    (
        "_opposed",
        "shaped ReLU, opposed inputs",
        _OPPOSED,
        lambda p: shape_of(p) == "shaped" and p.correlation < 0,
        SHAPED,
    ),
    (
        "_strong",
        r"shaped ReLU with a strong kink, $\kappa \ge 3$",
        _STRONG,
        lambda p: shape_of(p) == "shaped" and p.correlation >= 0 and kink_of(p) >= 3,
        SHAPED,
    ),
    ("_linear", "linear", _LINEAR, lambda p: shape_of(p) == "linear", SHAPED[2:]),
    (
        "_smooth",
        r"odd smooth shaped networks that do not explode, which leave $\rho$ the law of linear "
        "ones",
        _SMOOTH,
        lambda p: shape_of(p) == "smooth",
        SHAPED[2:],
    ),
)


def _correlations() -> tuple[Claim, ...]:
    """Mean and variance of ρ for every kind of network."""
    found = []
    for name, kind, params, holds, wrongs in _KINDS:
        found.append(
            Claim(
                key=f"correlation_mean{name}",
                section="3",
                statement=rf"$\mathbb E\rho_t$ at $L = tN$ is that of the diffusion: {kind}.",
                route=LAYERS,
                params=params,
                check=checks.where(holds, checks.correlation_mean),
                faults=wrongs,
                batches=100,
            )
        )
        found.append(
            Claim(
                key=f"correlation_spread{name}",
                section="3",
                statement=(
                    rf"$\rho$ stays random however wide the network, if $L = tN$: {kind}. Its "
                    "variance is that of the diffusion; width first it is 0."
                ),
                route=LAYERS,
                params=params,
                check=checks.where(holds, checks.correlation_spread),
                faults=wrongs,
                batches=100,
            )
        )
    return tuple(found)


def _has(shape: str) -> Callable[[Params], bool]:
    return lambda params: shape_of(params) == shape


def _variances() -> tuple[Claim, ...]:
    """The mean of log V."""
    kinds = (
        ("shaped", r"Shaped ReLU: $\mathbb E\log V_t = \log V_0 - t$ at $L = tN$."),
        ("relu", r"Unshaped ReLU: $\mathbb E\log V_t = \log V_0 - \frac52 t$ at $L = tN$."),
        (
            "linear",
            r"Linear networks: $\log V$ falls by $\log\frac N2 - \psi(\frac N2)$ a layer on "
            "average, at every width.",
        ),
    )
    return tuple(
        Claim(
            key=f"log_variance_{shape}",
            section="3",
            statement=statement,
            route=LAYERS,
            params=Params(figure="variance", shape=shape, networks=2000),
            check=checks.where(_has(shape), checks.log_variance_mean),
            faults=(faults.SHALLOW, faults.WEIGHTS),
            batches=100,
        )
        for shape, statement in kinds
    )


def _explosions() -> tuple[Claim, ...]:
    """By t and ever, at three strengths."""
    found = []
    for name, g, low, high in (
        ("weak", 0.5, 0, 0.75),
        ("middle", 1, 0.75, 1.5),
        ("strong", 2, 1.5, 99),
    ):
        here: dict[str, Any] = {
            "section": "3.3.3",
            "route": LAYERS,
            "params": Params(
                figure="explosion", strength=float(g), ratio=10.0, width=100, networks=2000
            ),
            "faults": (faults.WEIGHTS,),
            "batches": 100,
        }

        def holds(p: Params, low: float = low, high: float = high) -> bool:
            return low < p.strength * p.variance <= high

        found += [
            Claim(
                key=f"explosion_{name}",
                statement=(
                    r"Width saves: with $L = tN$ the variance of smooth shaped networks with "
                    rf"$g > 0$ ever explodes with probability $1 - e^{{-gV_0}}$ only ($gV_0$ from "
                    rf"{low:g} to {high:g}). (3.3.7), width first, makes it certain."
                ),
                check=checks.where(holds, checks.explosion(ever=True)),
                errata=(20,) if name == "middle" else (),
                **here,
            ),
            Claim(
                key=f"explosion_time_{name}",
                statement=(
                    "The share that has exploded by depth $tN$ is that of the forward equation "
                    rf"of $-\log V$ ($gV_0$ from {low:g} to {high:g})."
                ),
                check=checks.where(holds, checks.explosion(ever=False)),
                **here,
            ),
        ]
    return tuple(found)


def _alignments() -> tuple[Claim, ...]:
    """Exact in every layer, at three widths; and where it ends."""
    found = []
    for name, width, low, high in (
        ("narrow", 5, 1, 7),
        ("middle", 16, 8, 31),
        ("wide", 64, 32, 512),
    ):
        here: dict[str, Any] = {
            "section": "3.2",
            "route": LAYERS,
            "params": Params(
                figure="alignment", width=width, ratio=10.0 if width < 64 else 5.0, networks=10_000
            ),
            "faults": (faults.START,),
            "batches": 100,
        }

        def holds(p: Params, low: int = low, high: int = high) -> bool:
            return low <= p.width <= high

        found += [
            Claim(
                key=f"arcsine_{name}",
                statement=(
                    r"Linear networks keep $\mathbb E\arcsin\rho$ in every layer, at every width "
                    f"($N$ from {low} to {high})."
                ),
                check=checks.where(holds, checks.arcsine),
                **here,
            ),
            Claim(
                key=f"alignment_{name}",
                statement=(
                    r"Deep linear networks align: $\rho \to +1$ with probability "
                    rf"$1 - \frac1\pi\arccos\rho_0$, else $-1$ ($N$ from {low} to {high})."
                ),
                check=checks.where(holds, checks.alignment),
                **here,
            ),
        ]
    return tuple(found)


def _angles() -> tuple[Claim, ...]:
    """Medians at three settings, and the limit's mean."""
    kinds: tuple[tuple[str, Params, str, Callable[[Params], bool]], ...] = (
        (
            "shallow",
            Params(figure="angle", width=50, ratio=0.5, networks=5000),
            r"$t < 0.75$, $N < 80$",
            lambda p: p.ratio < 0.75 and p.width < 80,
        ),
        (
            "deep",
            Params(figure="angle", width=50, ratio=1.0, networks=5000),
            r"$t \ge 0.75$, $N < 80$",
            lambda p: p.ratio >= 0.75 and p.width < 80,
        ),
        (
            "wide",
            Params(figure="angle", width=100, ratio=1.0, networks=5000),
            r"$N \ge 80$",
            lambda p: p.width >= 80,
        ),
    )
    medians = tuple(
        Claim(
            key=f"angle_{name}",
            section="3.3.3",
            statement=(
                r"Unshaped ReLU: the median of $X = 3\pi/(N\theta)$ is that of $dX = (1 + 2X + "
                rf"\frac3{{2NX}})\,dt - \sqrt2\,X\,dW$ ({said}), not of $\theta \approx "
                r"3\pi/\ell$."
            ),
            route=LAYERS,
            params=params,
            check=checks.where(holds, checks.angle_median),
            faults=(faults.SHALLOW,),
            batches=100,
            errata=(16,) if name == "deep" else (),
        )
        for name, params, said, holds in kinds
    )
    mean = Claim(
        key="inverse_angle_mean",
        section="3.3.3",
        statement=r"The limit of $X$ has mean $(e^{2t} - 1)/2$, not $t$.",
        route="forward equation of log X, against the closed form",
        params=Params(figure="angle"),
        check=checks.inverse_angle_mean,
        faults=(faults.DRIFT,),
    )
    return (*medians, mean)


CLAIMS = (*_correlations(), *_variances(), *_explosions(), *_alignments(), *_angles())
