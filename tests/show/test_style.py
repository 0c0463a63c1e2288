from __future__ import annotations

from itertools import combinations

from itsim.show import style


def luminance(color):
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def differ_in_grey(a, b):
    return a.dashes != b.dashes or abs(luminance(a.color) - luminance(b.color)) > 0.15


def test_lines_that_meet_stay_apart_in_grey():
    groups = [
        (style.DELIVERED, style.PROGRAMMED),
        (style.CALCULATED, style.TRUE),
        (style.TIP, style.LUMBAR, style.CISTERNAL, style.TWIN),
        (style.RELIEF, style.HREFLEX, style.TWIN),
        style.RIVALS,
    ]
    for group in groups:
        assert all(differ_in_grey(a, b) for a, b in combinations(group, 2))


def test_rivals_have_their_own_markers():
    assert len(set(style.RIVAL_MARKERS)) == len(style.RIVALS)


def test_a_figure_shows_itself_as_png():
    figure = style.new_figure(2.0, 1.0)
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert figure.get_dpi() == style.DPI
