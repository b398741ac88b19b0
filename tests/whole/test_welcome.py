"""The first text of a new user."""

from floyd.store import users
from floyd.store.database import database
from tests.whole.conftest import Town

NEWCOMER = "+15195550190"


def test_a_new_user_is_welcomed_once_with_questions_that_they_may_skip(town: Town) -> None:
    with database.connection_context():
        users.add_user(NEWCOMER, "Ines Moreau", None, town.settings.clock.now())
    town.text("Hi!", from_=NEWCOMER)
    welcome = town.reply("I'm Floyd, an AI assistant", phone=NEWCOMER)
    assert welcome.startswith("Hi Ines")
    assert 1 <= welcome.count("?") <= 3

    town.text("Book me in for an oil change at Brock Road Garage next week", from_=NEWCOMER)
    town.reply("what number", phone=NEWCOMER)
    assert len([body for body in town.replies(NEWCOMER) if "I'm Floyd" in body]) == 1
