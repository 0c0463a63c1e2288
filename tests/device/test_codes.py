"""The words of effects as numbers."""

from __future__ import annotations

from itsim.device import codes
from itsim.device.codes import Primitive, Rank


def test_the_order_of_things_at_one_instant() -> None:
    assert list(Rank) == [Rank.SWAP, Rank.REFILL, Rank.LINE, Rank.PROGRAMME, Rank.BOLUS, Rank.FAULT]
    assert list(Rank) == sorted(Rank)


def test_codes_of_one_kind_are_told_apart_by_whole_numbers_from_zero() -> None:
    """The stages compare them with numbers in integer columns."""
    for name, words in vars(codes).items():
        if isinstance(words, type) and issubclass(words, codes.IntEnum) and words is not codes.IntEnum:
            assert [int(word) for word in words] == list(range(len(words))), name
    assert len(Primitive) == 20
