"""The mathematics of the lecture notes: NumPy, SciPy and Numba, no web framework."""

__version__ = "0.1.0"
