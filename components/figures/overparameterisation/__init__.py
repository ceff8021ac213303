"""Figures of page 1.3."""
