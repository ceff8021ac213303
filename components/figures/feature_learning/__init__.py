"""Figures and words of page 1.5, a module a subject."""
