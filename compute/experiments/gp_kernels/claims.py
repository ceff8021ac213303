"""Claims of §3.3.3: what depth does to the kernel, printed and corrected."""

from __future__ import annotations

from compute.claims import Claim

CLAIMS: tuple[Claim, ...] = ()
