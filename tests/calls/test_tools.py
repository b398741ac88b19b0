import json

import pytest

from floyd.calls import tools
from floyd.calls.tools import Refused, Verdict
from floyd.calls.vocabulary import ToolCalled

CALLEE = "Okay, I've noted it. She's marked absent today."


def called(name: str, **arguments: object) -> ToolCalled:
    return ToolCalled(0, name, json.dumps(arguments))


def check(call: ToolCalled, callee_words: str) -> Verdict:
    return tools.check(call, tools.OF_AN_ERRAND, callee_words)


def test_finish_keeps_only_the_evidence_that_the_callee_said() -> None:
    evidence = ["She's marked absent", "she will be back tomorrow"]
    verdict = check(called("finish", outcome="done", evidence=evidence), CALLEE)
    assert verdict == {"outcome": "done", "evidence": ["She's marked absent"], "missing": []}


@pytest.mark.parametrize("evidence", [[], ["she is excused"], [""], ["absent tomorrow"]])
def test_success_without_the_callees_own_words_is_refused(evidence: list[str]) -> None:
    assert isinstance(check(called("finish", outcome="done", evidence=evidence), CALLEE), Refused)


def test_a_refusal_of_the_callee_needs_no_proof() -> None:
    verdict = check(called("finish", outcome="declined", evidence=[]), CALLEE)
    assert verdict == {"outcome": "declined", "evidence": [], "missing": []}


@pytest.mark.parametrize(
    "call",
    [
        ToolCalled(0, "finish", "{"),
        ToolCalled(0, "finish", "null"),
        called("finish", outcome="won", evidence=[]),
        called("finish", outcome="done", evidence="all of it"),
        called("finish", outcome="done", evidence=["noted it"], tip=20),
        called("call_back_later", missing=[]),
        called("transfer_money", amount=100),
    ],
)
def test_what_does_not_fit_its_schema_is_refused_with_a_reason(call: ToolCalled) -> None:
    verdict = check(call, CALLEE)
    assert isinstance(verdict, Refused)
    assert verdict.reason
