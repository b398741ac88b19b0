"""Texts that Twilio posted in vain reach Floyd all the same."""

from tests.whole.conftest import Town


def test_a_text_that_never_arrived_is_found_and_answered_once(town: Town) -> None:
    town.sandbox.add_fault("webhook sms", "drop")
    town.text("Hello!", from_="+15195550190")
    town.reply("AI assistant", phone="+15195550190")
    assert len(town.replies("+15195550190")) == 1
