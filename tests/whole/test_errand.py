"""One errand from text to call to text, and what may come between."""

import os
import signal

import pytest

from tests.whole.conftest import Town


def test_the_school_is_told_and_the_user_reads_what_came_of_it(town: Town) -> None:
    town.text(town.scenario.request)
    town.reply("Calling Maple School")
    result = town.reply("Done")
    assert "Mara Berg" in result
    absences = town.sandbox.order_books()["absences"]
    assert [entry["child"] for entry in absences] == ["Mara Berg"]
    assert len(town.sandbox.calls()) == 1


def test_floyd_says_that_it_is_an_ai_before_any_word_of_the_task(town: Town) -> None:
    town.text(town.scenario.request)
    town.said_by_floyd("sick")
    call = town.sandbox.calls()[-1]
    words = " ".join(each.text for each in call.transcript if each.speaker == "line").lower()
    assert 0 <= words.index("an ai assistant calling for anna berg") < words.index("mara")


@pytest.mark.parametrize(
    ("person", "words"),
    [("busy", "busy"), ("unanswered", "answer"), ("voicemail", "voicemail")],
)
def test_a_call_that_nobody_takes_is_told_in_words_of_its_own(
    town: Town, person: str, words: str
) -> None:
    town.sandbox.put_phone(town.school, person)
    town.text(town.scenario.request)
    assert words in town.reply(words).lower()
    assert "absences" not in town.sandbox.order_books()


def test_a_number_that_twilio_refuses_is_named_with_the_reason(town: Town) -> None:
    town.sandbox.change_conditions(twilio={"blocked_numbers": [town.school]})
    town.text(town.scenario.request)
    number = town.school[-4:]
    assert "not allowed" in town.reply(number) or "isn't" in town.reply(number)
    assert [call for call in town.sandbox.calls() if call.status == "completed"] == []


def test_a_call_whose_socket_is_lost_goes_on(town: Town) -> None:
    town.text(town.scenario.request)
    town.said_by_floyd("sick")
    assert town.sandbox.lose_socket(town.sandbox.calls()[-1].sid)
    town.call_is_back()
    assert "Mara Berg" in town.reply("Done")
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]
    assert len(town.sandbox.calls()) == 1


def test_a_call_that_ends_with_its_socket_is_reported_as_cut_off(town: Town) -> None:
    town.sandbox.change_conditions(twilio={"on_socket_loss": "hang_up"})
    town.text(town.scenario.request)
    town.said_by_floyd("sick")
    town.sandbox.lose_socket(town.sandbox.calls()[-1].sid)
    assert "I'll try again" in town.reply("broke off")


def test_a_process_that_is_stopped_hands_its_call_to_one_that_knows_all_that_was_said(
    town: Town,
) -> None:
    town.text(town.scenario.request)
    town.said_by_floyd("sick")
    os.kill(town.process_that_carries_the_call(), signal.SIGTERM)
    town.call_is_back()
    assert "Mara Berg" in town.reply("Done")
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]
    assert len(town.sandbox.calls()) == 1
