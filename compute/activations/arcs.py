"""Angles between inputs, from gaps instead of cosines (for section 3.3.3).

arccos loses half of the digits near a correlation of 1, where deep kernels live. Everything
here starts from t = sin²(θ/2) = (1 − ρ)/2 and stays relatively accurate as t → 0. Plain
polynomials, so that a loop over pairs of inputs runs on vector registers; even and odd powers
apart, so that the processor works on both at once. Their coefficients are Chebyshev interpolants
computed with 60 digits; the relative error is a few 1e-16.
"""

import math

from compute.compiled import inlined


@inlined
def smaller_gap(q1: float, q2: float, q12: float) -> float:
    """min(1 − ρ, 1 + ρ), relatively accurate where small; 0 where a variance is 0.

    1 − ρ² = (1 − k/Q) + (k/Q)(1 − k/q), k = |q12|, q ≤ Q the variances: free of scale.
    """
    size = abs(q12)
    small, large = min(q1, q2), max(q1, q2)
    squared = (large - size) / large + size / large * ((small - size) / small)
    gap = squared / (1.0 + size / (math.sqrt(small) * math.sqrt(large)))
    return min(max(gap, 0.0), 1.0) if small > 0.0 else 0.0


@inlined
def arcsine_ratio(t: float) -> float:
    """arcsin(√t)/√t for 0 ≤ t ≤ ½; the angle of a gap e is θ = 2 √t arcsine_ratio(t), t = e/2."""
    square = t * t
    even = 0.8892904367638688
    even = even * square + 5.7579408313146985
    even = even * square + 4.6420689099888435
    even = even * square + 1.0082016650534187
    even = even * square + 0.07871611357002127
    even = even * square + 0.013191002571753903
    even = even * square + 0.017364281439103527
    even = even * square + 0.030381963396751827
    even = even * square + 0.07500000000401816
    even = even * square + 1.0
    odd = -3.278933156739812
    odd = odd * square - 6.229299875397985
    odd = odd * square - 2.4908808126226116
    odd = odd * square - 0.2968705430689824
    odd = odd * square - 0.002601537848299688
    odd = odd * square + 0.01380344589589198
    odd = odd * square + 0.022371584779320355
    odd = odd * square + 0.044642856762615
    odd = odd * square + 0.16666666666664987
    return even + t * odd


@inlined
def turn(t: float) -> float:
    """sin θ − θ cos θ at sin²(θ/2) = t, for 0 ≤ t ≤ ½: what a kink removes from the gap.

    It is (8/3) t^{3/2} (1 + t/10 + …), so the difference itself would cancel.
    """
    square = t * t
    even = 0.13562081833841125
    even = even * square + 0.8630607609425247
    even = even * square + 0.6907166883722825
    even = even * square + 0.15013277875291267
    even = even * square + 0.013290595138962497
    even = even * square + 0.005105142618584343
    even = even * square + 0.009256499967550243
    even = even * square + 0.022095962378004076
    even = even * square + 0.08571428571487523
    even = even * square + 2.6666666666666665
    odd = -0.49408507840869326
    odd = odd * square - 0.9288105281041379
    odd = odd * square - 0.36861586305266997
    odd = odd * square - 0.04258875759914789
    odd = odd * square + 0.0018974993755190102
    odd = odd * square + 0.006547959577044505
    odd = odd * square + 0.013767398176619932
    odd = odd * square + 0.03968253962674129
    odd = odd * square + 0.2666666666666642
    return t * math.sqrt(t) * (even + t * odd)


@inlined
def arcsine(z: float) -> float:
    """arcsin z for |z| ≤ 1, absolute error 3e-16, without a branch."""
    size = abs(z)
    folded = size > 0.5
    t = 0.5 * (1.0 - size) if folded else size * size
    root = math.sqrt(t) if folded else size
    y = 0.028169218060881414
    y = y * t - 0.010749050339697808
    y = y * t + 0.01603551434914882
    y = y * t + 0.0078029494773533175
    y = y * t + 0.011875494382636922
    y = y * t + 0.013929652902326633
    y = y * t + 0.017355259955786323
    y = y * t + 0.02237204763174451
    y = y * t + 0.03038194736709848
    y = y * t + 0.044642857103423646
    y = y * t + 0.07500000000020764
    y = y * t + 0.1666666666666665
    angle = root + root * t * y
    angle = 0.5 * math.pi - 2.0 * angle if folded else angle
    return math.copysign(angle, z)


@inlined
def arc_difference(sine: float, cosine: float, gap: float) -> float:
    """arcsin A − arcsin(A(1 − gap)) for A = sine, √(1 − A²) = cosine, 0 ≤ gap ≤ 2.

    Relative error a few 1e-16 for every gap, also where both angles nearly agree: the sine of
    the difference is A² gap (2 − gap)/(A cos B + B cos A), a quotient of positive numbers.
    """
    spread = sine * sine * gap * (2.0 - gap)
    other = sine * (1.0 - gap)
    other_cosine = math.sqrt(cosine * cosine + spread)
    near = spread / (sine * other_cosine + abs(other) * cosine)
    far = sine * other_cosine - other * cosine
    y = near if gap <= 1.0 else far
    x = cosine * other_cosine + sine * other
    t = 0.5 * y * y / (1.0 + abs(x))
    angle = 2.0 * math.sqrt(t) * arcsine_ratio(min(t, 0.5))
    return angle if x >= 0.0 else math.pi - angle
