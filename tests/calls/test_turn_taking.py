"""How well the end of a turn is found: seeded sentences with pauses, word by word, in virtual time.

Interim results come without punctuation and final ones too late to be of use: the hard case.
"""

import random
import statistics
from dataclasses import dataclass

from floyd.calls.vocabulary import Generate, Release
from tests.calls.telephone import Telephone

FINISHED = """Which class is she in?
What was the name again, please?
Could you tell me what it is about?
Is she coming back tomorrow?
Do you have a number where we can reach you?
How long will she be away?
When would you like to come in?
Who am I speaking to?
Yes, of course.
No, thank you.
Yes, we do.
That's right.
Okay, thank you.
Can I take your name, please?
Would four o'clock work for you?
Where are you calling from?
And what is the budget?
Sure.""".splitlines()

OPEN = """We have a table at seven.
I can put you down for Friday.
That comes to forty dollars.
She is in a meeting right now.
The doctor is out until Monday.
I have written that down.
We don't do oil changes on weekends.
It takes about two hours.""".splitlines()

PAUSED = """We do have roses and | some very nice tulips.
I would have to ask the | owner about that.
He cannot see her because | he is on holiday.
We could send it to your | mother's house instead.
The next free slot would be um | Thursday at four.
Well I think uh | that should be all right.
You would need to talk to | the head teacher.
She has been here since | about nine o'clock.
Our number is five one nine | five five five zero one four four.
The name is spelled d u | n n.
That would be a hundred | and sixty dollars.
Let me check | yes we have one left.
Is it for a | birthday or a wedding?
Can you tell me if | she has a fever?
I can offer you Thursday morning | or Friday after lunch.
She is not in today | but Monday works.
We close at six | on weekdays.
You can drop the car off | any time before ten.""".splitlines()

SPEAKERS = 30
TURNS_A_SPEAKER = 16


@dataclass
class Found:
    """What came of all turns."""

    paused: int = 0
    false_cuts: int = 0
    generated: int = 0
    released: int = 0


def talk(
    seed: int, found: Found, delays: dict[str, list[float]], *, misheard: bool = False
) -> None:
    """One speaker says a mix of finished utterances and such with a pause of 0.4 to 0.9 s."""
    draw = random.Random(seed)
    call = Telephone(mishears=random.Random(seed) if misheard else None)
    call.say(0.5, "Hello?")
    call.run(8.0)
    for _ in range(TURNS_A_SPEAKER):
        begins_s = max(call.now_s, call.quiet_from_s()) + draw.uniform(0.3, 0.9)
        stretches, pauses, kind = [draw.choice(FINISHED)], [], "finished"
        if draw.random() < 0.2:
            stretches, kind = [draw.choice(OPEN)], "open"
        if draw.random() < 0.5:
            stretches, kind = draw.choice(PAUSED).split(" | "), "paused"
            pauses = [draw.uniform(0.4, 0.9)]
        ended_s = call.say(begins_s, *stretches, pauses=pauses)
        call.run(ended_s)
        if kind == "paused":
            found.paused += 1
            found.false_cuts += bool(call.heard_between(begins_s, ended_s))
        call.run(ended_s + 3.0)
        sounds = [sound.from_s for sound in call.sounds if sound.from_s > ended_s]
        delays[kind].append(sounds[0] - ended_s)
    found.generated += len(call.when(Generate))
    found.released += len(call.when(Release))


def test_pauses_are_waited_for_and_finished_turns_are_answered_at_once() -> None:
    found = Found()
    delays: dict[str, list[float]] = {"finished": [], "open": [], "paused": []}
    for seed in range(SPEAKERS):
        talk(seed, found, delays)
    assert found.paused > 150
    assert found.false_cuts <= 0.05 * found.paused
    assert statistics.median(delays["finished"]) <= 0.72
    assert statistics.quantiles(delays["finished"], n=20)[18] <= 0.85
    assert statistics.median(delays["open"]) <= 1.0
    assert found.generated <= 1.6 * found.released


def test_five_words_misheard_in_a_hundred_confuse_nobody() -> None:
    found = Found()
    delays: dict[str, list[float]] = {"finished": [], "open": [], "paused": []}
    for seed in range(SPEAKERS):
        talk(seed, found, delays, misheard=True)
    assert found.false_cuts <= 0.08 * found.paused
    assert statistics.median(delays["finished"]) <= 0.72
    assert found.generated <= 1.8 * found.released
    assert found.released <= 1.1 * SPEAKERS * TURNS_A_SPEAKER
