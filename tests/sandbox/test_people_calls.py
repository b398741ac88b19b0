import asyncio
import wave
from pathlib import Path
from typing import Any

from floyd.sandbox.client import PhoneCall
from tests.sandbox.running import MediaSocket, Sandbox, running_sandbox
from tests.sandbox.talking import Talker

BEGIN = "Hi, I'm calling to tell you that Mara is home sick today."
ANSWERS = [
    ("got it", "Thank you. Goodbye."),
    ("marked", "Thank you. Goodbye."),
    ("name", "It's Mara Berg."),
    ("student", "It's Mara Berg."),
    ("class", "She is in class 3B."),
    ("reason", "She is sick."),
    ("today", "Yes, just today."),
    ("back", "Tomorrow."),
    ("speaking", "This is Floyd, calling for Anna Berg."),
    ("calling", "This is Floyd, calling for Anna Berg."),
]


async def talk(talker: Talker) -> list[str]:
    """Answer by keywords until the call is over."""
    await talker.hear_turn()
    await talker.say(BEGIN)
    while (turn := await talker.hear_turn()) is not None:
        answers = (words for key, words in ANSWERS if key in turn.lower())
        await talker.say(next(answers, "Thank you."))
    return talker.heard


def call_of(sandbox: Sandbox) -> PhoneCall:
    (call,) = sandbox.control.calls()
    return call


def test_a_whole_call_ends_in_the_order_book() -> None:
    with running_sandbox(seed=0) as sandbox:
        assert sandbox.control.problems() == ["0 absences were noted, not one"]

        async def script(media: MediaSocket) -> Any:
            return await talk(Talker(sandbox, media))

        sandbox.customer.media_script = script
        sid = sandbox.dial_stream()
        sandbox.wait_for_status(sid, "completed")
        heard = sandbox.customer.media_result()
        assert sandbox.control.problems() == []
        (entry,) = sandbox.control.order_books()["absences"]
        assert (entry["child"], entry["class"], entry["call"]) == ("Mara Berg", "class 3B", sid)
        call = call_of(sandbox)
        assert [said.text for said in call.transcript if said.speaker == "phone"] == heard
        assert call.transcript[1].text == BEGIN


def test_a_voicemail_keeps_what_is_said_after_the_beep(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        talker = Talker(sandbox, media)
        await talker.hear_turn()
        await asyncio.to_thread(sandbox.customer.next_post, "/amd")
        await talker.say("Mara is sick today.")
        await media.send("mark", mark={"name": "said"})
        await media.read_until("mark")

    sandbox.control.put_phone(sandbox.school_phone, "voicemail")
    sandbox.customer.media_script = script
    callback = f"{sandbox.customer.url}/amd"
    detection = {"machine_detection": "DetectMessageEnd", "async_amd": "true"}
    sid = sandbox.dial_stream(async_amd_status_callback=callback, **detection)
    sandbox.wait_for_status(sid, "completed")
    (entry,) = sandbox.control.order_books()["voicemails"]
    assert entry["message"] == "Mara is sick today."


def test_a_person_stops_when_spoken_over(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        talker = Talker(sandbox, media)
        await talker.hear_word()
        await talker.say("Hello hello hello, I am calling because Mara is sick, can you hear me?")
        return await talker.hear_turn()

    sandbox.customer.media_script = script
    sandbox.dial_stream()
    greeting = sandbox.customer.media_result()
    spoken, *_ = sandbox.control.records(kinds=["call.spoke"])
    assert len(greeting) < len(spoken.fields["text"])
    assert spoken.fields["text"].startswith(greeting)
    transcript = call_of(sandbox).transcript
    assert next(said.text for said in transcript if said.speaker == "phone") == greeting


def test_both_sides_are_recorded_in_step(tmp_path: Path) -> None:
    with running_sandbox(recordings=tmp_path) as sandbox:
        sid = sandbox.dial("<Response><Say>Hello.</Say></Response>")
        sandbox.wait_for_status(sid, "completed")
        lengths = []
        for side in ("phone", "line"):
            with wave.open(str(tmp_path / f"{sid}-{side}.wav")) as file:
                assert (file.getframerate(), file.getnchannels()) == (8000, 1)
                assert any(file.readframes(file.getnframes()))
                lengths.append(file.getnframes())
        assert lengths[0] == lengths[1]
