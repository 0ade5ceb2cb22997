"""Pictures of a bill: the month by environment and by meter.

matplotlib is imported here only, and this module only where a picture is asked for: the packs and
the plain report do without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from policies.estimate.report import usd

if TYPE_CHECKING:
    from pathlib import Path

    from policies.estimate.amounts import Span
    from policies.estimate.bill import Bill

# Okabe and Ito's palette, which is told apart with any colour vision.
# https://jfly.uni-koeln.de/color/
_COLOURS: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#999999",
)
_SHOWN: Final = len(_COLOURS) - 1
_WIDTH: Final = 9.0
_BAR: Final = 0.42


def save(bill: Bill, folder: Path) -> list[Path]:
    """Draw both pictures as PNG files.

    Args:
        bill: Of one stack or several.
        folder: Where they go; made when it is not there.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "cost-by-environment.png": _by_environment(bill),
        "cost-by-meter.png": _by_meter(bill),
    }
    for name, figure in pictures.items():
        figure.savefig(folder / name, dpi=150)  # pyright: ignore[reportUnknownMemberType] - matplotlib's own stubs
    return [folder / name for name in pictures]


def _by_environment(bill: Bill) -> Figure:
    """One bar an environment, in the colours of the dearest meters."""
    environments = bill.by("environment")
    meters = list(bill.by("meter"))
    named = meters[:_SHOWN]
    figure, axes = _canvas(len(environments) + 1.2)
    left = dict.fromkeys(environments, 0.0)
    series = [*named, *(["everything else"] if len(meters) > _SHOWN else [])]
    for colour, meter in zip(_COLOURS, series, strict=False):
        widths = [
            sum(
                line.charge.month.expected
                for line in bill.lines
                if line.environment == environment
                and (line.meter == meter or (meter not in named and line.meter not in named))
            )
            for environment in environments
        ]
        axes.barh(
            list(environments),
            widths,
            left=list(left.values()),
            color=colour,
            label=meter,
            height=0.6,
        )
        for environment, width in zip(environments, widths, strict=True):
            left[environment] += width
    ends = [(usd(span.expected), span.expected) for span in environments.values()]
    _finish(axes, ends, "Expected month by environment, USD")
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.45, -0.16), ncols=4, frameon=False, fontsize=8
    )
    return figure


def _by_meter(bill: Bill) -> Figure:
    """One bar a meter, with the range that it may move in."""
    meters = bill.by("meter")
    figure, axes = _canvas(len(meters))
    spans = list(meters.values())
    axes.barh(
        list(meters),
        [span.expected for span in spans],
        color=_COLOURS[0],
        height=0.6,
        xerr=[
            [span.expected - span.low for span in spans],
            [span.high - span.expected for span in spans],
        ],
        error_kw={"ecolor": "#555555", "elinewidth": 1, "capsize": 3},
    )
    _finish(axes, [(_range(span), span.high) for span in spans], "Expected month by meter, USD")
    return figure


def _canvas(bars: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(_WIDTH, 1.4 + _BAR * bars), layout="constrained")
    return figure, figure.subplots()


def _range(span: Span) -> str:
    expected, low, high = usd(span.expected), usd(span.low), usd(span.high)
    return expected if low == high else f"{expected} ({low} to {high})"


def _finish(axes: Any, ends: list[tuple[str, float]], title: str) -> None:
    """Axes as plain as they may be; each bar's number stands at its end."""
    axes.invert_yaxis()  # the dearest on top
    axes.set_title(title, loc="left", fontsize=11)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlim(0, (max((end for _, end in ends), default=0) or 1) * 1.25)
    for place, (label, end) in enumerate(ends):
        axes.annotate(
            label, (end, place), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9
        )
