"""The tornado: bars, intervals and half-sample marks are those of the indices, the largest on top."""

from __future__ import annotations

import numpy as np
import pytest

from itsim.show.tornado import plot_tornado
from itsim.study.sensitivity import indices
from show.studies import everything


def both(name):
    study, rows = everything()[name]
    found = indices(study, rows)
    return found, plot_tornado(study, found)


def artists(figure, gid):
    return figure.findobj(lambda artist: artist.get_gid() == gid)


@pytest.mark.parametrize("name", ["tornado of changes", "tornado of shares"])
def test_bars_are_the_indices_from_the_largest_down(name):
    found, figure = both(name)
    bars = sorted(artists(figure, "bar"), key=lambda bar: -bar.get_y())
    np.testing.assert_allclose([bar.get_width() for bar in bars], np.sort(found.values[0])[::-1])
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[-1].startswith(found.factors[found.order[0]].split("_")[0])
    (lines,) = artists(figure, "interval")
    ends = np.array([segment[:, 0] for segment in lines.get_segments()])
    order = list(found.order[::-1])
    np.testing.assert_allclose(ends, np.column_stack([found.low[0][order], found.high[0][order]]))
    (half,) = artists(figure, "half")
    np.testing.assert_allclose(half.get_xdata(), found.half[0][order])


def test_units_rule_and_convergence_are_told(texts):
    found, figure = both("tornado of changes")
    assert figure.axes[0].get_xlabel() == "change for a step over half of the distribution (h)"
    told = " ".join(text.get_text() for text in texts(figure, "subtitle"))
    assert found.asked.rule in told
    assert ("NOT settled" in told) == (not found.settled)
    assert "8 trajectories" in told
    _, shares = both("tornado of shares")
    assert shares.axes[0].get_xlabel() == "share of the variance"
