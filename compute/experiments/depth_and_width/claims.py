"""Claims about depth and width together. How each is judged: `checks`.

A statement is made of several kinds of networks, which divide the settings among themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.claims import Checker, Claim, Fault, where
from compute.experiments.depth_and_width import checks, faults
from compute.experiments.depth_and_width.setting import Params, kink_of, shape_of

LAYERS = "real networks, layer by layer: z of the next given the last, 2N normal numbers a layer"
ERRATA = {"explosion_middle": (20,), "angle_deep": (16,)}

# The end of the key, what the statement says of the kind, a setting, and which settings are such.
Kind = tuple[str, str, Params, Callable[[Params], bool]]
# The key, the statement with the kind at its %s, and the check.
Said = tuple[str, str, Checker]


def _each(
    kinds: Sequence[Kind], section: str, wrongs: Sequence[Fault], *statements: Said
) -> tuple[Claim, ...]:
    """Every statement of every kind."""
    return tuple(
        Claim(
            key=key + name,
            section=section,
            statement=said % words,
            route=LAYERS,
            params=params,
            check=where(holds, check),
            faults=tuple(wrongs),
            batches=100,
            errata=ERRATA.get(key + name, ()),
        )
        for name, words, params, holds in kinds
        for key, said, check in statements
    )


def _is(shape: str) -> Callable[[Params], bool]:
    return lambda params: shape_of(params) == shape


def _curved(low: float, high: float) -> Callable[[Params], bool]:
    return lambda params: low < params.strength * params.variance <= high


def _wide(low: int, high: int) -> Callable[[Params], bool]:
    return lambda params: low <= params.width <= high


SHAPED: tuple[Kind, ...] = (
    (
        "",
        "shaped ReLU, inputs on one side",
        Params(networks=5000),
        lambda p: shape_of(p) == "shaped" and p.correlation >= 0 and kink_of(p) < 3,
    ),
    (
        "_opposed",
        "shaped ReLU, opposed inputs",
        Params(correlation=-0.5, slope_pos=1.0, networks=5000),
        lambda p: shape_of(p) == "shaped" and p.correlation < 0,
    ),
    (
        "_strong",
        r"shaped ReLU with a strong kink, $\kappa \ge 3$",
        Params(slope_pos=2.0, slope_neg=-2.0, width=200, networks=2000),
        lambda p: shape_of(p) == "shaped" and p.correlation >= 0 and kink_of(p) >= 3,
    ),
)
SMOOTH: tuple[Kind, ...] = (
    (
        "_linear",
        "linear",
        Params(shape="linear", ratio=2.0, width=50, networks=5000),
        _is("linear"),
    ),
    (
        "_smooth",
        r"odd smooth shaped networks that do not explode, which leave $\rho$ the law of linear "
        "ones",
        Params(shape="smooth", strength=-1.0, ratio=2.0, width=50, networks=5000),
        _is("smooth"),
    ),
)
CORRELATIONS: tuple[Said, ...] = (
    (
        "correlation_mean",
        r"$\mathbb E\rho_t$ at $L = tN$ is that of the diffusion: %s.",
        checks.correlation(spread=False),
    ),
    (
        "correlation_spread",
        r"$\rho$ stays random however wide the network, if $L = tN$: %s. Its variance is that of "
        "the diffusion; width first it is 0.",
        checks.correlation(spread=True),
    ),
)
VARIANCES: tuple[Kind, ...] = tuple(
    (shape, said, Params(figure="variance", shape=shape, networks=2000), _is(shape))
    for shape, said in (
        ("shaped", r"Shaped ReLU: $\mathbb E\log V_t = \log V_0 - t$ at $L = tN$."),
        ("relu", r"Unshaped ReLU: $\mathbb E\log V_t = \log V_0 - \frac52 t$ at $L = tN$."),
        (
            "linear",
            r"Linear networks: $\log V$ falls by $\log\frac N2 - \psi(\frac N2)$ a layer on "
            "average, at every width.",
        ),
    )
)


def _explosions(ratio: float, networks: int, weak: float = 0.5) -> tuple[Kind, ...]:
    """Three strengths, as far as L/N = `ratio`."""
    return tuple(
        (
            name,
            f"$gV_0$ from {low:g} to {high:g}",
            Params(figure="explosion", strength=g, ratio=ratio, networks=networks),
            _curved(low, high),
        )
        for name, g, low, high in (
            ("weak", weak, 0, 0.75),
            ("middle", 1.0, 0.75, 1.5),
            ("strong", 2.0, 1.5, 99),
        )
    )


WIDTHS: tuple[Kind, ...] = tuple(
    (
        name,
        f"$N$ from {low} to {high}",
        Params(figure="alignment", width=width, ratio=ratio, networks=10_000),
        _wide(low, high),
    )
    for name, width, ratio, low, high in (
        ("narrow", 5, 10.0, 1, 7),
        ("middle", 16, 10.0, 8, 31),
        ("wide", 64, 5.0, 32, 512),
    )
)
ANGLES: tuple[Kind, ...] = tuple(
    (name, said, Params(figure="angle", width=width, ratio=ratio, networks=5000), holds)
    for name, said, width, ratio, holds in (
        ("shallow", r"$t < 0.75$, $N < 80$", 50, 0.5, lambda p: p.ratio < 0.75 and p.width < 80),
        ("deep", r"$t \ge 0.75$, $N < 80$", 50, 1.0, lambda p: p.ratio >= 0.75 and p.width < 80),
        ("wide", r"$N \ge 80$", 100, 1.0, lambda p: p.width >= 80),
    )
)
INVERSE_ANGLE_MEAN = Claim(
    key="inverse_angle_mean",
    section="3.3.3",
    statement=r"The limit of $X$ has mean $(e^{2t} - 1)/2$, not $t$.",
    route="forward equation of log X, against the closed form",
    params=Params(figure="angle"),
    check=checks.inverse_angle_mean,
    faults=(faults.DRIFT,),
)

CLAIMS = (
    *_each(
        SHAPED, "3", (faults.KINK, faults.STRAIGHT, faults.SHALLOW, faults.START), *CORRELATIONS
    ),
    *_each(SMOOTH, "3", (faults.SHALLOW, faults.START), *CORRELATIONS),
    *_each(
        VARIANCES,
        "3",
        (faults.SHALLOW, faults.WEIGHTS),
        ("log_variance_", "%s", checks.log_variance_mean),
    ),
    *_each(
        _explosions(10.0, 2000),
        "3.3.3",
        (faults.WEIGHTS,),
        (
            "explosion_",
            r"Width saves: with $L = tN$ the variance of smooth shaped networks with $g > 0$ ever "
            r"explodes with probability $1 - e^{-gV_0}$ only (%s). (3.3.7), width first, makes it "
            "certain.",
            checks.explosion(ever=True),
        ),
    ),
    *_each(
        _explosions(1.0, 10_000, weak=0.7),
        "3.3.3",
        (faults.WEIGHTS,),
        (
            "explosion_time_",
            "The share that has exploded by depth $tN$ is that of the forward equation of "
            r"$-\log V$ with the next order in $1/N$, by which real networks are late (%s).",
            checks.explosion(ever=False),
        ),
    ),
    *_each(
        WIDTHS,
        "3.2",
        (faults.START,),
        (
            "arcsine_",
            r"Linear networks keep $\mathbb E\arcsin\rho$ in every layer, at every width (%s).",
            checks.arcsine,
        ),
        (
            "alignment_",
            r"Deep linear networks align: $\rho \to +1$ with probability $1 - "
            r"\frac1\pi\arccos\rho_0$, else $-1$ (%s).",
            checks.alignment,
        ),
    ),
    *_each(
        ANGLES,
        "3.3.3",
        (faults.SHALLOW,),
        (
            "angle_",
            r"Unshaped ReLU: the median of $X = 3\pi/(N\theta)$ is that of $dX = (1 + 2X + "
            r"\frac3{2NX})\,dt - \sqrt2\,X\,dW$ (%s), not of $\theta \approx 3\pi/\ell$.",
            checks.angle_median,
        ),
    ),
    INVERSE_ANGLE_MEAN,
)
