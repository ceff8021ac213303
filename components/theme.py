"""The visual language: three looks (light, dark, projector), one meaning per colour.

Figures name colours by role ("@theory"); the browser puts in the colour of the look that is on,
so a change of look asks the server nothing. The same roles are CSS variables.
"""

from __future__ import annotations

from typing import Any

# without quotes: browsers differ in how they write those into a saved picture
FONT = "STIX Two Text, STIX Two Math, DejaVu Serif, serif"

# Okabe–Ito hues, moved in lightness until lines reach 3:1 and text 4.5:1 on the background.
LIGHT = {
    "background": "#ffffff",
    "surface": "#f6f5f1",
    "border": "#d8d5cc",
    "text": "#1c1b19",
    "muted": "#5b5852",
    "accent": "#00588f",
    "accent_text": "#ffffff",
    "theory": "#0067a5",
    "measurement": "#c24f00",
    "printed": "#a0388f",
    "bound": "#6a675f",
    "agrees": "#00674c",
    "refuted": "#b3261e",
    "undecided": "#6b5500",
    "grid": "#e9e6de",
    "faint": "#9dbfd8",
}
DARK = {
    "background": "#16181c",
    "surface": "#1f2228",
    "border": "#3a3e47",
    "text": "#ecebe7",
    "muted": "#b3b1aa",
    "accent": "#7cc4f5",
    "accent_text": "#10202c",
    "theory": "#63b8f0",
    "measurement": "#ff9a52",
    "printed": "#eb9bdc",
    "bound": "#a9a69e",
    "agrees": "#5fd3ab",
    "refuted": "#ff9089",
    "undecided": "#e3c54f",
    "grid": "#2b2f37",
    "faint": "#4f7d9e",
}
PROJECTOR = LIGHT | {
    "surface": "#ffffff",
    "border": "#8b8880",
    "text": "#000000",
    "muted": "#33312d",
    "grid": "#d9d6ce",
    "theory": "#004f80",
    "measurement": "#a83f00",
    "printed": "#861f76",
    "bound": "#45433e",
    "faint": "#7fa8c4",
}
LOOKS = {"light": LIGHT, "dark": DARK, "projector": PROJECTOR}

# Sequential scales ordered in grey: one for depth, one for width; a diverging one for sign.
DEPTH_SCALE = [
    [0.0, "#fde725"],
    [0.25, "#5ec962"],
    [0.5, "#21918c"],
    [0.75, "#3b528b"],
    [1.0, "#440154"],
]
SIGN_SCALE = [
    [0.0, "#7f3b08"],
    [0.25, "#e08214"],
    [0.5, "#f7f7f7"],
    [0.75, "#8073ac"],
    [1.0, "#2d004b"],
]

SCALE = {"light": 1.0, "dark": 1.0, "projector": 1.6}


def template(look: str) -> dict[str, Any]:
    """The Plotly template of a look."""
    c = LOOKS[look]
    size = 16 * SCALE[look]
    axis = {
        "gridcolor": c["grid"],
        "zerolinecolor": c["border"],
        "linecolor": c["border"],
        "showline": True,
        "ticks": "outside",
        "tickcolor": c["border"],
        "ticklen": 5,
        "tickfont": {"size": size - 2},
        "title": {"font": {"size": size}, "standoff": 10},
        "nticks": 7,
        "automargin": True,
        # never turned, for which every label would be measured; the browser thins those that meet
        "tickangle": 0,
        # otherwise the place of every label is measured at every drawing, a fifth of its time
        "ticklabeloverflow": "allow",
        "minor": {"ticks": ""},
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": size, "color": c["text"]},
            "paper_bgcolor": c["background"],
            "plot_bgcolor": c["background"],
            "colorway": [c["theory"], c["measurement"], c["printed"], c["bound"]],
            "title": {
                "font": {"size": size + 2},
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": 1,
                "yanchor": "top",
                "pad": {"t": 8},
            },
            "margin": {"l": 70, "r": 24, "t": 34 * SCALE[look] + 14, "b": 56},
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": c["surface"],
                "bordercolor": c["border"],
                "font": {"family": FONT, "size": size, "color": c["text"]},
            },
            "legend": {
                "bgcolor": "rgba(0,0,0,0)",
                "font": {"size": size - 1},
                "x": 1,
                "xanchor": "right",
                "y": 1,
                "yanchor": "top",
            },
            "annotationdefaults": {"font": {"size": size - 1}, "showarrow": False},
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)",
                "color": c["muted"],
                "activecolor": c["accent"],
            },
            "coloraxis": {"colorbar": {"outlinewidth": 0, "thickness": 14}},
            "hovermode": "closest",
        },
        "data": {
            "heatmap": [{"colorbar": {"outlinewidth": 0, "thickness": 14}}],
        },
    }


def themes() -> dict[str, Any]:
    """What the browser needs to change the look by itself."""
    return {
        look: {"template": template(look), "colours": LOOKS[look], "scale": SCALE[look]}
        for look in LOOKS
    }


def stylesheet() -> str:
    """The looks as CSS variables: `html[data-look=dark] { --text: … }`."""
    blocks = []
    for look, colours in LOOKS.items():
        lines = [f"--{name.replace('_', '-')}:{value};" for name, value in colours.items()]
        lines.append(f"--scale:{SCALE[look]};")
        blocks.append(f'html[data-look="{look}"]{{{"".join(lines)}}}')
    return "".join(blocks)


def mantine() -> dict[str, Any]:
    """The Mantine theme: the same font, quiet corners, one accent."""
    blue = ["#e8f3fb", "#cfe4f3", "#9fc9e7", "#6caedb", "#4497d1", "#2b88cb", "#1a7fc8"]
    return {
        "fontFamily": FONT,
        "headings": {"fontFamily": FONT, "fontWeight": "600"},
        "colors": {"edition": [*blue, "#0067a5", "#00588f", "#004a7c"]},
        "primaryColor": "edition",
        "primaryShade": {"light": 8, "dark": 4},
        "defaultRadius": "sm",
    }
