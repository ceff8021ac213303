"""Nodal sets of random ReLU networks in numbers, section 4.2: what is measured, and exact laws."""
