"""The exact nodal partition of a window under a ReLU network with two inputs: section 4.1."""

from compute.partition.engine import PartitionError
from compute.partition.inputs import MAX_CELLS, MAX_NEURONS, cell_estimate
from compute.partition.partition import AffineMaps, NodalPartition, nodal_partition

__all__ = [
    "MAX_CELLS",
    "MAX_NEURONS",
    "AffineMaps",
    "NodalPartition",
    "PartitionError",
    "cell_estimate",
    "nodal_partition",
]
