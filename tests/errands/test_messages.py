"""What a caller left word of who may be a callee, and whom it reaches."""

import pytest

from floyd.jobs.report_call import report_call
from floyd.store.models import Call, Errand, ErrandMove, OutboundText, User
from tests.errands.callers import Said, phoned, returned_call
from tests.errands.desk import Desk, ScriptedThinker

MESSAGE: Said = [
    ("floyd", "Hi, this is Floyd, an AI assistant. Thank you for calling back."),
    ("callee", "It's the school, the form is ready."),
    ("floyd", "I'll pass it on. Goodbye."),
]


@pytest.fixture
def ben(scripted_desk: Desk) -> User:
    return User.create(phone="+15195550155", name="Ben Cho", zone="UTC", created_at=0.0)


def told(desk: Desk) -> dict[str, str]:
    """What each user has read, by first name."""
    names = {user.phone: user.name.split()[0] for user in User.select()}
    return {names[text.phone]: text.body for text in OutboundText.select()}


def test_a_message_of_whom_nobody_vouches_for_is_passed_on_as_such(scripted_desk: Desk) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    call = returned_call(scripted_desk, errand, MESSAGE, attested=False)
    for _ in range(2):
        report_call(scripted_desk.services, call.id)

    assert scripted_desk.replies == [
        "Somebody calling from Maple School's number (I can't be sure it was them) left a message: "
        '"It\'s the school, the form is ready."'
    ]
    assert Errand.get_by_id(errand.id).state == "waiting_for_user"
    assert ErrandMove.select().count() == 0
    assert Call.get_by_id(call.id).reported_at is not None


@pytest.mark.parametrize("said", [[], MESSAGE[:1]])
def test_nothing_said_is_nothing_told(scripted_desk: Desk, said: Said) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    report_call(
        scripted_desk.services, returned_call(scripted_desk, errand, said, attested=False).id
    )
    assert scripted_desk.replies == []


def test_a_long_message_is_cut(scripted_desk: Desk) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "done")
    said: Said = [("callee", "word " * 500)]
    report_call(
        scripted_desk.services, returned_call(scripted_desk, errand, said, attested=False).id
    )
    [reply] = scripted_desk.replies
    assert len(reply) < 520
    assert reply.endswith('..."')


def test_errands_of_one_user_are_told_of_in_one_text(scripted_desk: Desk) -> None:
    for _ in range(2):
        phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    report_call(scripted_desk.services, returned_call(scripted_desk, None, MESSAGE).id)
    [reply] = scripted_desk.replies
    assert reply.startswith("Maple School called back, but I don't know about what.")
    assert "the form is ready" in reply


def test_of_several_users_nobody_reads_what_may_be_anothers(scripted_desk: Desk, ben: User) -> None:
    for user in (scripted_desk.user, ben):
        phoned(scripted_desk, user, "waiting_for_user")
    report_call(scripted_desk.services, returned_call(scripted_desk, None, MESSAGE).id)
    read = told(scripted_desk)
    assert set(read) == {"Anna", "Ben"}
    for body in read.values():
        assert body.startswith("Somebody calling from Maple School's number left a message, and")
        assert "form" not in body


def test_a_message_that_names_one_user_reaches_that_one_alone(
    scripted_desk: Desk, ben: User
) -> None:
    for user in (scripted_desk.user, ben):
        phoned(scripted_desk, user, "waiting_for_user")
    said: Said = [("callee", "This is for Ben. The form is ready.")]
    report_call(scripted_desk.services, returned_call(scripted_desk, None, said).id)
    assert list(told(scripted_desk)) == ["Ben"]
    assert "The form is ready" in told(scripted_desk)["Ben"]


def test_a_message_that_names_two_is_read_by_neither(scripted_desk: Desk, ben: User) -> None:
    for user in (scripted_desk.user, ben):
        phoned(scripted_desk, user, "waiting_for_user")
    said: Said = [("callee", "Ben's form is ready, and Anna's is not.")]
    report_call(scripted_desk.services, returned_call(scripted_desk, None, said).id)
    assert all("form" not in body for body in told(scripted_desk).values())


def test_a_message_that_names_another_user_does_not_reach_the_one_with_the_open_errand(
    scripted_desk: Desk, ben: User
) -> None:
    phoned(scripted_desk, ben, "done")
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    said: Said = [("callee", "I have news for Mr. Cho.")]
    call = returned_call(scripted_desk, errand, said, attested=False)
    report_call(scripted_desk.services, call.id)
    assert list(told(scripted_desk)) == ["Ben"]


def test_no_model_is_asked_about_a_message(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    call = returned_call(scripted_desk, errand, MESSAGE, attested=False)
    report_call(scripted_desk.services, call.id)
    assert thinker.materials == []
