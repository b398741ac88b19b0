"""What Floyd does not know: asked before a call and in one, answered, learned, or let go."""

from floyd.store.models import Contact, Errand, Fact
from tests.whole.conftest import Town

ANSWER = "up to $80, roses are fine, 12 Suffolk St, Guelph"


def orders(town: Town) -> list[dict[str, str]]:
    return town.sandbox.order_books().get("orders", [])


def asked(town: Town) -> list[str]:
    return [body for body in town.replies() if "?" in body]


def test_what_the_florist_asks_is_asked_once_learned_and_known_in_later_calls(town: Town) -> None:
    florist = town.scenario.florist
    town.text("Can you order Krista some flowers?")
    question = town.reply("I spoke with")
    assert all(words in question for words in (florist, "How much", "address"))
    town.said_by_floyd("call back")

    town.text(ANSWER)
    assert "roses for $72" in town.reply("Done")
    assert [(order["what"], order["price"]) for order in orders(town)] == [("roses", "$72")]
    assert '"earlier_calls": [{"outcome": "needs_user"' in town.live_prompts()[-1]
    learned = Fact.get(Fact.value == "12 Suffolk St, Guelph", Fact.user == town.floyds_user)
    assert (learned.subject, learned.source.split(":")[0]) == ("Krista's address", "text")
    found = Contact.get(Contact.name == florist, Contact.user == town.floyds_user)
    assert found.source.startswith("google-places:")

    town.text("Please order some flowers for Krista, up to $80")
    town.until(lambda: len(orders(town)) == 2)
    assert asked(town) == [question]
    assert len(town.sandbox.records(0, ["places.searched"])) == 1


def test_nothing_is_ordered_above_the_limit(town: Town) -> None:
    town.text("Please order some flowers for Krista, up to $30. Send them to 12 Suffolk St, Guelph")
    town.call("completed")
    town.until(lambda: len(town.replies()) >= 2)
    assert orders(town) == []
    assert not [body for body in town.replies() if body.startswith("Done")]


def test_after_three_calls_back_floyd_gives_up_and_says_so(town: Town) -> None:
    town.text("Can you order Krista some flowers?")
    for number, of_no_use in enumerate(("up to $80", "roses are fine", "She likes roses."), 1):
        town.until(lambda number=number: len(asked(town)) == number)  # type: ignore[misc]
        town.text(of_no_use)
    assert "I've stopped" in town.reply("That was try 4")
    assert len(town.sandbox.calls()) == 4
    assert orders(town) == []


def test_never_mind_ends_what_floyd_has_asked_about(town: Town) -> None:
    town.text("Book me in for an oil change at Brock Road Garage next week")
    town.reply("what number")
    town.text("Never mind")
    town.reply("dropped")
    assert Errand.get(Errand.user == town.floyds_user).state == "cancelled"
    assert town.sandbox.calls() == []
