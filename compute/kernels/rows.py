"""The inner loops of the kernels (3.3.1): one row of the kernel at a time, through all layers.

A row and its state stay in the first-level cache, and the loop over the partners of an input
runs on vector registers. What the layers share is prepared in `Layers`. Only entries right of
the diagonal are computed here.

`slots[ℓ]` is the place of layer ℓ in the result, or −1; `ntk` has length 0 where unwanted.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.arcs import arcsine, arcsine_ratio, smaller_gap, turn
from compute.activations.layer_maps import layer_slope, next_variance
from compute.compiled import compiled, internal

Array = NDArray[np.float64]
Slots = NDArray[np.int64]


@dataclass(frozen=True)
class Layers:
    """What each input contributes to its row, layer by layer; n inputs, L layers.

    variance (L+1, n): K^(ℓ)(x, x), inf above the float range. slope (L, n): E σ'(√K^(ℓ) Z)².
    share, rest (L, n): √(C_W V/K^(ℓ+1)) and √(C_b/K^(ℓ+1)), sine and cosine of one angle.
    """

    variance: Array
    slope: Array
    share: Array
    rest: Array


def prepare_layers(
    variance0: Array, depth: int, activation: Activation, weight: float, bias: float
) -> Layers:
    """The diagonal through the layers: cost depth · (number of different variances) · 0.1–1 µs."""
    distinct, inverse = np.unique(variance0, return_inverse=True)
    shape = (depth, distinct.size)
    variance = np.empty((depth + 1, distinct.size))
    slope, portion = np.empty(shape), np.empty(shape)
    model = (activation.family, activation.a, activation.b, weight, bias)
    _diagonal(*model, distinct, variance, slope, portion)
    share, rest = np.sqrt(portion), np.sqrt(1.0 - portion)
    if bias > 0:  # 1 − portion cancels where the bias is a small part
        rest = np.minimum(1.0, math.sqrt(bias) / np.sqrt(variance[1:]))
    return Layers(*(table[:, inverse] for table in (variance, slope, share, rest)))


@compiled
def _diagonal(
    family: int,
    a: float,
    b: float,
    weight: float,
    bias: float,
    start: Array,
    variance: Array,
    slope: Array,
    portion: Array,
) -> None:
    for k in range(start.size):
        q = start[k]
        log_q = math.log(q)
        variance[0, k] = q
        for layer in range(slope.shape[0]):
            slope[layer, k] = layer_slope(family, a, b, min(q, 1e60))
            if q == 0.0 and log_q == -math.inf:
                total = weight * (1.0 if family == 5 else 0.0) + bias
                portion[layer, k] = 1.0 if bias == 0.0 else 1.0 - bias / total
                q, log_q = total, math.log(total)
            else:
                log_q, q, part = next_variance(family, a, b, weight, bias, log_q, q)
                portion[layer, k] = part
            variance[layer + 1, k] = q


@compiled
def mirror(kernel: Array) -> None:
    """Copy the upper triangles of kernel (m, n, n) to the lower ones, in blocks of 16."""
    n = kernel.shape[1]
    for slot in range(kernel.shape[0]):
        for top in range(0, n, 16):
            for left in range(top, n, 16):
                for i in range(top, min(top + 16, n)):
                    for j in range(max(left, i + 1), min(left + 16, n)):
                        kernel[slot, j, i] = kernel[slot, i, j]


@internal
def take_end(row: Array, part: Array) -> None:
    """The last entries of a row (n,), as many as `part` (m,), m ≤ n, takes."""
    # a loop, as in `put_end`: a slice assignment compiles for two seconds
    skip = row.size - part.size
    for j in range(part.size):
        part[j] = row[skip + j]


@internal
def put_end(part: Array, row: Array) -> None:
    """`part` (m,) as the last entries of a row (n,), m ≤ n."""
    skip = row.size - part.size
    for j in range(part.size):
        row[skip + j] = part[j]


@compiled
def _bent_step(near: Array, sign: Array, gates: Array, bend: float, flat: float) -> None:
    """One layer without its bias, in place: near = min(1 − ρ, 1 + ρ), sign = sign of ρ.

    gates ← E σ'σ' over E σ'², which is 1 − bend θ/π.
    """
    kink = bend / math.pi
    for j in range(near.size):
        x = near[j]
        t = 0.5 * x
        angle = 2.0 * kink * (math.sqrt(t) * arcsine_ratio(t))
        gates[j] = 1.0 - angle if sign[j] > 0.0 else flat + angle
        turned = kink * turn(t)
        # 1 − ρ after the layer; 1 + ρ written separately where ρ < 0
        out = (x if sign[j] > 0.0 else (1.0 + flat) - flat * x) - turned
        back = 2.0 - out if sign[j] > 0.0 else bend + flat * x + turned
        sign[j] = 1.0 if out <= back else -1.0
        near[j] = min(out, back)


@compiled
def _add_bias(
    near: Array, sign: Array, share: Array, rest: Array, own_share: float, own_rest: float
) -> None:
    """The bias of the same layer: s = share and β = rest with s² + β² = 1.

    1 ∓ ρ' = ½(β_i ∓ β_j)² + ½(s_i − s_j)² + s_i s_j (1 ∓ ρ): nothing cancels.
    """
    for j in range(near.size):
        out = near[j] if sign[j] > 0.0 else 2.0 - near[j]
        back = 2.0 - near[j] if sign[j] > 0.0 else near[j]
        product = own_share * share[j]
        unequal = own_share - share[j]
        unlike, alike = own_rest - rest[j], own_rest + rest[j]
        out = 0.5 * (unequal * unequal + unlike * unlike) + product * out
        back = 0.5 * (unequal * unequal + alike * alike) + product * back
        sign[j] = 1.0 if out <= back else -1.0
        near[j] = min(out, back)


@compiled
def _covariances(near: Array, sign: Array, own: float, roots: Array, values: Array) -> None:
    """√(q_i q_j) ρ with 0 · inf = 0: uncorrelated pairs and zero inputs stay what they are."""
    for j in range(near.size):
        correlation = sign[j] * (1.0 - near[j])
        product = correlation * (own * roots[j])
        absent = correlation == 0.0 or own == 0.0 or roots[j] == 0.0
        values[j] = 0.0 if absent else product


@compiled
def _add_tangent(values: Array, gates: Array, scale: float, tangent: Array) -> None:
    """tangent ← values + scale · gates · tangent, with 0 · inf = 0."""
    for j in range(values.size):
        gate = scale * gates[j]
        product = gate * tangent[j]
        product = 0.0 if gate == 0.0 or tangent[j] == 0.0 else product
        total = values[j] + product
        tangent[j] = product if math.isnan(total) else total


@compiled
def piecewise_rows(
    a: float,
    b: float,
    weight: float,
    k0: Array,
    variance: Array,
    share: Array,
    rest: Array,
    slots: Slots,
    nngp: Array,
    ntk: Array,
) -> None:
    """Piecewise linear activations.

    The smaller of 1 − ρ and 1 + ρ is the state, so that neither nearly equal nor nearly opposite
    inputs lose digits. Cost 4 ns per pair and layer, 5 with the tangent kernel.
    """
    n = k0.shape[0]
    size = a * a + b * b
    bend, flat = (a - b) * (a - b) / size, 2.0 * a * b / size
    biased = bool(np.any(rest > 0.0))
    wants_nngp, wants_ntk = nngp.size > 0, ntk.size > 0
    near, sign, tangent = np.empty(n), np.empty(n), np.empty(n)
    values, gates, partners, angles = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    roots = np.sqrt(variance)
    for i in range(n - 1):
        x, s, v = near[i + 1 :], sign[i + 1 :], values[i + 1 :]
        g, row = gates[i + 1 :], tangent[i + 1 :]
        # buffers, since slices of a table's row are strided to the compiler: no vectors
        p, r = partners[i + 1 :], angles[i + 1 :]
        for j in range(x.size):
            x[j] = smaller_gap(variance[0, i], variance[0, i + 1 + j], k0[i, i + 1 + j])
            s[j] = 1.0 if k0[i, i + 1 + j] >= 0.0 else -1.0
        take_end(roots[0], p)
        _covariances(x, s, roots[0, i], p, row)
        for layer in range(slots.size):
            if layer > 0:
                _bent_step(x, s, g, bend, flat)
                if biased:
                    take_end(share[layer - 1], p)
                    take_end(rest[layer - 1], r)
                    _add_bias(x, s, p, r, share[layer - 1, i], rest[layer - 1, i])
            slot = slots[layer]
            if wants_ntk or slot >= 0:
                take_end(roots[layer], p)
                _covariances(x, s, roots[layer, i], p, v)
            if wants_ntk and layer > 0:
                _add_tangent(v, g, 0.5 * weight * size, row)
            if slot >= 0 and wants_nngp:
                put_end(v, nngp[slot, i])
            if slot >= 0 and wants_ntk:
                put_end(row, ntk[slot, i])


@compiled
def _erf_step(
    state: Array, gates: Array, own: float, factors: Array, scale: float, bias: float
) -> None:
    """state ← C_b + C_W V, gates ← C_W E σ'σ'; 2 ns."""
    for j in range(state.size):
        factor = own * factors[j]
        # rounding may carry the sine of nearly equal inputs past 1
        sine = factor * state[j]
        sine = sine if abs(sine) < 1.0 else math.copysign(1.0, sine)
        state[j] = scale * arcsine(sine) + bias
        gates[j] = scale * factor / math.sqrt(1.0 - sine * sine)


@compiled
def erf_rows(
    k0: Array, weight: float, bias: float, variance: Array, slots: Slots, nngp: Array, ntk: Array
) -> None:
    """erf: V = (2/π) arcsin z, z = 2 q_12/√((1+2q_1)(1+2q_2)); V' = (4/π)/√((…)(…) − 4 q_12²)."""
    n = k0.shape[0]
    wants_nngp, wants_ntk = nngp.size > 0, ntk.size > 0
    factors = np.sqrt(2.0 / (1.0 + 2.0 * variance))
    scale = weight * 2.0 / math.pi
    for i in range(n - 1):
        state = k0[i, i + 1 :].copy()
        tangent, gates, partners = state.copy(), np.empty_like(state), np.empty_like(state)
        for layer in range(slots.size):
            if layer > 0:
                take_end(factors[layer - 1], partners)
                _erf_step(state, gates, factors[layer - 1, i], partners, scale, bias)
                if wants_ntk:
                    _add_tangent(state, gates, 1.0, tangent)
            slot = slots[layer]
            if slot >= 0 and wants_nngp:
                put_end(state, nngp[slot, i])
            if slot >= 0 and wants_ntk:
                put_end(tangent, ntk[slot, i])
