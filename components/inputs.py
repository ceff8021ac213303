"""Mantine's inputs as a page's controls: they tell the gate themselves what is done to them.

`assets/edition/page/dash.js` draws them. What a hand does to them the renderer never hears of,
which would look at every component of the page first.
"""

from __future__ import annotations

import dash_mantine_components as dmc


class SegmentedControl(dmc.SegmentedControl):
    """Tabs."""

    _namespace = "edition"


class Select(dmc.Select):
    """A list of names."""

    _namespace = "edition"


class Slider(dmc.Slider):
    """A slider."""

    _namespace = "edition"


class Switch(dmc.Switch):
    """A switch, whose label may be a component."""

    _namespace = "edition"
    _children_props = ("label",)


class TextInput(dmc.TextInput):
    """A box for a number or for points, as text."""

    _namespace = "edition"
