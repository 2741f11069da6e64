"""Plotting: in, a summary; out, a PNG or SVG of small multiples: the limits of age, then a panel for each analyte and unit.

Lower limits and upper limits stand side by side, one trial a count. The same summary gives the same file, byte for byte.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eligibility.errors import InputError
from eligibility.extras import require
from eligibility.summary.distributions import Distribution, Limits, Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SUFFIXES = (".png", ".svg")
_COLUMNS = 3
_PANEL = (4.0, 2.8)  # inches
_SIDES = {"lower": ("at least", "#2b6ca3"), "upper": ("at most", "#d1701c")}
_FEW = 12  # different limits: with more, they are binned
_BINS = 24
_HEADROOM = 1.3  # for the legend, as a share of the tallest bar
_STYLE: Any = {
    "svg.hashsalt": "eligibility", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 10,
    "axes.titlelocation": "left", "axes.edgecolor": "#888888", "xtick.color": "#444444", "ytick.color": "#444444",
}  # fmt: skip


class _Panel(NamedTuple):
    title: str
    unit: str
    distributions: tuple[Distribution, ...]


def plot(summary: Summary, path: str | Path) -> None:
    """Write the plot, as its name ends: .png or .svg. InputError for another ending, EligibilityError where matplotlib is not installed."""
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{path}: a plot is a {' or '.join(_SUFFIXES)} file: choose such a name")
    matplotlib = require("matplotlib", "plots are made with it")
    from matplotlib.figure import Figure

    panels = _panels(summary)
    columns = min(_COLUMNS, len(panels))
    rows = math.ceil(len(panels) / columns)
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(columns * _PANEL[0], rows * _PANEL[1] + 0.5), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).flatten()
        for place, panel in zip(axes, panels, strict=False):
            _draw(place, panel)
        for place in axes[len(panels) :]:
            place.set_axis_off()
        figure.suptitle(f"Limits of eligibility in {summary.trials:,} trials", x=0.01, ha="left", fontsize=12)
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
        try:
            figure.savefig(path, dpi=150, metadata=metadata)
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror or error}): choose another file") from error


def _panels(summary: Summary) -> list[_Panel]:
    """Age, then each analyte with a panel a unit; one that nobody limits has a panel that says so."""
    found = [_Panel("Age", "years", summary.age.distributions)]
    for limits in summary.analytes:
        units = list(dict.fromkeys(one.unit for one in limits.distributions))
        found += [_Panel(_title(limits), unit or "", tuple(d for d in limits.distributions if d.unit == unit)) for unit in units]
        found += [_Panel(_title(limits), "", ())] if not units else []
    return found


def _title(limits: Limits) -> str:
    return limits.name[:1].upper() + limits.name[1:]


def _draw(axes: Axes, panel: _Panel) -> None:
    axes.set_title(panel.title, fontweight="bold")
    axes.set_xlabel(panel.unit)
    if not panel.distributions:
        axes.text(0.5, 0.5, "no limits", transform=axes.transAxes, ha="center", color="#888888")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        return
    axes.set_ylabel("trials")
    axes.locator_params(axis="y", integer=True)
    different = sorted({value for one in panel.distributions for value, _ in one.counts})
    if len(different) <= _FEW:
        _bars(axes, panel.distributions, different)
    else:
        _bins(axes, panel.distributions, different)
    axes.legend(frameon=False, fontsize=8, loc="upper right", handlelength=1, borderaxespad=0)
    axes.set_ylim(top=axes.get_ylim()[1] * _HEADROOM)


def _label(one: Distribution) -> str:
    return f"{_SIDES[one.side][0]}: {one.trials:,} trials, median {one.median:g}"


def _bars(axes: Axes, distributions: Sequence[Distribution], different: list[float]) -> None:
    """A bar for each limit that there is."""
    width = 0.8 / len(distributions)
    for place, one in enumerate(distributions):
        counts = dict(one.counts)
        left = [n + (place - (len(distributions) - 1) / 2) * width for n in range(len(different))]
        axes.bar(left, [counts.get(value, 0) for value in different], width, color=_SIDES[one.side][1], label=_label(one))
    axes.set_xticks(range(len(different)), [f"{value:g}" for value in different], rotation=45 if len(different) > 8 else 0)


def _bins(axes: Axes, distributions: Sequence[Distribution], different: list[float]) -> None:
    """Bins of a round width; what lies far above the others is counted in the last one, which then says so."""
    values = sorted(value for one in distributions for value, count in one.counts for _ in range(count))
    low, high = values[0], values[min(len(values) - 1, math.ceil(0.98 * len(values)))]
    step = _round_step((high - low) / _BINS or 1)
    start = math.floor(low / step) * step
    edges = [start + n * step for n in range(math.floor((high - start) / step) + 2)]
    last = edges[-1]
    many: list[Any] = [[min(value, last - step / 2) for value, count in one.counts for _ in range(count)] for one in distributions]
    axes.hist(many, bins=edges, color=[_SIDES[one.side][1] for one in distributions], label=[_label(one) for one in distributions])
    if different[-1] >= last:
        beyond = sum(value >= last for value in values)
        place = (last, 0.0)
        axes.annotate(f"{beyond:,} of\n{last:g} or more", place, xytext=(0, 24), textcoords="offset points", ha="center", fontsize=7)


def _round_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))
