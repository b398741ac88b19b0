"""A call that lacks something, the user's answer, and the call that follows."""

import json

from floyd.calls import brief, prompt
from floyd.errands.conclusion import conclude
from floyd.store.models import Call, Errand, Question, Utterance
from tests.errands.desk import REQUEST, SCHOOL, Desk, Model, ScriptedThinker
from tests.errands.test_conclusion import report
from tests.errands.test_planning import plan
from tests.errands.test_understanding import says, wish

SAID = [
    ("callee", "Bloom and Vine."),
    ("floyd", "Hi, this is Floyd, an AI assistant calling for Anna Berg."),
    ("callee", "Peonies are $560. What is your budget?"),
    ("floyd", "I don't know that. I'll ask and call back. Goodbye."),
]
QUESTION = "What is the budget?"
ANSWER = "up to $80, roses are fine"


def end_in_need(desk: Desk, thinker: ScriptedThinker) -> None:
    """The last call ends: the callee needs to know something."""
    call, now = desk.call(), desk.clock.now()
    Call.update(
        state="completed",
        token_used=1,
        answered_at=now,
        ended_at=now,
        settled_at=now,
        finish={"outcome": "needs_user", "missing": [QUESTION], "evidence": []},
    ).where(Call.id == call.id).execute()
    for position, (speaker, text) in enumerate(SAID):
        Utterance.create(
            call=call, position=position, speaker=speaker, text=text, started_s=0, ended_s=1
        )
    thinker.answers = [report("needs_user", claims=[])]
    conclude(desk.services, call.id)


def begun(desk: Desk, thinker: ScriptedThinker) -> Errand:
    thinker.answers = [says(wish("new_errand", REQUEST)), plan()]
    desk.text(REQUEST)
    return desk.errand


def call_back(desk: Desk, thinker: ScriptedThinker, body: str = ANSWER) -> Errand:
    thinker.answers = [
        says(wish("answer", body, desk.errand.id)),
        plan(limits={"budget_usd": 80.0, "other": []}),
    ]
    desk.text(body)
    return desk.errand


def test_what_the_callee_needs_is_asked_and_answered_with_a_second_call(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    begun(scripted_desk, thinker)
    end_in_need(scripted_desk, thinker)
    [_, asked] = scripted_desk.replies
    assert asked.startswith(f"I spoke with {SCHOOL}, but they need something")
    assert QUESTION in asked

    errand = call_back(scripted_desk, thinker)
    assert (errand.state, errand.tries) == ("calling", 2)
    assert errand.snapshot["answers"] == [{"question": QUESTION, "answer": ANSWER}]
    assert len(scripted_desk.dialled) == 2


def test_the_second_call_knows_the_first(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    begun(scripted_desk, thinker)
    end_in_need(scripted_desk, thinker)
    call_back(scripted_desk, thinker)

    transcript = [{"speaker": speaker, "text": text} for speaker, text in SAID]
    known = [{"outcome": "needs_user", "transcript": transcript}]
    second = brief.load(scripted_desk.call().attempt, scripted_desk.clock.now())
    told = json.loads(prompt.beginning(second)[1]["content"])
    assert told["earlier_calls"] == known
    assert thinker.materials[-1]["calls"] == known


def test_the_first_call_knows_of_no_other(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    begun(scripted_desk, thinker)
    first = brief.load(scripted_desk.call().attempt, scripted_desk.clock.now())
    assert first.role.material["earlier_calls"] == []


def test_a_stated_limit_reaches_the_call_unchanged(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    begun(scripted_desk, thinker)
    end_in_need(scripted_desk, thinker)
    thinker.answers = [
        says(wish("answer", ANSWER, scripted_desk.errand.id)),
        plan(limits={"budget_usd": 560.0, "other": ["roses are fine"]}),
    ]
    scripted_desk.text(ANSWER)

    second = brief.load(scripted_desk.call().attempt, scripted_desk.clock.now())
    told = json.loads(prompt.beginning(second)[1]["content"])
    assert told["plan"]["limits"] == {"budget_usd": 80.0, "other": ["roses are fine"]}
    assert told["snapshot"]["answers"][0]["answer"] == ANSWER


def test_after_three_calls_back_the_errand_ends_honestly(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    begun(scripted_desk, thinker)
    for _ in range(3):
        end_in_need(scripted_desk, thinker)
        assert scripted_desk.errand.state == "waiting_for_user"
        assert call_back(scripted_desk, thinker).state == "calling"
    end_in_need(scripted_desk, thinker)

    assert (scripted_desk.errand.state, scripted_desk.errand.outcome) == ("failed", "needs_user")
    assert len(scripted_desk.dialled) == 4
    assert f"They wanted to know: {QUESTION}" in scripted_desk.replies[-1]
    assert "That was try 4, so I've stopped." in scripted_desk.replies[-1]
    assert not Question.select().where(Question.answered_at.is_null()).exists()


def test_never_mind_ends_the_errand(desk: Desk, model: Model) -> None:
    desk.text("Call the garage and tell them I'll be late")
    assert desk.errand.state == "waiting_for_user"

    desk.text("Never mind")
    assert desk.errand.state == "cancelled"
    assert desk.replies[-1].endswith("dropped.")
    assert desk.dialled == []


def test_never_mind_ends_the_errand_even_when_it_is_taken_for_an_answer(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    begun(scripted_desk, thinker)
    end_in_need(scripted_desk, thinker)
    thinker.answers = [says(wish("answer", "Oh, never mind then.", scripted_desk.errand.id))]
    scripted_desk.text("Oh, never mind then.")

    assert scripted_desk.errand.state == "cancelled"
