"""A school that cannot be reached at once, over all wires."""

from floyd.store.models import Call, Errand
from tests.whole.conftest import Town


def tried_again(town: Town, calls: int) -> None:
    """Let the time come that the user was told of, and wait until so many calls were made."""
    waiting = (Errand.user == town.floyds_user) & (Errand.state == "scheduled")
    town.until(lambda: Errand.select().where(waiting).exists())
    Errand.update(due_at=town.settings.clock.now()).where(waiting).execute()
    town.until(lambda: len(town.sandbox.calls()) == calls)


def test_who_was_busy_twice_is_told_in_the_end_and_the_user_reads_two_texts_about_it(
    town: Town,
) -> None:
    town.sandbox.put_phone(town.school, "busy")
    town.text(town.scenario.request)
    first = town.reply("I'll try again")
    assert first.startswith("The line at Maple School was busy. I'll try again at ")
    assert first.endswith(', up to twice more. Text "drop it" to stop.')

    tried_again(town, calls=2)
    reported = Call.report.is_null(False) & (Call.phone == town.school)
    town.until(lambda: Call.select().where(reported).count() == 2)
    town.sandbox.put_phone(town.school, "school_secretary")
    tried_again(town, calls=3)
    done = town.reply("Done")

    assert [body for body in town.replies() if "Maple School" in body] == [
        "Calling Maple School now.",
        first,
        done,
    ]
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]


def test_who_is_never_reached_is_tried_three_times(town: Town) -> None:
    town.sandbox.put_phone(town.school, "busy")
    town.text(town.scenario.request)
    town.reply("I'll try again")
    tried_again(town, calls=2)
    tried_again(town, calls=3)
    told = town.reply("I tried 3 times and have stopped: ")
    assert told.count(" busy") == 4
    assert len(town.replies()) == 3


def test_the_user_may_stop_it_or_want_it_now(town: Town) -> None:
    town.sandbox.put_phone(town.school, "busy")
    town.text(town.scenario.request)
    town.reply("I'll try again")
    town.text("try now")
    town.reply("I'll try once more")
    town.text("drop it")
    town.reply("dropped")
    assert len(town.sandbox.calls()) == 2


def test_a_message_that_is_enough_is_left_once_and_who_calls_back_about_it_notes_it(
    town: Town,
) -> None:
    town.sandbox.put_phone(town.school, "voicemail")
    town.text(town.scenario.request)
    left = town.reply("voicemail")
    assert "left a message: \"I'm calling to let you know that Mara" in left
    assert [errand.state for errand in Errand.select().where(Errand.user == town.floyds_user)] == [
        "done"
    ]
    town.sandbox.call_floyd(town.school, "caller_secretary", "TN-Validation-Passed-A")
    assert town.reply("called back").startswith("Maple School called back. Done.")
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]
