"""The visual language: three looks with the same roles, contrast, scales ordered in grey."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from components.theme import (
    DEPTH_SCALE,
    FONT,
    LIGHT,
    LOOKS,
    SCALE,
    SIGN_SCALE,
    mantine,
    stylesheet,
    template,
    themes,
)


def test_font_names_have_no_quotes() -> None:
    """Firefox leaves marks of plotly's where quotes stood in a saved picture."""
    assert not set(FONT) & set("\"'")


each_look = pytest.mark.parametrize("look", LOOKS)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, by WCAG 2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours, by WCAG 2."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@each_look
def test_a_look_has_every_role(look: str) -> None:
    assert set(LOOKS[look]) == set(LIGHT)
    assert all(len(c) == 7 and c[0] == "#" for c in LOOKS[look].values())


@each_look
@pytest.mark.parametrize("ground", ["background", "surface"])
def test_text_can_be_read(look: str, ground: str) -> None:
    colours = LOOKS[look]
    for role in ("text", "muted", "accent", "agrees", "refuted", "undecided"):
        assert contrast(colours[role], colours[ground]) >= 4.5, role
    assert contrast(colours["accent_text"], colours["accent"]) >= 4.5


@each_look
def test_lines_can_be_seen(look: str) -> None:
    colours = LOOKS[look]
    for role in ("theory", "measurement", "printed", "bound"):
        assert contrast(colours[role], colours["background"]) >= 3, role
    assert contrast(colours["faint"], colours["background"]) >= 1.5


def test_the_sequential_scale_is_ordered_in_grey() -> None:
    greys = [luminance(str(colour)) for _, colour in DEPTH_SCALE]
    assert greys == sorted(greys, reverse=True)
    assert min(a - b for a, b in zip(greys, greys[1:], strict=False)) > 0.02  # noqa: RUF007


def test_the_sign_scale_is_lightest_at_zero_and_falls_to_both_sides() -> None:
    greys = [luminance(str(colour)) for _, colour in SIGN_SCALE]
    middle = len(greys) // 2
    assert greys[: middle + 1] == sorted(greys[: middle + 1])
    assert greys[middle:] == sorted(greys[middle:], reverse=True)


@pytest.mark.parametrize("scale", [DEPTH_SCALE, SIGN_SCALE])
def test_scales_run_from_zero_to_one(scale: list[list[float | str]]) -> None:
    stops = [stop for stop, _ in scale]
    assert (stops[0], stops[-1]) == (0, 1)
    assert stops == sorted(stops)  # type: ignore[type-var]


@each_look
def test_plotly_accepts_the_template(look: str) -> None:
    made = go.layout.Template(template(look))
    assert made.layout.font.color == LOOKS[look]["text"]
    assert made.layout.font.size >= (24 if look == "projector" else 16)


def test_the_browser_and_the_stylesheet_know_every_colour() -> None:
    sent = json.loads(json.dumps(themes()))
    sheet = stylesheet()
    for look, colours in LOOKS.items():
        assert sent[look]["colours"] == colours
        block = sheet.split(f'data-look="{look}"]{{')[1].split("}")[0]
        for role, colour in colours.items():
            assert f"--{role.replace('_', '-')}:{colour};" in block
        assert f"--scale:{SCALE[look]};" in block


def test_mantine_has_ten_shades_of_the_accent() -> None:
    made = mantine()
    assert len(made["colors"][made["primaryColor"]]) == 10
