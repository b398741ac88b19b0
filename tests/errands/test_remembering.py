"""What a user wants kept, forgotten or told of what Floyd knows."""

import pytest

from floyd.errands import remembering
from floyd.errands.knowledge import facts_of
from floyd.prompts.schemas import SaidContact, UserFact
from floyd.reports.segments import fits
from floyd.store.models import Contact, Errand, Fact, InboundText
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_planning import new_errand, plan, planned
from tests.errands.test_understanding import says, waiting_errand, wish

ADDRESS = "12 Suffolk St, Guelph"


def fact(subject: str, value: str = "", until: str | None = None) -> UserFact:
    return UserFact(subject=subject, value=value, until=until)


def known(desk: Desk, subject: str) -> list[str]:
    return [one.value for one in facts_of(desk.user, desk.clock.now()) if one.subject == subject]


def teach(desk: Desk, thinker: ScriptedThinker, body: str, *facts: UserFact) -> InboundText:
    thinker.answers.append(says(wish("remember", body, facts=facts)))
    desk.clock.move(60)
    return desk.text(body)


def test_a_fact_is_kept_with_its_source_and_read_back(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    body = f"My address is {ADDRESS}"
    text = teach(scripted_desk, thinker, body, fact("my address", ADDRESS))

    [kept] = Fact.select().where(Fact.subject == "Anna's address")
    assert (kept.value, kept.source, kept.confidence) == (ADDRESS, f"text:{text.id}", 1.0)
    assert scripted_desk.replies == [f"Noted. Anna's address: {ADDRESS}."]


def test_a_newer_value_takes_the_place_of_the_older(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    for number in ("12", "13"):
        body = f"My address is {number} Suffolk St"
        teach(scripted_desk, thinker, body, fact("Anna's address", f"{number} Suffolk St"))

    assert known(scripted_desk, "Anna's address") == ["13 Suffolk St"]
    assert Fact.select().where(Fact.superseded_at.is_null(False)).count() == 1


@pytest.mark.parametrize(
    "invented",
    [
        fact("Anna's bank", "RBC on Main Street"),
        fact("Bob's address", ADDRESS),
        fact("", ADDRESS),
        fact("Anna's address", "x" * 400),
    ],
)
def test_what_the_user_did_not_say_is_no_fact(
    scripted_desk: Desk, thinker: ScriptedThinker, invented: UserFact
) -> None:
    before = {one.id for one in Fact.select()}
    teach(scripted_desk, thinker, f"My address is {ADDRESS}", invented)

    [note] = [one for one in Fact.select() if one.id not in before]
    assert (note.subject, note.value) == ("Anna Berg", f"My address is {ADDRESS}")


def test_a_request_teaches_in_passing(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    body = "Call the school, Leo's class is 5C"
    Fact.create(
        user=scripted_desk.user, subject="Leo's age", value="10", source="operator", created_at=0
    )
    thinker.answers = [says(wish("new_errand", body, facts=[fact("Leo's class", "5C")])), plan()]
    scripted_desk.text(body)

    assert known(scripted_desk, "Leo's class") == ["5C"]
    assert scripted_desk.replies == ["Calling Maple School now."]


def test_a_fact_with_a_last_day_expires_after_it(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    body = "I'm in Ottawa until Friday"
    teach(scripted_desk, thinker, body, fact("Anna's whereabouts", "in Ottawa", "2026-11-20"))
    assert known(scripted_desk, "Anna's whereabouts") == ["in Ottawa"]

    scripted_desk.clock.move(4 * 86_400)
    assert known(scripted_desk, "Anna's whereabouts") == []
    errand = planned(scripted_desk, thinker, plan(fact_ids=[one.id for one in Fact.select()]))
    assert "Ottawa" not in str(errand.snapshot) + str(thinker.materials[-1]["facts"])


def test_what_is_forgotten_is_gone_and_not_learned_again_from_its_text(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "Where to?")
    teach(scripted_desk, thinker, f"My address is {ADDRESS}", fact("my address", ADDRESS))
    thinker.answers = [
        says(wish("forget", "Forget my address", facts=[fact("Anna's address")])),
        says(wish("answer", "To the school", errand.id)),
        plan(learned=[{"subject": "Anna's address", "value": ADDRESS, "until": None}]),
    ]
    scripted_desk.clock.move(60)
    scripted_desk.text("Forget my address")
    assert scripted_desk.replies[-1] == "Forgotten: Anna's address."
    scripted_desk.clock.move(60)
    scripted_desk.text("To the school")

    assert Fact.select().where(Fact.value.contains("Suffolk")).count() == 0
    assert ADDRESS in InboundText.get(InboundText.body.contains("My address")).body
    assert "Suffolk" not in str(thinker.materials[-1])


def test_what_is_told_again_is_known_again(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    for _ in range(2):
        teach(scripted_desk, thinker, f"My address is {ADDRESS}", fact("my address", ADDRESS))
        assert known(scripted_desk, "Anna's address") == [ADDRESS]
        thinker.answers = [says(wish("forget", "forget where I live"))]
        scripted_desk.clock.move(60)
        scripted_desk.text("forget where I live")
        assert known(scripted_desk, "Anna's address") == []


def test_an_errand_that_waits_for_its_call_forgets_too(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    Fact.update(value="3B East").where(Fact.id == 2).execute()
    errand = waiting_errand(scripted_desk)
    Errand.update(
        state="scheduled",
        due_at=scripted_desk.clock.now() + 900,
        plan=plan(steps=["Say that she is in 3B East"]).model_dump(mode="json"),
        snapshot={"facts": [{"id": 2, "subject": "Mara's class", "value": "3B East"}]},
    ).execute()
    thinker.answers = [
        says(wish("forget", "Forget Mara's class", facts=[fact("Mara's class")])),
        plan(),
    ]
    scripted_desk.clock.move(60)
    scripted_desk.text("Forget Mara's class")

    after = Errand.get_by_id(errand.id)
    assert "3B" not in str(after.snapshot) + str(after.plan)


@pytest.mark.parametrize("body", ["Forget Krista's birthday", "forget it all again", "Forget that"])
def test_nothing_else_is_forgotten_by_mistake(
    scripted_desk: Desk, thinker: ScriptedThinker, body: str
) -> None:
    thinker.answers = [says(wish("forget", body))]
    before = Fact.select().count()
    scripted_desk.text(body)

    assert Fact.select().count() == before
    assert len(scripted_desk.replies) == 1


@pytest.mark.parametrize(("answer", "left"), [("yes", 0), ("no", 3)])
def test_everything_is_forgotten_only_after_a_yes(
    scripted_desk: Desk, thinker: ScriptedThinker, answer: str, left: int
) -> None:
    thinker.answers = [says(wish("forget", "Forget everything"))]
    scripted_desk.text("Forget everything")
    assert "all 4 things" in scripted_desk.replies[-1]
    scripted_desk.clock.move(60)
    scripted_desk.text(answer)

    assert Fact.select().count() == left
    assert Contact.select().count() == (1 if left else 0)


def test_the_user_is_told_what_is_known_the_most_useful_first_and_no_secret(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    Fact.create(
        user=scripted_desk.user,
        subject="Maple School: hours",
        value="open until 4",
        source="call:x",
        created_at=9e9,
        confidence=0.6,
    )
    thinker.answers = [says(wish("recall", "What do you know about me?"))]
    scripted_desk.text("What do you know about me?")

    [reply] = scripted_desk.replies
    assert reply.startswith("I know: ")
    assert "4111" not in reply
    assert "Anna's bank card (kept private)" in reply
    assert reply.index("Mara's class: 3B") < reply.index("Maple School: hours")
    assert "Maple School: (" in reply


def test_much_that_is_known_fits_one_text(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    for number in range(40):
        Fact.create(
            user=scripted_desk.user,
            subject=f"Anna's thing {number}",
            value="a value of some length",
            source="operator",
            created_at=0,
        )
    thinker.answers = [says(wish("recall", "What do you know?"))]
    scripted_desk.text("What do you know?")

    [reply] = scripted_desk.replies
    assert fits(reply)
    assert "more." in reply


def test_one_thing_is_told_alone(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    body = "What do you know about Mara's class?"
    thinker.answers = [says(wish("recall", body, facts=[fact("Mara's class")]))]
    scripted_desk.text(body)
    assert scripted_desk.replies == ["I know: Mara's class: 3B."]


def dentist(phone: str) -> SaidContact:
    return SaidContact(name="dentist", phone=phone)


def test_a_number_that_the_user_gives_is_a_contact(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    for phone in ("519-555-0188", "519-555-0189"):
        body = f"My dentist is at {phone}"
        thinker.answers = [says(wish("remember", body, contact=dentist(phone)))]
        scripted_desk.clock.move(60)
        scripted_desk.text(body)

    [contact] = Contact.select().where(Contact.name == "dentist")
    assert contact.phone == "+15195550189"
    assert scripted_desk.replies[-1] == "Saved: dentist, (519) 555-0189."
    assert Fact.select().where(Fact.value.contains("555")).count() == 0


@pytest.mark.parametrize("phone", ["519-555-0189", "911", "12"])
def test_a_number_that_the_user_did_not_give_is_no_contact(
    scripted_desk: Desk, thinker: ScriptedThinker, phone: str
) -> None:
    body = "My dentist is at 519-555-0188, in an emergency 911, room 12"
    thinker.answers = [says(wish("remember", body, contact=dentist(phone)))]
    scripted_desk.text(body)

    assert Contact.select().where(Contact.name == "dentist").count() == 0
    assert "doesn't look like a phone number" in scripted_desk.replies[0]


def test_facts_and_contacts_of_others_are_neither_told_nor_forgotten(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    eve = type(scripted_desk.user).create(
        phone="+14165550177", name="Eve", zone="UTC", created_at=0.0
    )
    Fact.create(user=eve, subject="Eve's address", value="1 Elm", source="operator", created_at=0)
    thinker.answers = [
        says(wish("forget", "Forget Eve's address", facts=[fact("Eve's address")])),
        says(wish("recall", "What do you know?")),
    ]
    scripted_desk.text("Forget Eve's address")
    scripted_desk.clock.move(60)
    scripted_desk.text("What do you know?")

    assert scripted_desk.replies[0] == remembering.NOTHING_LIKE_IT
    assert "Elm" not in scripted_desk.replies[1]
    assert Fact.select().where(Fact.user == eve).count() == 1


def test_sensitive_facts_are_not_in_the_plan_unless_the_user_says_so(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    card = Fact.get(Fact.subject == "Anna's bank card")
    errand = planned(scripted_desk, thinker, plan(fact_ids=[card.id]))
    assert errand.snapshot["facts"] == []
    assert "4111" not in str(thinker.materials[-1]["facts"])

    Errand.delete().where(Errand.id == errand.id).execute()
    asked = "Call the school and pay the trip with my visa"
    errand = new_errand(scripted_desk, asked)
    thinker.answers = [plan(fact_ids=[card.id])]
    scripted_desk.take_up_errands()
    assert [one["id"] for one in Errand.get().snapshot["facts"]] == [card.id]
