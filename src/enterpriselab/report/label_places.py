"""Where the labels of points go: beside their point where there is room, further away with a line to it where not."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LETTER = 8.5
"""Units that a letter of a label takes in the widest font that is asked for."""
LINE, GAP = 17, 11
"""Units from one line to the next, and from the middle of a point to its label."""
FAR = 9
"""A label this much further away than it could be gets a line to its point."""
HIT, CROSSED = 10_000, 22
"""What a label costs that covers another or a point, and one that covers a line, in units of distance."""
Place = tuple[float, float]
Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """They share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def nearest(self, at: Place) -> Place:
        """The place in the box that is nearest to another."""
        return min(max(at[0], self.left), self.right), min(max(at[1], self.top), self.bottom)

    def crossed_by(self, line: Segment) -> bool:
        """A part of the line lies inside. The clipping of Liang and Barsky."""
        x, y, x_end, y_end = line
        first, last = 0.0, 1.0
        for step, low, high in ((x_end - x, self.left - x, self.right - x), (y_end - y, self.top - y, self.bottom - y)):
            if step == 0:
                if low >= 0 or high <= 0:
                    return False
                continue
            ends = sorted((low / step, high / step))
            first, last = max(first, ends[0]), min(last, ends[1])
        return first < last


@dataclass(frozen=True, slots=True)
class Label:
    """Where a label stands: the edge at which its text begins or ends, its baseline, and the line to its point."""

    x: float
    y: float
    anchor: str
    leader: Segment | None


@dataclass(slots=True)
class Board:
    """What is on the canvas so far.

    Args:
        frame: no label leaves it.
        points: middles of all points; none is covered.
        lines: are covered only where there is no better place.
    """

    frame: Box
    points: Sequence[Place]
    lines: list[Segment]
    radius: float = 8.0
    _labels: list[Box] = field(default_factory=list)

    def put(self, text: str, at: Place) -> Label:
        """The place of the label of the point at `at`; it is taken from then on."""
        width = LETTER * len(text)
        best: tuple[float, Box] | None = None
        for distance, box in sorted(self._candidates(width, at), key=lambda one: one[0]):
            if best is not None and distance >= best[0]:
                break
            cost = distance + self._cost(box, at)
            if best is None or cost < best[0]:
                best = cost, box
        box = best[1] if best else Box(self.frame.left, at[1] - LINE, self.frame.left + width, at[1])
        self._labels.append(box)
        leader = _leader(box, at, self.radius)
        if leader:
            self.lines.append(leader)
        right = box.left >= at[0] or box.nearest(at)[0] == box.left
        return Label(
            round(box.left if right else box.right, 1), round(box.top + 13, 1), "start" if right else "end", leader
        )

    def _candidates(self, width: float, at: Place) -> Iterator[tuple[float, Box]]:
        """Boxes inside the frame with their distance, counted from beside the point and a little above it."""
        x, y = at
        rows = range(-int(2 * (y - self.frame.top) / LINE) - 1, int(2 * (self.frame.bottom - y) / LINE) + 1)
        for away in (0, 0.5, 1, 2, 3, 4, 6, 8):
            for left in (x + GAP + away * 30, x - GAP - away * 30 - width):
                for row in rows:
                    top = y - 0.8 * LINE + row * LINE / 2
                    box = Box(left, top, left + width, top + LINE - 2)
                    inside = box.left >= self.frame.left and box.right <= self.frame.right
                    if inside and box.top >= self.frame.top and box.bottom <= self.frame.bottom:
                        yield math.hypot(away * 30, row * LINE / 2) + (2 if left < x else 0), box
        top = min(max(y - LINE - self.radius, self.frame.top), self.frame.bottom - LINE)
        left = min(max(x - width / 2, self.frame.left), self.frame.right - width)
        yield 4 * LINE, Box(left, top, left + width, top + LINE - 2)

    def _cost(self, box: Box, at: Place) -> float:
        covered = sum(HIT for other in self._labels if box.meets(other))
        covered += sum(HIT for x, y in self.points if box.meets(self._around(x, y)))
        covered += sum(CROSSED for line in self.lines if box.crossed_by(line))
        leader = _leader(box, at, self.radius)
        if leader:
            covered += sum(HIT for other in self._labels if other.crossed_by(leader))
            covered += sum(CROSSED for x, y in self.points if (x, y) != at and self._around(x, y).crossed_by(leader))
        return covered

    def _around(self, x: float, y: float) -> Box:
        return Box(x - self.radius, y - self.radius, x + self.radius, y + self.radius)


def _leader(box: Box, at: Place, radius: float) -> Segment | None:
    """From the edge of the point to the label; None where they stand together."""
    x, y = box.nearest(at)
    length = math.hypot(x - at[0], y - at[1])
    if length <= GAP + FAR:
        return None
    share = (radius - 1) / length
    start = at[0] + share * (x - at[0]), at[1] + share * (y - at[1])
    return round(start[0], 1), round(start[1], 1), round(x, 1), round(y, 1)
