import pytest

from floyd.errands.welcome import take_name
from floyd.store.models import Contact, Fact, User
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_planning import callee, plan
from tests.errands.test_understanding import says, wish

REQUEST = "Call the garage at 519-555-0188"


@pytest.fixture
def newcomers_desk(scripted_desk: Desk) -> Desk:
    """The desk of a user of whom nothing is known but number and name."""
    Fact.delete().execute()
    Contact.delete().execute()
    return scripted_desk


def test_a_new_users_first_text_is_welcomed_and_carried_out(
    newcomers_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [
        says(wish("new_errand", REQUEST)),
        plan(callee=callee(phone="519-555-0188")),
    ]
    newcomers_desk.text(REQUEST)

    welcome, calling = newcomers_desk.replies
    assert welcome.startswith("Hi Anna, I'm Floyd, an AI assistant")
    assert 1 <= welcome.count("?") <= 3
    assert "name?" not in welcome
    assert len(welcome) <= 320
    assert calling == "Calling the garage now."


def test_a_user_is_welcomed_once_in_the_text_that_answers_anyway(
    newcomers_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [says(wish("small_talk", "hi", reply="Hello!"))] * 2
    newcomers_desk.text("hi")
    newcomers_desk.text("hi")

    first, second = newcomers_desk.replies
    assert first.startswith("Hi Anna, I'm Floyd")
    assert first.endswith(" Hello!")
    assert second == "Hello!"


def test_whom_somebody_introduced_is_not_welcomed(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [says(wish("small_talk", "hi", reply="Hello!"))]
    scripted_desk.text("hi")

    assert scripted_desk.replies == ["Hello!"]


def test_a_nameless_user_is_asked_and_called_by_the_name_they_give(
    newcomers_desk: Desk, thinker: ScriptedThinker
) -> None:
    User.update(name=newcomers_desk.user.phone).execute()
    thinker.answers = [
        says(wish("small_talk", "hi", reply="Hello!")),
        says(wish("remember", "I'm Anna Berg and I live in Guelph")),
    ]
    newcomers_desk.text("hi")
    newcomers_desk.text("I'm Anna Berg and I live in Guelph")

    assert "What is your name?" in newcomers_desk.replies[0]
    assert User.get().name == "Anna Berg"


def test_a_known_name_stays(newcomers_desk: Desk) -> None:
    take_name(newcomers_desk.user, "I'm Hungry")
    assert User.get().name == "Anna Berg"
