"""What a call may teach Floyd: what the callee said of itself, never anything about the user."""

import re
from collections.abc import Sequence

from floyd.prompts.schemas import LearnedFact
from floyd.reports.evidence import Transcript, holds, names

_TOPICS = re.compile(
    r"\b(?:hours?|open(?:s|ing)?|clos(?:e|es|ed|ing)|address|location|phone|number|extension|"
    r"line|e-?mail|website|contact|parking|fax|office|reception|menu|prices?)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:his|her|hers|him|she|he|your?|yours|my|mine|me|user|caller|customer|client|parent|"
    r"bank|card|account|password|pin|birth\w*|social security|diagnos\w*)\b",
    re.IGNORECASE,
)
_LONGEST = 200


def about_callee(fact: LearnedFact, transcript: Transcript, persons: Sequence[str]) -> bool:
    """Return whether something learned is about the callee's place and was said by the callee.

    Args:
        fact: as the model wrote it.
        transcript: the call.
        persons: the user and the subjects of the snapshot: nothing about them is kept.
    """
    told = f"{fact.subject}: {fact.value}"
    callee_ids = {said.id for said in transcript.utterances if said.speaker == "callee"}
    about_persons = names(told) & {name for person in persons for name in names(person)}
    return (
        len(told) <= _LONGEST
        and bool(_TOPICS.search(fact.subject))
        and not _PERSONAL.search(told)
        and not about_persons
        and holds(fact.value, callee_ids & set(fact.utterance_ids), transcript)
    )
