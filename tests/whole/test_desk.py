"""A user at Floyd's own phone, over all the wires: what they hear, and what is done then."""

from floyd.sandbox.client import ATTESTED, PhoneCall
from floyd.store.models import Errand, Fact, Utterance
from tests.whole.conftest import Town


def phone(town: Town, person: str, verstat: str | None = ATTESTED) -> PhoneCall:
    """Let the user call, and wait for the end of it."""
    return town.sandbox.call_over(town.sandbox.call_floyd(town.user, person, verstat))


def heard(call: PhoneCall) -> str:
    return " ".join(said.text for said in call.transcript if said.speaker == "line")


def state_of_the_errand(town: Town) -> str:
    return str(Errand.get(Errand.user == town.floyds_user).state)


def without_a_class(town: Town) -> None:
    """Let Floyd not know what the school will ask."""
    known = Fact.subject.contains("class") | Fact.subject.contains("teacher")
    Fact.delete().where(known & (Fact.user == town.floyds_user)).execute()


def test_floyd_greets_before_a_word_is_said_and_remembers_what_it_is_told(town: Town) -> None:
    call = phone(town, "caller_teach")
    assert call.transcript[0].speaker == "line"
    assert heard(call).startswith("Hi, this is Floyd, your AI assistant.")
    greeting = Utterance.select().order_by(Utterance.id.desc()).where(Utterance.position == 0).get()
    assert greeting.speaker == "floyd"
    assert "sent" in greeting.timings
    town.reply("Noted")
    fact = Fact.get(Fact.user == town.floyds_user, Fact.value.contains(town.scenario.address))
    assert town.scenario.friend in f"{fact.subject} {fact.value}"
    assert fact.source.startswith("text:")


def test_a_user_asks_by_phone_how_it_is_going_and_drops_it(town: Town) -> None:
    town.sandbox.put_phone(town.school, "busy")
    town.text(town.scenario.request)
    town.reply("I'll try again")
    assert "Mara" in heard(phone(town, "caller_status"))
    phone(town, "caller_cancel")
    town.until(lambda: state_of_the_errand(town) == "cancelled")
    assert "absences" not in town.sandbox.order_books()


def test_a_user_answers_by_phone_what_floyd_has_asked_by_text(town: Town) -> None:
    without_a_class(town)
    town.text(town.scenario.request)
    town.reply("something that I don't know")
    phone(town, "caller_answer")
    town.reply("Done")
    assert [entry["class"] for entry in town.sandbox.order_books()["absences"]] == ["class 3B"]


def test_somebody_on_the_users_number_hears_nothing_of_them_and_a_no_drops_it(town: Town) -> None:
    phone(town, "caller_school", None)
    private = (town.scenario.user, town.scenario.class_name, town.scenario.teacher)
    told = " ".join(town.live_prompts())
    assert not [words for words in private if words in told]
    town.reply("Somebody calling from your number asked me: ")
    town.text("No")
    town.until(lambda: state_of_the_errand(town) == "cancelled")
    assert len(town.sandbox.calls()) == 1
