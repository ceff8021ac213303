"""The pages that are built, by key, for the sheets that show all of them: map and teacher's page.

Pages never import each other. Dash knows every page module; its `PAGE` is what it registered.
"""

from __future__ import annotations

import sys

import dash

from components.page import AnyPage, Page


def built_pages() -> dict[str, AnyPage]:
    """Every registered page of an experiment, by the experiment's key."""
    modules = (sys.modules.get(name) for name in dash.page_registry)
    pages = (getattr(module, "PAGE", None) for module in modules)
    return {page.key: page for page in pages if isinstance(page, Page)}
