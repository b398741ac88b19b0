from dataclasses import replace

import pytest

from floyd.prompts.schemas import Outcome
from floyd.reports.wording import TWO_SEGMENTS, Ending, text

ENDING = Ending(
    outcome=Outcome.DONE,
    callee="Maple School",
    number="(519) 555-0188",
    claims=["Mara is marked absent", "She may come back on Monday."],
    shared=["your name", "Mara's class (3B)"],
)
GSM_7 = set(
    "@$_ !\"#%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)


def test_a_text_says_what_came_of_it_and_ends_with_what_was_shared() -> None:
    assert text(ENDING) == (
        "Done: Maple School. Mara is marked absent. She may come back on Monday. "
        "I shared: your name, Mara's class (3B)."
    )


def test_every_outcome_has_a_text_of_its_own() -> None:
    texts = {text(replace(ENDING, outcome=outcome, claims=[])) for outcome in Outcome}
    unconnected = replace(ENDING, outcome=Outcome.FAILED, connected=False, claims=[])
    by_machine = replace(ENDING, outcome=Outcome.NO_ANSWER, by_machine=True, claims=[])

    assert len(texts | {text(unconnected), text(by_machine)}) == len(Outcome) + 2


@pytest.mark.parametrize("outcome", Outcome)
def test_texts_are_plain_and_short(outcome: Outcome) -> None:
    long = [f"This is sentence number {number} of a long report." for number in range(20)]
    written = text(replace(ENDING, outcome=outcome, claims=long, follow_ups=long, asks_again=True))

    assert set(written) <= GSM_7
    assert len(written) <= TWO_SEGMENTS
    assert written.endswith("I shared: your name, Mara's class (3B).")


def test_without_a_claim_the_callees_last_words_are_told() -> None:
    written = text(replace(ENDING, outcome=Outcome.FAILED, claims=[], said="Hm, let me see."))
    assert 'They said: "Hm, let me see."' in written


def test_all_questions_are_in_one_text() -> None:
    written = text(
        replace(ENDING, outcome=Outcome.NEEDS_USER, claims=[], questions=["Which class?", "When?"])
    )
    assert "1) Which class? 2) When?" in written
