"""Claims that no fault of their subject refutes, as "page.key". The list may only shrink.

A blind claim needs a sharper measurement, a larger sample or a rival. `make power` fails where a
claim is blind that does not stand here, and where one stands here that is not.
"""

BLIND: frozenset[str] = frozenset()
