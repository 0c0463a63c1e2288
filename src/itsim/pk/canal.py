"""The spinal canal: length, cross-section of CSF, segments, and where a vertebral level lies in it.

Between its borders (T12/L1, C7/T1) the cross-section is even, and each region holds its share of the CSF:

    A_r = V_r/L_r ;  V_i = ∫ A dz over segment i ;  G_i = D / ∫ dz/A between the middles of two segments

The integral of 1/A is the harmonic mean of the cross-section: resistances in series add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from itsim.parameters import levels, read

NECK = "C7/T1"
"""Where the thoracic canal ends."""


@dataclass(frozen=True)
class Canal:
    """Numbers of the segmented canal; names as in ``data/bodies/neuraxis.toml``. A body whose data have no
    shares has one even cross-section."""

    spinal_csf_volume_mL: float
    canal_length_cm: float
    n_segments: int
    axial_dispersion_cm2_h: float
    lumbosacral_share: float | None = None
    """Of the spinal CSF, lying flat; None for an even cross-section."""
    cervical_share: float = 0.0
    posture: float = 1.0
    """Factor on the lumbosacral CSF."""

    @property
    def segment_cm(self) -> float:
        """Length of one segment."""
        return self.canal_length_cm / self.n_segments

    @cached_property
    def borders_cm(self) -> tuple[float, ...]:
        """Lower end, upper end of the lumbosacral and of the thoracic canal, upper end."""
        lumbar_cm = read("levels")["lumbar_csf_to"].value * self._stretch
        return 0.0, lumbar_cm, self.height_cm(NECK), self.canal_length_cm

    @cached_property
    def supine_areas_cm2(self) -> tuple[float, ...]:
        """Cross-section of CSF lying flat: lumbosacral, thoracic, cervical. Raises ValueError for shares that
        leave the thoracic canal nothing."""
        if self.lumbosacral_share is None:
            return (self.spinal_csf_volume_mL / self.canal_length_cm,) * 3
        low, high = self.lumbosacral_share, self.cervical_share
        lengths = [above - below for below, above in pairwise(self.borders_cm)]
        volumes = [self.spinal_csf_volume_mL * share for share in (low, 1.0 - low - high, high)]
        if min(volumes) <= 0.0:
            raise ValueError(
                f"lumbosacral_share {low:g} and cervical_share {high:g} leave no CSF for the thoracic canal: "
                "together they must stay below 1"
            )
        return tuple(volume / length for volume, length in zip(volumes, lengths, strict=True))

    @cached_property
    def areas_cm2(self) -> tuple[float, ...]:
        """The same in the patient's posture."""
        lumbar, *above = self.supine_areas_cm2
        return (self.posture * lumbar, *above)

    @property
    def centres_cm(self) -> list[float]:
        """Middle of each segment."""
        return [(i + 0.5) * self.segment_cm for i in range(self.n_segments)]

    @cached_property
    def csf_mL(self) -> list[float]:
        """CSF of each segment."""
        return [self.volume_between(*self._ends(i)) for i in range(self.n_segments)]

    @cached_property
    def supine_csf_mL(self) -> list[float]:
        """CSF of each segment lying flat: what the volume of tissue and the loss go with."""
        return [sum(self._pieces(*self._ends(i), self.supine_areas_cm2)) for i in range(self.n_segments)]

    @cached_property
    def conductances_mL_h(self) -> list[float]:
        """Mixing between each segment and the one above it; of the last, with the cistern at its upper
        end."""
        points = [*self.centres_cm, self.canal_length_cm]
        return [self.axial_dispersion_cm2_h / self._resistance(a, b) for a, b in pairwise(points)]

    def volume_between(self, from_cm: float, until_cm: float) -> float:
        """CSF between two heights."""
        return sum(self._pieces(from_cm, until_cm, self.areas_cm2))

    def height_cm(self, level: str) -> float:
        """Height of a vertebral level above the sacral end. Raises KeyError for an unknown level."""
        known = levels()
        if level not in known:
            raise KeyError(f"{level}: is no vertebral level; known are {', '.join(reversed(known))}")
        return known[level] * self._stretch

    def weights_at(self, z_cm: float) -> dict[int, float]:
        """The share of the one or two nearest segments in a height: between two middles a concentration goes
        in proportion to the resistance passed, which is linear where the cross-section is even.

        The nearest segment alone would move a level by up to half a segment, and with it the ratio by 6 %.
        """
        below = min(max(int(z_cm / self.segment_cm - 0.5), 0), self.n_segments - 2)
        low_cm, high_cm = self.centres_cm[below], self.centres_cm[below + 1]
        inside_cm = min(max(z_cm, low_cm), high_cm)
        share = self._resistance(low_cm, inside_cm) / self._resistance(low_cm, high_cm)
        return {i: weight for i, weight in ((below, 1.0 - share), (below + 1, share)) if weight > 0.0}

    def weights_between(self, from_cm: float, until_cm: float) -> dict[int, float]:
        """The share of each segment in a span, by length. Raises ValueError for a span outside the canal."""
        overlaps = {}
        for i in range(self.n_segments):
            below, above = self._ends(i)
            overlaps[i] = min(above, until_cm) - max(below, from_cm)
        inside = {i: length for i, length in overlaps.items() if length > 1e-9 * self.segment_cm}
        if not inside:
            raise ValueError(f"{from_cm:g} to {until_cm:g} cm: holds nothing of the canal")
        total = sum(inside.values())
        return {i: length / total for i, length in inside.items()}

    def stretched(self, z_cm: float) -> float:
        """A height of ``data/levels.toml`` in this canal."""
        return z_cm * self._stretch

    @cached_property
    def _stretch(self) -> float:
        return self.canal_length_cm / read("levels")["foramen_magnum"].value

    def _resistance(self, from_cm: float, until_cm: float) -> float:
        """∫ dz/A between two heights, per cm."""
        return sum(length / area for length, area in self._overlaps(from_cm, until_cm, self.areas_cm2))

    def _ends(self, i: int) -> tuple[float, float]:
        return i * self.segment_cm, (i + 1) * self.segment_cm

    def _pieces(self, from_cm: float, until_cm: float, areas_cm2: tuple[float, ...]) -> list[float]:
        return [length * area for length, area in self._overlaps(from_cm, until_cm, areas_cm2)]

    def _overlaps(
        self, from_cm: float, until_cm: float, areas_cm2: tuple[float, ...]
    ) -> list[tuple[float, float]]:
        """Length and cross-section of each region's part of a stretch."""
        parts = []
        for (below, above), area in zip(pairwise(self.borders_cm), areas_cm2, strict=True):
            length = min(above, until_cm) - max(below, from_cm)
            if length > 0.0:
                parts.append((length, area))
        return parts
