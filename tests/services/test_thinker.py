"""Structured answers through OpenAI's SDK, on the wire."""

from typing import Any

import pytest

from floyd import prompts
from floyd.errors import ModelError
from floyd.prompts.schemas import Understanding
from floyd.services.model.openai_chat import OpenAIThinker
from floyd.services.model.protocol import Thinker
from floyd.settings import Settings
from tests.conftest import free_port
from tests.services.conftest import Speech

REQUEST = "Call the school and let them know Mara is going to be home sick today."


@pytest.fixture
def thinker(speech_settings: Settings) -> Thinker:
    return OpenAIThinker(speech_settings, speech_settings.clock)


def understand(thinker: Thinker) -> Understanding:
    material: dict[str, Any] = {
        "now": "Monday 2026-11-23 08:05",
        "user": "Anna Berg",
        "text": REQUEST,
        "earlier_texts": [],
        "open_errands": [],
    }
    return thinker.think(prompts.instructions("understanding"), material, Understanding)


def requests_of(speech: Speech) -> list[dict[str, Any]]:
    return [record.fields["body"] for record in speech.records.of("openai.chat")]


def test_an_answer_fits_its_schema(thinker: Thinker, speech: Speech) -> None:
    (wish,) = understand(thinker).wishes
    assert (wish.kind, wish.text) == ("new_errand", REQUEST)

    (request,) = requests_of(speech)
    assert request["response_format"]["json_schema"]["name"] == "Understanding"
    assert request["response_format"]["json_schema"]["strict"] is True
    assert request["reasoning_effort"] == "low"


@pytest.mark.parametrize("fault", ["malformed_json", "refusal", "truncate"])
def test_what_does_not_fit_is_asked_for_once_more(
    thinker: Thinker, speech: Speech, fault: str
) -> None:
    setattr(speech.openai, fault, 1)
    assert understand(thinker).wishes[0].kind == "new_errand"

    first, second = requests_of(speech)
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert "cannot be used" in second["messages"][-1]["content"]


@pytest.mark.parametrize("fault", ["malformed_json", "refusal", "truncate"])
def test_what_still_does_not_fit_is_an_error(thinker: Thinker, speech: Speech, fault: str) -> None:
    setattr(speech.openai, fault, 2)
    with pytest.raises(ModelError) as caught:
        understand(thinker)
    assert len(requests_of(speech)) == 2
    assert "Mara" not in str(caught.value)


def test_two_failures_of_the_server_are_waited_out(thinker: Thinker, speech: Speech) -> None:
    speech.openai.fail_next = [429, 500]
    assert understand(thinker).wishes


def test_a_server_that_keeps_failing_is_worth_another_job(thinker: Thinker, speech: Speech) -> None:
    speech.openai.fail_next = [500, 500, 500]
    with pytest.raises(ModelError) as caught:
        understand(thinker)
    assert caught.value.retryable


def test_a_refused_request_is_not_worth_another_try(speech_settings: Settings) -> None:
    settings = speech_settings.model_copy(update={"floyd_model": "no-such-model"})
    with pytest.raises(ModelError) as caught:
        understand(OpenAIThinker(settings, settings.clock))
    assert not caught.value.retryable
    assert "model_not_found" in str(caught.value)


def test_a_server_that_is_not_there_is_worth_another_try(speech_settings: Settings) -> None:
    nowhere = {"openai_base_url": f"http://127.0.0.1:{free_port()}/v1"}
    settings = speech_settings.model_copy(update=nowhere)
    with pytest.raises(ModelError) as caught:
        understand(OpenAIThinker(settings, settings.clock))
    assert caught.value.retryable
