"""What happens in a run as few marks with short words: repeats of one kind become one shaded span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from itsim.run import RunRecord
from itsim.show.window import Window

MAX_ALONE_LOGGED, MAX_ALONE_PLANNED = 3, 5
"""More entries of one kind than this become one span."""

SAME_SHARE = 0.004
"""Marks closer than this share of the window become one where their words are short."""

MAX_JOINED = 40
MAX_MARKS = 36

TONES = ("event", "log", "silent", "non-critical", "fault", "loss", "critical")
"""Weakest first; of joined marks the strongest is drawn."""


@dataclass(frozen=True)
class Mark:
    """A moment, or a span where *until_h* is given."""

    t_h: float
    words: str
    tone: str
    until_h: float | None = None


def marks_of(run: RunRecord, window: Window, ends: bool = True) -> list[Mark]:
    """The marks that fall into a window, in order of time, few enough to be read; with *ends* also where what
    lasts for a time has ended by itself."""
    found = [*_planned(run), *_logged(run), *_loss(run), *(_ends(run) if ends else ())]
    shown = sorted((m for m in (_clipped(mark, window) for mark in found) if m), key=lambda m: m.t_h)
    return _thinned(_joined(shown, SAME_SHARE * (window.until_h - window.from_h)), window)


def is_excess(run: RunRecord) -> bool:
    """Whether first loss is in truth the first excess: nothing is ever lost, too much is given."""
    loss = run.course.first_loss_h
    if loss is None:
        return False
    times = [loss, min(loss + 1e-3, run.course.end_h)]
    given = run.delivery.therapy.catheter.rate(times)  # type: ignore[arg-type]
    return bool(given[1] > run.delivery.intended.catheter.rate(times)[1])  # type: ignore[arg-type]


def _planned(run: RunRecord) -> list[Mark]:
    entries = [
        Mark(e.at_h, run.label(e), "fault" if e.kind.group == "faults" else "event") for e in run.happened
    ]
    counts = Counter(mark.words for mark in entries)
    alone = [mark for mark in entries if counts[mark.words] <= MAX_ALONE_PLANNED]
    for words, n in counts.items():
        if n > MAX_ALONE_PLANNED:
            same = [mark for mark in entries if mark.words == words]
            alone.append(_span(same, f"{n} × {words}"))
    return alone


def _ends(run: RunRecord) -> list[Mark]:
    """Of what was planned once, and where nothing that is planned ends it, such as a new pump."""
    counts = Counter(entry.kind.name for entry in run.happened)
    planned_h = {entry.at_h for entry in run.happened}
    alone = (entry for entry in run.happened if counts[entry.kind.name] <= MAX_ALONE_PLANNED)
    found = ((run.delivery.ends_h.get(entry.place), entry) for entry in alone)
    return [
        Mark(end_h, f"end of {entry.kind.label(entry.parameters)}", "event")
        for end_h, entry in found
        if end_h is not None and entry.at_h < end_h < run.course.end_h and end_h not in planned_h
    ]


def _logged(run: RunRecord) -> list[Mark]:
    families: dict[str, list[Mark]] = {}
    for entry in run.delivery.log:
        family = entry.kind.removesuffix("_alarm").removesuffix("_recovery")
        families.setdefault(family, []).append(Mark(entry.t_h, _short(entry.kind), entry.tone))
    alone = []
    for family, same in families.items():
        if len(same) <= MAX_ALONE_LOGGED:
            alone += same
        else:
            n = sum(map(_sounds, same))
            alone.append(
                _span(same, f"{n} {_short(family)} alarms" if n else f"{len(same)} × {_short(family)}")
            )
    return alone


def _short(kind: str) -> str:
    return kind.removeprefix("motor_").replace("_reservoir_alarm", " reservoir alarm").replace("_", " ")


def _loss(run: RunRecord) -> list[Mark]:
    loss = run.course.first_loss_h
    return [] if loss is None else [Mark(loss, "first excess" if is_excess(run) else "first loss", "loss")]


def _span(same: Sequence[Mark], words: str) -> Mark:
    return Mark(same[0].t_h, words, _strongest(mark.tone for mark in same), same[-1].t_h)


def _strongest(tones: Iterable[str]) -> str:
    return max(tones, key=TONES.index)


def _clipped(mark: Mark, window: Window) -> Mark | None:
    if mark.until_h is None:
        return mark if window.holds(mark.t_h) else None
    if mark.until_h < window.from_h or mark.t_h > window.until_h:
        return None
    return replace(mark, t_h=max(mark.t_h, window.from_h), until_h=min(mark.until_h, window.until_h))


def _joined(marks: Sequence[Mark], near_h: float) -> list[Mark]:
    """Neighbours become one mark where their words fit on one line; a span stays alone."""
    result: list[Mark] = []
    for mark in marks:
        last = result[-1] if result else None
        words = f"{last.words} · {mark.words}" if last else mark.words
        fits = last is not None and last.until_h is None and mark.until_h is None and len(words) <= MAX_JOINED
        if last is not None and fits and mark.t_h - last.t_h <= near_h and _family(last) == _family(mark):
            result[-1] = replace(last, words=words, tone=_strongest((last.tone, mark.tone)))
        else:
            result.append(mark)
    return result


def _family(mark: Mark) -> int:
    """Planned acts, hidden troubles and alarms are not joined with one another."""
    return 2 if _sounds(mark) else int(mark.tone in ("fault", "loss", "silent"))


def _sounds(mark: Mark) -> bool:
    return mark.tone in ("critical", "non-critical")


def _thinned(marks: Sequence[Mark], window: Window) -> list[Mark]:
    """Of too many marks the weakest crowds become spans that say how many there are."""
    if len(marks) <= MAX_MARKS:
        return list(marks)
    weak = [mark for mark in marks if mark.tone in ("event", "log") and mark.until_h is None]
    strong = [mark for mark in marks if mark not in weak][:MAX_MARKS]
    parts = max(1, (MAX_MARKS - len(strong)) // 3)
    width = (window.until_h - window.from_h) / parts
    groups: dict[int, list[Mark]] = {}
    for mark in weak:
        groups.setdefault(int((mark.t_h - window.from_h) / width), []).append(mark)
    crowds = [g[0] if len(g) == 1 else _span(g, f"{len(g)} events") for g in groups.values()]
    return sorted([*strong, *crowds], key=lambda mark: mark.t_h)
