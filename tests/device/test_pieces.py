"""The arithmetic of pieces against numpy and a numerical integrator."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad

from itsim.arrays import Array
from itsim.device import pieces
from itsim.device.pieces import ADD, C0, CE, FIT_TOLERANCE, LAM, LOGISTIC, MULTIPLY, START, TAPER, WIDTH

numbers = st.floats(-3.0, 3.0, width=32).map(lambda x: 0.0 if abs(x) < 1e-3 else x)
spans = st.floats(0.125, 50.0, width=32)


@st.composite
def rows(draw: st.DrawFn) -> Array:
    """A piece whose terms are of one size over some ten hours."""
    row = np.zeros(WIDTH)
    row[C0:CE] = [draw(numbers) / 10.0**power for power in range(4)]
    if draw(st.booleans()):
        row[CE], row[LAM] = draw(numbers), draw(st.floats(0.0078125, 2.0, width=32))
    return row


@st.composite
def tables(draw: st.DrawFn, smooth: bool = False) -> tuple[Array, int]:
    """A table over 0 to 60 h."""
    edges = sorted({0.0, *draw(st.lists(st.floats(1.0, 59.0, width=32), max_size=4))})
    table = np.zeros((40, WIDTH))
    for i, edge in enumerate(edges):
        table[i] = draw(rows())
        if smooth:
            table[i, 3:5] = 0.0
        table[i, START] = edge
    pieces.close(table, len(edges), 60.0)
    return table, len(edges)


def value(row: Array, s: float | Array) -> float | Array:
    c = row[C0:CE]
    return c[0] + c[1] * s + c[2] * s**2 + c[3] * s**3 + row[CE] * np.exp(-row[LAM] * s)


def at(table: Array, n: int, t: float) -> float:
    i = np.searchsorted(table[:n, START], t, side="right") - 1
    return float(value(table[i], t - table[i, START]))


def midpoints(*tables_: tuple[Array, int]) -> Array:
    edges = np.unique(np.concatenate([table[: n + 1, START] for table, n in tables_]))
    return np.concatenate([edges[:-1] + share * np.diff(edges) for share in (0.01, 0.37, 0.5, 0.93)])


@given(rows(), spans)
def test_evaluate(row: Array, s: float) -> None:
    assert pieces.evaluate(row, s) == pytest.approx(value(row, s), rel=1e-12, abs=1e-12)


@given(rows(), spans)
def test_integrate_against_quad(row: Array, s: float) -> None:
    exact, error = quad(lambda x: value(row, x), 0.0, s, epsabs=1e-11, epsrel=1e-11, limit=200)
    size = quad(lambda x: abs(value(row, x)), 0.0, s, limit=200)[0]
    assert pieces.integrate(row, s) == pytest.approx(exact, abs=1e-11 * size + 10 * error + 1e-12)


def test_integrate_a_decay_that_does_not_decay() -> None:
    row = np.zeros(WIDTH)
    row[CE] = 2.0
    assert pieces.integrate(row, 3.0) == 6.0


@given(rows(), st.floats(0.0, 10.0), st.floats(0.0, 10.0))
def test_shift(row: Array, s: float, more: float) -> None:
    moved = np.zeros(WIDTH)
    pieces.shift(row, s, moved)
    assert pieces.evaluate(moved, more) == pytest.approx(value(row, s + more), rel=1e-11, abs=1e-11)


@given(rows(), st.floats(0.0, 10.0))
def test_shift_in_place_is_the_same(row: Array, s: float) -> None:
    moved = np.zeros(WIDTH)
    pieces.shift(row, s, moved)
    pieces.shift(row, s, row)
    np.testing.assert_array_equal(moved[C0:], row[C0:])


@given(rows(), spans, st.floats(0.0, 1.0))
def test_time_of_integral(row: Array, span: float, share: float) -> None:
    grid = np.linspace(0.0, span, 2001)
    row[C0] += max(0.0, -float(np.min(value(row, grid)))) * 1.01 + 1e-3
    whole = pieces.integrate(row, span)
    s = pieces.time_of_integral(row, span, share * whole)
    assert 0.0 <= s <= span
    assert pieces.integrate(row, s) == pytest.approx(share * whole, rel=1e-11, abs=1e-13 * whole)


@pytest.mark.parametrize("share", [0.0, 1e-9, 0.5, 1.0])
def test_time_of_integral_where_the_rate_begins_or_ends_at_zero(share: float) -> None:
    up, down = np.zeros(WIDTH), np.zeros(WIDTH)
    up[2], down[C0], down[2] = 0.5, 5.0, -0.5
    for row in (up, down):
        s = pieces.time_of_integral(row, 10.0, share * 25.0)
        assert pieces.integrate(row, s) == pytest.approx(share * 25.0, rel=1e-9, abs=1e-12)


@given(tables(), tables())
def test_sum(a: tuple[Array, int], b: tuple[Array, int]) -> None:
    out = np.zeros((5000, WIDTH))
    k = pieces.combine(ADD, *a, *b, out)
    size = max(np.max(np.abs([at(*x, t) for t in np.linspace(0, 59.99, 500)])) for x in (a, b))
    assert not pieces.is_full(out)
    assert out[k, START] == 60.0
    for t in midpoints(a, b):
        assert at(out, k, t) == pytest.approx(at(*a, t) + at(*b, t), abs=4.0 * FIT_TOLERANCE * size)


@given(tables(), tables())
def test_product(a: tuple[Array, int], b: tuple[Array, int]) -> None:
    out = np.zeros((9000, WIDTH))
    k = pieces.combine(MULTIPLY, *a, *b, out)
    assume(not pieces.is_full(out))
    largest = max(abs(at(*a, t) * at(*b, t)) for t in np.linspace(0.0, 59.999, 3000))
    for t in midpoints(a, b):
        assert at(out, k, t) == pytest.approx(at(*a, t) * at(*b, t), abs=4.0 * FIT_TOLERANCE * largest)


@given(rows(), st.lists(numbers, min_size=2, max_size=2))
def test_product_is_exact_where_the_class_is_closed(row: Array, line: list[float]) -> None:
    a, b, out = (np.zeros((9, WIDTH)) for _ in range(3))
    a[0, C0:CE], b[0, C0 : C0 + 2] = row[C0:CE], line
    a[0, 4] = 0.0
    pieces.close(a, 1, 10.0)
    pieces.close(b, 1, 10.0)
    assert pieces.combine(MULTIPLY, a, 1, b, 1, out) == 1
    expected = np.polynomial.polynomial.polymul(a[0, C0:4], b[0, C0:3])
    padded = np.pad(expected, (0, 4 - len(expected)))  # leading zeros are trimmed away
    np.testing.assert_allclose(out[0, C0:CE], padded, rtol=1e-15, atol=0)


@given(tables(), tables())
def test_overlay(base: tuple[Array, int], top: tuple[Array, int]) -> None:
    out, cut = np.zeros((40, WIDTH)), np.zeros((40, WIDTH))
    m = pieces.copy_span(*top, 10.0, 20.0, cut, 0)
    pieces.close(cut, m, 20.0)
    k = pieces.overlay(*base, cut, m, out)
    for t in [t for t in midpoints(base, (cut, m)) if abs(t - 10) > 1e-9 and abs(t - 20) > 1e-9]:
        expected = at(*top, t) if 10.0 < t < 20.0 else at(*base, t)
        assert at(out, k, t) == pytest.approx(expected, rel=1e-10, abs=1e-10)
    assert out[k, START] == 60.0


@given(tables(), st.floats(-5.0, 70.0))
def test_piece_at(table: tuple[Array, int], t: float) -> None:
    rows_, n = table
    expected = np.clip(np.searchsorted(rows_[:n, START], t, side="right") - 1, 0, n - 1)
    assert pieces.piece_at(rows_, n, t) == expected


def test_a_constant_that_continues_adds_no_piece() -> None:
    table = np.zeros((9, WIDTH))
    n = pieces.put_constant(table, 0, 0.0, 2.0)
    n = pieces.put_constant(table, n, 1.0, 2.0)
    assert n == 1
    assert pieces.put_constant(table, n, 2.0, 3.0) == 2


@given(tables())
def test_neutral_edges_change_nothing(table: tuple[Array, int]) -> None:
    ones, out = np.zeros((40, WIDTH)), np.zeros((80, WIDTH))
    ones[:30, START], ones[:30, C0] = np.linspace(0.0, 58.0, 30), 1.0
    pieces.close(ones, 30, 60.0)
    k = pieces.combine(MULTIPLY, *table, ones, 30, out)
    for t in midpoints(table, (ones, 30)):
        assert at(out, k, t) == pytest.approx(at(*table, t), rel=1e-10, abs=1e-10)
    assert pieces.total(out, k) == pytest.approx(pieces.total(*table), rel=1e-11, abs=1e-10)


def test_a_table_that_is_too_small_says_so() -> None:
    table = np.zeros((4, WIDTH))
    row = np.zeros(WIDTH)
    row[2] = 1.0
    n = pieces.put_constant(table, 0, 0.0, 1.0)
    n = pieces.put(table, n, 1.0, row, 0.0, 1.0)
    assert (n, pieces.is_full(table)) == (pieces.capacity(table), False)
    pieces.close(table, n, 2.0)
    assert not pieces.is_full(table)
    assert pieces.put_constant(table, n, 2.0, 5.0) == n
    pieces.close(table, n, 3.0)
    assert pieces.is_full(table)
    pieces.empty(table)
    assert pieces.put(table, n, 2.0, row, 0.0, 1.0) == n
    assert pieces.is_full(table)


@pytest.mark.parametrize("operation", [MULTIPLY, TAPER, LOGISTIC])
def test_fit_keeps_its_tolerance(operation: int) -> None:
    left, right = np.zeros(WIDTH), np.zeros(WIDTH)
    left[:] = [0, 1, 0.02, 0, 0, 2.0, 0.05] if operation != LOGISTIC else 0.0
    right[:] = {MULTIPLY: [0, 0.5, 0, 0, 0, 1.5, 0.3], TAPER: [0, 0.8, 20, 0, 0, 0, 0]}.get(
        operation, [0, 1.0, 0.2, 90.0, 0, 0, 0]
    )
    out = np.zeros((500, WIDTH))
    k = pieces.fit(operation, left, right, 0.0, 90.0, out, 0)
    pieces.close(out, k, 90.0)
    times = np.linspace(0.0, 89.999, 5001)
    true = np.array([pieces.curve(operation, left, right, t) for t in times])
    found = np.array([at(out, k, t) for t in times])
    assert np.max(np.abs(found - true)) < 2.0 * FIT_TOLERANCE * np.max(np.abs(true))
    assert k < 150


def test_logistic_runs_from_before_to_after_and_is_steepest_in_the_middle() -> None:
    row = np.array([0.0, 1.0, 0.2, 90.0, 0.0, 0.0, 0.0])
    seen = [pieces.curve(LOGISTIC, row, row, t) for t in (0.0, 45.0, 90.0)]
    np.testing.assert_allclose(seen, [1.0, 0.6, 0.2], atol=1e-14)


def test_a_piece_without_length_gives_way() -> None:
    table, row = np.zeros((9, WIDTH)), np.zeros(WIDTH)
    row[2] = 1.0
    n = pieces.put_constant(table, 0, 0.0, 5.0)
    n = pieces.put(table, n, 3.0, row, 0.0, 1.0)
    assert pieces.put_constant(table, n, 3.0, 5.0) == 1
    assert pieces.put(table, n, 3.0, row, 1.0, 1.0) == 2
    assert table[1, C0] == 1.0
