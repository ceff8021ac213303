"""Products of real random weight matrices: section 3.2, measured.

What this module returns comes from multiplying matrices, entry by entry drawn, so it can be
held against the exact laws of `log_norm` (equation (3.2.3)) and the infinite-width
limits of `free_products` without circularity. Entries have mean 0 and variance 1 under any
of the laws ENTRY_LAWS: (3.2.1) and (3.2.3) are for Gaussian entries only, the
free-probability limit is for all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from compute.arguments import as_positive_int, as_widths, check_generator
from compute.linear_products.singular_values import SINGULAR, log_singular_values_of

Array = NDArray[np.float64]

ENTRY_LAWS: Final = ("gaussian", "sign", "uniform", "student")
INPUT_DIRECTIONS: Final = ("generic", "coordinate")
LARGEST_SPECTRUM_WIDTH: Final = 256

_STUDENT_DEGREES = 5
# Numbers drawn at once: 2 MB, so that a block is multiplied while it is in the cache.
_BLOCK = 1 << 18


def draw_entries(law: str, shape: int | tuple[int, ...], rng: np.random.Generator) -> Array:
    """Independent entries of mean 0 and variance 1, of the given shape.

    law: "gaussian"; "sign", ±1 with equal chance; "uniform" on [−√3, √3]; "student", the t
    law with 5 degrees of freedom, scaled. ValueError for another law. Cost per entry: 9 ns
    Gaussian, 2 sign, 2 uniform, 30 student.
    """
    _check_law(law)
    check_generator(rng)
    if law == "gaussian":
        return np.asarray(rng.standard_normal(shape))
    if law == "sign":
        return np.asarray(2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0)
    if law == "uniform":
        return np.asarray(math.sqrt(12) * (rng.random(shape) - 0.5))
    scale = math.sqrt((_STUDENT_DEGREES - 2) / _STUDENT_DEGREES)
    return np.asarray(scale * rng.standard_t(_STUDENT_DEGREES, shape))


def product_cost(input_dim: int, widths: Sequence[int]) -> int:
    """Number of weights of one network, Σ N_ℓ N_{ℓ−1}: what `sample_product_norms` draws."""
    rows = as_widths(widths).tolist()
    columns = [as_positive_int(input_dim, "input_dim"), *rows[:-1]]
    return sum(n * m for n, m in zip(rows, columns, strict=True))


def sample_product_norms(
    input_dim: int,
    widths: Sequence[int],
    size: int,
    rng: np.random.Generator,
    *,
    law: str = "gaussian",
    weight_variance: float = 1.0,
) -> Array:
    """log‖z^{(L+1)}(e)‖ of independent deep linear networks, shape (size,).

    z^{(ℓ+1)} = W^{(ℓ+1)} z^{(ℓ)}/√N_ℓ as in (3.1.1) with variance C_W = weight_variance and
    σ the identity; widths are N_1, …, N_{L+1}, input_dim is N_0, and the input is the unit
    vector e = (1, …, 1)/√N_0. Every weight is drawn and multiplied; the vector is rescaled
    after each layer, so depth 1000 neither overflows nor underflows. An output that
    vanishes gives −inf: signs cancel with positive probability where a layer has an even
    number of inputs, so at even width every sign network dies as the depth grows.

    Cost: size × `product_cost` entries, see `draw_entries`. Memory: 4 MB, or one matrix.
    """
    rows = as_widths(widths).tolist()
    columns = [as_positive_int(input_dim, "input_dim"), *rows[:-1]]
    size = as_positive_int(size, "size")
    _check_law(law)
    check_generator(rng)
    if not (math.isfinite(weight_variance) and weight_variance > 0):
        raise ValueError(f"weight_variance must be positive and finite, got {weight_variance!r}")
    largest = max(n * m for n, m in zip(rows, columns, strict=True))
    networks = max(1, _BLOCK // largest)
    shapes = list(zip(rows, columns, strict=True))
    blocks = [
        _propagate(shapes, min(networks, size - start), rng, law)
        for start in range(0, size, networks)
    ]
    return np.concatenate(blocks) + 0.5 * len(rows) * math.log(weight_variance)


def log_singular_values(
    width: int, factors: int, rng: np.random.Generator, *, law: str = "gaussian"
) -> Array:
    """Log singular values, decreasing, of a product of random matrices; shape (width,).

    The product has `factors` independent width × width matrices with entries of variance
    1/width; see `singular_values`.

    A singular factor (signs at small width) gives −inf. width ≤ 256, else ValueError.
    Cost at width 64: about 0.15 ms per factor and 3 ms for the rotations.
    """
    width = as_positive_int(width, "width")
    factors = as_positive_int(factors, "factors")
    _check_law(law)
    check_generator(rng)
    if width > LARGEST_SPECTRUM_WIDTH:
        raise ValueError(f"width must be at most {LARGEST_SPECTRUM_WIDTH}, got {width}")
    matrices = (draw_entries(law, (width, width), rng) for _ in range(factors))
    return log_singular_values_of(matrices) - 0.5 * factors * math.log(width)


@dataclass(frozen=True)
class DirectionSample:
    """Norm and direction of Wu for independent W, see `direction_samples`.

    log_norm: log‖Wu‖, (size,).
    first_coordinate: v_1 of the direction v = Wu/‖Wu‖, (size,).
    concentration: Σ_i v_i⁴, (size,), between 1/N_out (v spread evenly) and 1 (one coordinate).
    """

    log_norm: Array
    first_coordinate: Array
    concentration: Array

    def correlation(self) -> tuple[float, float]:
        """(r, standard error): correlation of log‖Wu‖² with Σ_i v_i⁴.

        By (3.2.1) norm and direction are independent for Gaussian W, so r = 0 in
        expectation. The standard error is the delta method's. A constant is independent
        of everything: (0, 0) where either variable does not vary.
        """
        spreads = self.log_norm.std(), self.concentration.std()
        if min(spreads) < 1e-12:
            return 0.0, 0.0
        a = (self.log_norm - self.log_norm.mean()) / spreads[0]
        b = (self.concentration - self.concentration.mean()) / spreads[1]
        r = float(np.mean(a * b))
        influence = a * b - 0.5 * r * (a * a + b * b)
        return r, float(influence.std() / math.sqrt(len(a)))


def direction_samples(
    width_in: int,
    width_out: int,
    size: int,
    rng: np.random.Generator,
    *,
    law: str = "gaussian",
    input_direction: Literal["generic", "coordinate"] = "generic",
) -> DirectionSample:
    """Norm and direction of Wu over `size` matrices W (width_out, width_in), by (3.2.1).

    u is the unit vector (1, 0, …, 0) for "coordinate" and proportional to e^{−j/2} for
    "generic": no signed sum of its coordinates vanishes, and Σ u_j⁴ stays near 0.46 at any
    width_in, so Wu does not become Gaussian by averaging. ValueError for another name.

    Cost: size × width_in × width_out entries. Memory: 4 MB, or one matrix.
    """
    width_in = as_positive_int(width_in, "width_in")
    width_out = as_positive_int(width_out, "width_out")
    size = as_positive_int(size, "size")
    _check_law(law)
    check_generator(rng)
    if input_direction not in INPUT_DIRECTIONS:
        allowed = ", ".join(INPUT_DIRECTIONS)
        raise ValueError(f"input_direction must be one of {allowed}, got {input_direction!r}")
    positions = np.arange(width_in)
    u = np.exp(-0.5 * positions) if input_direction == "generic" else (positions == 0) * 1.0
    u /= np.linalg.norm(u)
    at_once = max(1, _BLOCK // (width_in * width_out))
    counts = [min(at_once, size - start) for start in range(0, size, at_once)]
    # row by row, not matrix by matrix: those may be very narrow
    rows = [draw_entries(law, (n * width_out, width_in), rng) @ u for n in counts]
    images = np.concatenate(rows).reshape(size, width_out)
    norms = np.linalg.norm(images, axis=1)
    v = images / norms[:, None]
    # squares of squares: a power takes ten times as long
    fields = np.log(norms), v[:, 0].copy(), np.sum(np.square(v * v), axis=1)
    for field in fields:
        field.setflags(write=False)
    return DirectionSample(*fields)


def _check_law(law: str) -> None:
    if law not in ENTRY_LAWS:
        raise ValueError(f"law must be one of {', '.join(ENTRY_LAWS)}, got {law!r}")


def _propagate(
    shapes: list[tuple[int, int]], networks: int, rng: np.random.Generator, law: str
) -> Array:
    """Log output norms of one block of networks at C_W = 1; factors of the given shapes."""
    inputs = shapes[0][1]
    z = np.full((networks, inputs), 1 / math.sqrt(inputs))
    log_norm = np.zeros(networks)
    for rows, columns in shapes:
        weights = draw_entries(law, (networks, rows, columns), rng)
        z = np.einsum("nij,nj->ni", weights, z)
        norm = np.linalg.norm(z, axis=1)
        # Signs cancel exactly in the integers, but after rescaling only up to rounding.
        alive = norm > SINGULAR * math.sqrt(columns)
        norm[~alive] = np.inf
        log_norm += np.where(alive, np.log(norm), -np.inf) - 0.5 * math.log(columns)
        z /= norm[:, None]
    return log_norm
