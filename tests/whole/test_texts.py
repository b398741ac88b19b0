"""Texts as people send them, over all wires: in halves, with a card, corrected after the call."""

from floyd.store.models import Contact, Fact
from tests.whole.conftest import Town

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Dr. Lee\nTEL:519-555-0188\nEND:VCARD\n"


def test_two_halves_of_a_message_are_one_errand(town: Town) -> None:
    town.text("Call the school and")
    town.text("let them know Mara is going to be home sick today.")
    town.reply("Done")
    assert len(town.sandbox.calls()) == 1
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]


def test_a_card_is_kept_after_a_yes_and_what_is_known_is_told_and_forgotten(town: Town) -> None:
    card = {"content_type": "text/vcard", "content": CARD}
    town.sandbox.send_text(town.user, "", [card])
    town.reply("Save Dr. Lee, (519) 555-0188?")
    town.text("yes")
    town.reply("Saved: Dr. Lee")
    assert Contact.get(Contact.user == town.floyds_user, Contact.name == "Dr. Lee")

    town.text("My address is 12 Suffolk St")
    town.reply("address: 12 Suffolk St")
    town.text("Forget my address")
    town.reply("Forgotten: ")
    gone = Fact.select().where(Fact.user == town.floyds_user, Fact.value.contains("Suffolk"))
    assert not gone.exists()


def test_a_correction_of_what_is_done_is_another_call_only_after_a_yes(town: Town) -> None:
    town.text(town.scenario.request)
    town.reply("Done")
    town.text("actually tomorrow")
    town.reply("Shall I call again?")
    assert len(town.sandbox.calls()) == 1
    town.text("yes")
    town.until(lambda: len(town.sandbox.calls()) == 2)
    town.call("completed")
    assert any("tomorrow" in prompt for prompt in town.live_prompts())
