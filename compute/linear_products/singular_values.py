"""Singular values of long products of matrices, as logarithms: for the spectra of section 3.2."""

from collections.abc import Iterable

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.compiled import compiled

Array = NDArray[np.float64]

_JACOBI_TOLERANCE = 4e-15
_JACOBI_SWEEPS = 40
# Below this share of its factor a pivot or an output is a zero spoiled by rounding, as sign
# matrices produce; a continuous law comes so close once in 1e14 draws.
SINGULAR = 1e-14


def log_singular_values_of(matrices: Iterable[Array]) -> Array:
    """Log singular values, decreasing, of the product A_F … A_1 of (N, N) matrices A_1, A_2, …

    The product is kept as Q D T: Q orthogonal, D a diagonal held as logarithms, T well
    conditioned, by a QR factorisation with columns sorted beforehand after each factor
    (Loh et al. 1989; Tomás et al. 2012). One-sided Jacobi rotations of the rows of D T,
    again with their sizes as logarithms, then give every singular value to about 1e-11 in
    its logarithm whatever the spread (Demmel and Veselić 1992), where an SVD of the
    multiplied-out product keeps only the largest e^36 of it. Entries may be of any size
    whose squares float64 can hold. −inf for each dimension lost to a singular factor.
    """
    q, log_d, t = np.empty((0, 0)), np.empty(0), np.empty((0, 0))
    for index, matrix in enumerate(matrices):
        if index == 0:
            width = len(matrix)
            q, log_d, t = np.eye(width), np.zeros(width), np.eye(width)
        q, log_d, t = _absorb(matrix @ q, log_d, t, SINGULAR * float(np.linalg.norm(matrix)))
    answer = np.full(t.shape[1], -np.inf)
    if len(log_d):
        # One factorisation of the transpose brings D T close to diagonal: few sweeps follow.
        _, log_d, t = _absorb(t.T, log_d, np.eye(len(log_d)), 0.0)
        sizes = np.linalg.norm(t, axis=1)
        rows = np.ascontiguousarray(t / sizes[:, None])
        answer[: len(log_d)] = _log_row_jacobi(rows, log_d + np.log(sizes))
    return np.sort(answer)[::-1]


def _absorb(b: Array, log_d: Array, t: Array, floor: float) -> tuple[Array, Array, Array]:
    """(Q, log D', T') with Q D' T' = B D T, the columns of B D taken in decreasing order.

    Columns of B that depend on earlier ones up to `floor` are left out of Q: the rank drops.
    """
    with np.errstate(divide="ignore"):
        sizes = np.log(np.linalg.norm(b, axis=0)) + log_d
    order = np.argsort(-sizes, kind="stable")
    b, log_d, t = b[:, order], log_d[order], t[order]
    kept = np.arange(len(log_d))
    q, r = _qr(b)
    # Only the first weak pivot is certain: the axis it leaves free misleads those after it.
    while (weak := np.flatnonzero(np.abs(np.diag(r)) <= floor)).size:
        kept = np.delete(kept, weak[0])
        q, r = _qr(b[:, kept])
    if len(kept) < len(log_d):
        # A column has no part along the axes of later ones; what is there is rounding.
        r = np.where(kept[:, None] <= np.arange(len(log_d)), q.T @ b, 0.0)
    pivots = np.abs(r[np.arange(len(kept)), kept])
    new_log_d = np.log(pivots) + log_d[kept]
    # Above the diagonal the exponent is at most the log condition number of B; below it r is
    # 0 and the bound only keeps 0 × ∞ out.
    scale = np.exp(np.minimum(log_d - new_log_d[:, None], 600.0))
    return q, new_log_d, (r * scale) @ t


def _qr(b: Array) -> tuple[Array, Array]:
    """Reduced QR by LAPACK directly: at 64 × 64 the checks of scipy.linalg.qr cost as much."""
    columns = b.shape[1]
    if columns == 0:
        return b, np.empty((0, 0))
    factors, tau, _, _ = scipy.linalg.lapack.dgeqrf(b)
    r = np.triu(factors[:columns])
    q, _, _ = scipy.linalg.lapack.dorgqr(factors, tau)
    return q, r


def _row_jacobi(rows: Array, log_size: Array) -> Array:
    """Log singular values of the matrix with rows e^{log_size_i} rows_i, |rows_i| = 1.

    One-sided Jacobi: rotate pairs of rows until all are orthogonal. Only the ratio of two
    sizes enters a rotation, so the sizes themselves never leave the logarithm. Overwrites
    its arguments.
    """
    count = len(rows)
    for _ in range(_JACOBI_SWEEPS):
        largest = 0.0
        for i in range(count):
            for j in range(i + 1, count):
                a, b = (i, j) if log_size[i] >= log_size[j] else (j, i)
                cosine = np.dot(rows[a], rows[b])
                if abs(cosine) <= _JACOBI_TOLERANCE:
                    continue
                largest = max(largest, abs(cosine))
                ratio = np.exp(log_size[b] - log_size[a])
                gap = (1 - ratio) * (1 + ratio)
                # tan(angle)/ratio and its product with ratio²; neither can overflow.
                to_small = 2 * cosine / (gap + np.sqrt(gap * gap + 4 * (ratio * cosine) ** 2))
                to_large = to_small * ratio * ratio
                log_cos = -0.5 * np.log1p((to_small * ratio) ** 2)
                norm_a, norm_b = 0.0, 0.0
                for k in range(rows.shape[1]):
                    x, y = rows[a, k], rows[b, k]
                    rows[a, k], rows[b, k] = x + to_large * y, y - to_small * x
                    norm_a += rows[a, k] ** 2
                    norm_b += rows[b, k] ** 2
                # a loop: the division of a whole row compiles for two seconds
                for k in range(rows.shape[1]):
                    rows[a, k] /= np.sqrt(norm_a)
                    rows[b, k] /= np.sqrt(norm_b)
                log_size[a] += log_cos + 0.5 * np.log(norm_a)
                log_size[b] += log_cos + 0.5 * np.log(norm_b)
        if largest == 0.0:
            break
    return log_size


_log_row_jacobi = compiled(_row_jacobi)
