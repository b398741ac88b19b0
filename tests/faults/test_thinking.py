"""The model fails, hangs or writes what cannot be used, while it reads, plans or reports."""

import pytest

from tests.faults.town import Town

pytestmark = pytest.mark.faults

tasks = pytest.mark.parametrize("task", ["Understanding", "Plan"])


@tasks
@pytest.mark.parametrize("status", [429, 500])
def test_a_model_that_fails_three_times_is_asked_again(
    silent: Town, task: str, status: int
) -> None:
    silent.fault(f"chat {task}", "error_before", status=status, times=3)
    silent.text()
    silent.reply("busy")
    silent.check()
    assert len(silent.calls()) == 1


@tasks
def test_a_model_that_hangs_is_asked_again(silent: Town, task: str) -> None:
    silent.fault(f"chat {task}", "hold_before")
    silent.text()
    silent.reply("busy")
    silent.check()
    assert len(silent.calls()) == 1


@pytest.mark.parametrize("flaw", ["malformed_json", "refusal", "truncate"])
def test_an_answer_that_cannot_be_used_is_repaired_once(silent: Town, flaw: str) -> None:
    silent.sandbox.change_conditions(openai={flaw: 1})
    silent.text()
    silent.reply("busy")
    silent.check()
    assert len(silent.calls()) == 1


@pytest.mark.parametrize("flaw", ["malformed_json", "refusal", "truncate"])
def test_a_text_that_the_model_never_reads_properly_is_answered_without_it(
    silent: Town, flaw: str
) -> None:
    silent.sandbox.change_conditions(openai={flaw: 99})
    silent.text()
    silent.reply("couldn't make sense of your text")
    silent.check()
    assert silent.calls() == []


def test_an_errand_that_is_never_planned_is_given_up_in_words(silent: Town) -> None:
    silent.fault("chat Plan", "error_before", status=500, times=999)
    silent.text()
    silent.reply("couldn't work out how to do this")
    silent.check()
    assert silent.calls() == []
