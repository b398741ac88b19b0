"""Seeds are dealt out to worlds: each once, none forgotten."""

import pytest

from floyd.demo.worlds import shares


@pytest.mark.parametrize(("seeds", "worlds"), [(20, 4), (20, 3), (1, 4), (5, 5), (7, 2)])
def test_every_seed_is_played_once(seeds: int, worlds: int) -> None:
    dealt = shares(range(100, 100 + seeds), worlds)
    assert [seed for share in dealt for seed in share] == list(range(100, 100 + seeds))
    assert len(dealt) == min(seeds, worlds)


def test_no_world_has_much_more_to_do_than_another() -> None:
    sizes = [len(share) for share in shares(range(20), 3)]
    assert max(sizes) - min(sizes) <= 1
