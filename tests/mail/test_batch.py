"""Batches, bounded by number and bytes, whatever is waiting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.batch import batches, windows

SIZES = st.lists(st.integers(0, 300), max_size=60)


@given(SIZES)
def test_every_mail_is_in_one_batch_in_its_order(sizes: list[int]) -> None:
    found = [mail for batch in batches(enumerate(sizes), 5, 100) for mail in batch]
    assert found == list(range(len(sizes)))


@given(SIZES)
def test_no_batch_is_too_long_or_too_big_unless_one_mail_is(sizes: list[int]) -> None:
    for batch in batches(enumerate(sizes), 5, 100):
        assert 1 <= len(batch) <= 5
        assert len(batch) == 1 or sum(sizes[mail] for mail in batch) <= 100


def test_a_folder_of_usual_size_is_searched_at_once() -> None:
    assert list(windows(7, 90_000, 80_000, 100_000)) == ["7:*"]


def test_a_very_big_folder_is_searched_in_pieces_without_a_gap() -> None:
    assert list(windows(1, 250_000, 240_000, 100_000)) == ["1:100000", "100001:200000", "200001:*"]
