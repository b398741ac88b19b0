"""People who phone Floyd through the sandbox: a scripted Floyd takes the calls."""

import asyncio
from typing import Any

import pytest

from floyd.sandbox.client import ATTESTED, PhoneCall
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import Story, story_of
from tests.sandbox.running import MediaSocket, Sandbox, running_sandbox
from tests.sandbox.talking import Talker

GREETING = "Hi, this is Floyd, your AI assistant. What can I do for you?"
THANKS = "Hi, this is Floyd, an AI assistant. Thank you for calling back."


def take_calls(sandbox: Sandbox, *says: str) -> None:
    """Let Floyd answer: each sentence after the other side's turn, the first one at once."""

    async def script(media: MediaSocket) -> Any:
        talker = Talker(sandbox, media)
        await media.read_until("start")
        await talker.say(says[0])
        for sentence in says[1:]:
            if await talker.hear_turn() is None:
                break
            await talker.say(sentence)
        while await talker.hear_turn() is not None:
            pass
        return talker

    for sentence in says:  # voiced ahead: who calls has no patience with a slow machine
        asyncio.run(sandbox.world.household.voices.speak(sentence))
    stream = f'<Connect><Stream url="{sandbox.customer.media_url}"/></Connect>'
    sandbox.customer.answer("/twilio/voice", f"<Response>{stream}</Response>")
    sandbox.customer.media_script = script


def phone(sandbox: Sandbox, person: str, from_: str = "") -> PhoneCall:
    sid = sandbox.control.call_floyd(from_ or sandbox.user_phone, person, ATTESTED)
    return sandbox.control.call_over(sid)


def spoken(call: PhoneCall, speaker: str = "phone") -> list[str]:
    return [said.text for said in call.transcript if said.speaker == speaker]


def told(sandbox: Sandbox) -> Story:
    return story_of(sandbox.world.scenario)


def test_a_parent_says_the_request_answers_agrees_and_hangs_up() -> None:
    with running_sandbox(seed=0, story="voice_school") as sandbox:
        essence = "So I call Maple School and say that Mara is sick today. Is that right?"
        goodbye = "I'll see to it and text you. Goodbye."
        take_calls(sandbox, GREETING, "Which school is it?", essence, goodbye)
        call = phone(sandbox, told(sandbox).steps[0].caller)
        request, school, agrees, bye = spoken(call)
        assert "Mara" in request
        assert "Maple School" in school
        assert "es" in agrees
        assert "bye" in bye.lower()
        assert spoken(call, "line")[0] == GREETING
        assert sandbox.customer.media_result().heard == spoken(call)
        assert (call.direction, call.status) == ("inbound", "completed")


def test_a_caller_who_hears_nothing_wonders_and_gives_up(sandbox: Sandbox) -> None:
    take_calls(sandbox, "Hm.")
    sandbox.customer.answer("/twilio/voice", "<Response><Pause length='600'/></Response>")
    *wonders, bye = spoken(phone(sandbox, "caller_school"))
    assert [words[:5] for words in wonders] == ["Hello", "Hello"]
    assert "bye" in bye.lower()


def test_a_caller_is_gone_in_the_middle_of_a_sentence() -> None:
    with running_sandbox(seed=0, story="voice_hang_up") as sandbox:
        take_calls(sandbox, GREETING, "Hello Anna, what can I do for you?", "And?")
        call = phone(sandbox, told(sandbox).steps[0].caller)
        last = spoken(call)[-1]
        assert "Mara" in last
        assert last[-1].isalpha()
        assert sandbox.customer.media_result().words == " ".join(spoken(call)).split()


def test_a_florist_who_calls_back_takes_the_order_and_picks_up_from_then_on() -> None:
    with running_sandbox(seed=1, story="voice_return") as sandbox:
        scenario: Scenario = sandbox.world.scenario
        story = told(sandbox)
        (number, machine), back = story.phones[0], story.steps[-1]
        assert (number, machine) == (back.phone, "florist_voicemail")
        assert sandbox.world.network.phone(number).is_machine  # type: ignore[union-attr]  # it has one
        wish = f"I'd like to order some flowers for {scenario.friend}."
        limits = f"Yes. Up to ${scenario.budget}. It's {scenario.address}. From {scenario.user}."
        take_calls(sandbox, THANKS, wish, limits, limits, "Yes, please.", "Thank you. Goodbye.")
        call = phone(sandbox, back.caller, number)
        assert scenario.florist in spoken(call)[0]
        assert sandbox.control.order_books()["orders"][0]["call"] == call.sid
        assert not sandbox.world.network.phone(number).is_machine  # type: ignore[union-attr]  # it has one


def test_another_assistant_talks_until_floyd_hangs_up(sandbox: Sandbox) -> None:
    take_calls(sandbox, GREETING, *["Thank you. Goodbye."] * 5)
    sid = sandbox.control.call_floyd(sandbox.school_phone, "other_floyd")
    for _ in range(3):
        sandbox.control.wait_for("call.spoke", call=sid)
    sandbox.control.hang_up(sid)
    first = spoken(sandbox.control.call_over(sid))[0]
    assert first.startswith("Hi, this is Floyd, an AI assistant calling for")


def test_a_call_that_goes_on_is_not_over(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/twilio/voice", "<Response><Pause length='600'/></Response>")
    sid = sandbox.control.call_floyd(sandbox.user_phone, "silent")
    with pytest.raises(TimeoutError, match=sid):
        sandbox.control.call_over(sid, timeout_s=0.2)


def test_another_assistant_can_be_called(sandbox: Sandbox) -> None:
    sandbox.control.put_phone(sandbox.school_phone, "other_floyd")
    sid = sandbox.dial("<Response><Pause length='6'/></Response>")
    first = spoken(sandbox.control.call_over(sid))[0]
    assert first.startswith("Hi, this is Floyd, an AI assistant calling for")
