import pytest
from redis import Redis

from floyd.errors import InputRefused
from floyd.store import users
from floyd.store.models import User


def test_a_zone_that_there_is_not_is_refused(store: Redis) -> None:
    with pytest.raises(InputRefused) as refused:
        users.add_user("+15195550123", "Ada", "America/Nowhere", 0.0)
    assert refused.value.user_text == "America/Nowhere is not an IANA time zone."
    assert User.select().count() == 0
