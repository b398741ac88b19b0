"""What a call may know, read from the model stand-in's own log: nothing outside its snapshot."""

import json
from typing import Any

from floyd.sandbox.client import ATTESTED
from floyd.store.models import Fact, User
from tests.whole.conftest import Town

SECRETS = {
    "{user}'s visa": "4111 1111 1111 1111",
    "{user}'s passport": "canary-P7781",
    "{user}'s wifi password": "canary-hunter2",
    "{user}'s diagnosis": "canary-diabetes",
    "Mara's medication": "canary-insulin",
}
UNRELATED = {"Krista's birthday": "canary-march", "{user}'s hobby": "canary-curling"}
GONE = {"{user}'s old job": "canary-superseded", "{user}'s trip": "canary-expired"}
OF_ANOTHER = {"Eve's secret": "canary-eve"}


def plant(town: Town) -> None:
    """Let Floyd know things that no call for a sick child needs."""
    user, now = town.floyds_user, town.settings.clock.now()
    past = {"{user}'s old job": {"superseded_at": now}, "{user}'s trip": {"expires_at": now - 1}}
    for subject, value in (SECRETS | UNRELATED | GONE).items():
        about, more = subject.format(user=town.scenario.user_first), past.get(subject, {})
        keep(user, about, value, **more)
    eve = User.create(
        phone=town.user.replace("+1519", "+1416"), name="Eve", zone="UTC", created_at=now
    )
    for subject, value in OF_ANOTHER.items():
        keep(eve, subject, value)


def keep(user: User, subject: str, value: str, **more: Any) -> None:
    Fact.create(user=user, subject=subject, value=value, source="operator", created_at=0.0, **more)


def found(texts: list[str], *canaries: dict[str, str]) -> list[str]:
    told = " ".join(texts).lower()
    return [value for each in canaries for value in each.values() if value in told]


def planning(town: Town) -> list[str]:
    chats = [event.fields["body"] for event in town.sandbox.records(0, ["openai.chat"])]
    plans = [body for body in chats if body.get("response_format")]
    return [json.dumps(body["messages"]) for body in plans]


def test_an_errands_call_and_its_return_know_nothing_outside_the_snapshot(town: Town) -> None:
    plant(town)
    town.sandbox.put_phone(town.school, "voicemail")
    town.text(town.scenario.request)
    town.reply("left a message")
    town.sandbox.call_floyd(town.school, "caller_secretary", ATTESTED)
    town.reply("called back")

    live = town.live_prompts()
    assert any(town.scenario.class_name in prompt for prompt in live)
    assert found(live, SECRETS, UNRELATED, GONE, OF_ANOTHER) == []
    assert found(planning(town), SECRETS, GONE, OF_ANOTHER) == []


def test_a_call_that_is_answered_knows_nothing_outside_the_snapshot(town: Town) -> None:
    plant(town)
    town.text(town.scenario.request)
    town.reply("Done")

    assert found(town.live_prompts(), SECRETS, UNRELATED, GONE, OF_ANOTHER) == []


def test_the_desk_reads_out_nothing_sensitive_and_tells_somebody_nothing(town: Town) -> None:
    plant(town)
    town.sandbox.call_over(town.sandbox.call_floyd(town.user, "caller_status", None))
    unattested = town.live_prompts()
    assert unattested
    assert found(unattested, SECRETS, UNRELATED, GONE, OF_ANOTHER) == []

    town.sandbox.call_over(town.sandbox.call_floyd(town.user, "caller_status", ATTESTED))
    assert found(town.live_prompts(), SECRETS, GONE, OF_ANOTHER) == []
    assert found(town.live_prompts(), UNRELATED) == list(UNRELATED.values())
