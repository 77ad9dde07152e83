"""Incidents and guarded incidents over time, as numbers and as the geometry of a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_postmortem.judging.report import Report
from pytest_postmortem.model.history import History
from pytest_postmortem.model.state import PostmortemState

__all__ = ["Chart", "Month", "Picture", "Tick", "make_chart"]

_TOP, _BOTTOM = 20, 40
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
_APART = 20  # so that two numbers at the end of the lines can be read


@dataclass(frozen=True, slots=True)
class Month:
    """The numbers at the end of a month (`YYYY-MM`) in which one of them grew."""

    name: str
    incidents: int
    guarded: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid at `place`."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The chart drawn in a box of `width` by `height`; the lines lie between `left`, `right` and `base`.

    `incidents` and `guarded` are lines (SVG path data), the areas reach down to the base line. `ends` are the heights
    at which the last number of each is written.
    """

    name: str
    width: int
    height: int
    left: int
    right: int
    base: int
    incidents: str
    guarded: str
    incidents_area: str
    guarded_area: str
    ends: tuple[float, float]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The numbers, the pictures of them for a wide and for a narrow screen, and what they do not show.

    `undated` counts post-mortems that have no date. `by_history` is true where the guarded ones are counted by the day
    of their first guard, false where by the day of the incident.
    """

    months: tuple[Month, ...]
    pictures: tuple[Picture, ...]
    undated: int
    by_history: bool

    @property
    def last(self) -> Month:
        """The numbers of today."""
        return self.months[-1]


def make_chart(report: Report, history: History | None) -> Chart | None:
    """Return the chart of the post-mortems that have a date, or None if none has.

    A guard that was there before its incident counts from the incident on.
    """
    happened = {one.postmortem.id: one.postmortem.date for one in report.postmortems if one.postmortem.date}
    if not happened:
        return None
    months, numbers = _count_by_month(list(happened.values()), _list_guarded_days(report, history, happened))
    last = max(max(months), _count_months(report.today))
    wide = _Box("wide", 880, 300, left=52, right=820, ticks=9)
    narrow = _Box("narrow", 360, 240, left=40, right=312, ticks=4)
    return Chart(
        months=tuple(numbers),
        pictures=tuple(_draw(box, months, numbers, last) for box in (wide, narrow)),
        undated=len(report.postmortems) - len(happened),
        by_history=history is not None,
    )


def _list_guarded_days(report: Report, history: History | None, happened: Mapping[str, date]) -> list[date]:
    """Return the days from which guarded post-mortems count: those of their first guards, without a history those of
    the incidents."""
    if history is None:
        states = {one.postmortem.id: one.state for one in report.postmortems}
        return [day for name, day in happened.items() if states[name] is PostmortemState.GUARDED]
    firsts = {guard.postmortem: guard.first_guard for guard in history.guards if guard.first_guard}
    return [max(day, firsts[name]) for name, day in happened.items() if name in firsts]


@dataclass(frozen=True, slots=True)
class _Box:
    name: str
    width: int
    height: int
    left: int
    right: int
    ticks: int

    @property
    def base(self) -> int:
        return self.height - _BOTTOM


@dataclass(frozen=True, slots=True)
class _Scale:
    box: _Box
    first: int
    months: int
    most: int

    def x(self, month: int) -> float:
        """Return where a month begins."""
        return round(self.box.left + (month - self.first) / self.months * (self.box.right - self.box.left), 1)

    def y(self, number: int) -> float:
        return round(self.box.base - number / self.most * (self.box.base - _TOP), 1)

    def line(self, months: Sequence[int], numbers: Sequence[int]) -> str:
        """Return a line that climbs during the months in which the number grew and stays level between them."""
        parts = [f"M{self.box.left} {self.y(0)}"]
        before = 0
        for month, number in zip(months, numbers, strict=True):
            if number > before:
                parts.append(f"H{self.x(month)}L{self.x(month + 1)} {self.y(number)}")
                before = number
        return "".join((*parts, f"H{self.box.right}"))


def _draw(box: _Box, months: Sequence[int], numbers: Sequence[Month], last: int) -> Picture:
    scale = _Scale(box, months[0], last - months[0] + 1, numbers[-1].incidents)
    incidents = scale.line(months, [one.incidents for one in numbers])
    guarded = scale.line(months, [one.guarded for one in numbers])
    return Picture(
        name=box.name,
        width=box.width,
        height=box.height,
        left=box.left,
        right=box.right,
        base=box.base,
        incidents=incidents,
        guarded=guarded,
        incidents_area=f"{incidents}V{box.base}H{box.left}Z",
        guarded_area=f"{guarded}V{box.base}H{box.left}Z",
        ends=_place_ends(scale.y(scale.most), scale.y(numbers[-1].guarded), box.base),
        across=_build_month_ticks(scale, last),
        up=_build_number_ticks(scale),
    )


def _count_months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _count_by_month(happened: Sequence[date], guarded: Sequence[date]) -> tuple[list[int], list[Month]]:
    new: Mapping[int, int] = Counter(map(_count_months, happened))
    newly: Mapping[int, int] = Counter(map(_count_months, guarded))
    months = sorted({*new, *newly})
    numbers: list[Month] = []
    incidents = guards = 0
    for month in months:
        incidents, guards = incidents + new[month], guards + newly[month]
        numbers.append(Month(_format_month(month), incidents, guards))
    return months, numbers


def _format_month(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _build_month_ticks(scale: _Scale, last: int) -> tuple[Tick, ...]:
    step = next((step for step in _STEPS if scale.months / step <= scale.box.ticks), _STEPS[-1])
    return tuple(
        Tick(scale.x(month), f"{month // 12:04}" if step >= 12 else _format_month(month))
        for month in range(-(-scale.first // step) * step, last + 1, step)
    )


def _build_number_ticks(scale: _Scale) -> tuple[Tick, ...]:
    size = 10 ** (len(str(scale.most)) - 1)
    steps = (size // 5, size // 2, size, size * 2)
    step = next(step for step in steps if step and scale.most / step <= 5)
    return tuple(Tick(scale.y(number), str(number)) for number in range(0, scale.most + 1, step))


def _place_ends(incidents: float, guarded: float, base: int) -> tuple[float, float]:
    if guarded - incidents >= _APART:
        return incidents, guarded
    middle = min((incidents + guarded) / 2, base - _APART / 2)
    return middle - _APART / 2, middle + _APART / 2
