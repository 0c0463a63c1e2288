from __future__ import annotations

from itsim.show import page, style
from itsim.show.window import Window


def test_axes_are_stacked_on_one_time():
    figure = style.new_figure(page.WIDTH_IN, page.HEIGHT_IN)
    axes = page.stack(figure, Window(0.0, 240.0, 480.0), 1.0, 1.0, (1.0, 2.0))
    top, below = (ax.get_position() for ax in axes)
    assert top.y0 > below.y1
    assert below.height > 1.9 * top.height
    assert axes[0].get_xlim() == axes[1].get_xlim() == (0.0, 10.0)
    assert "10 days after" in axes[1].get_xlabel()


def test_long_titles_take_a_second_line():
    figure = style.new_figure(page.WIDTH_IN, page.HEIGHT_IN)
    assert page.write_header(figure, "short", "") < page.write_header(figure, "long words " * 12, "")


def test_bold_words_are_wider():
    figure = style.new_figure(2.0, 2.0)
    assert (
        0.0 < page.text_width_in(figure, "stall", 9.0) < page.text_width_in(figure, "stall", 9.0, bold=True)
    )


def test_a_panel_knows_its_height_in_points():
    figure = style.new_figure(4.0, 2.0)
    assert abs(page.height_pt(figure.add_axes((0.1, 0.1, 0.8, 0.5))) - 72.0) < 1e-9
