"""What was said on a line, as the far phone heard and spoke it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from floyd.sandbox.records import Records
from floyd.sandbox.sound import HeardWord

NEW_UTTERANCE_AFTER_MS = 1200


@dataclass
class Utterance:
    """One stretch of speech; times count from the answering of the call."""

    speaker: str
    text: str
    start_ms: int
    end_ms: int


@dataclass
class Transcript:
    """The utterances of one call: `phone` is the far end, `line` whatever it was connected to.

    Records `call.spoke` (what the phone says, as it begins) and `call.heard` (word by word) tell of
    them as they happen.
    """

    records: Records
    call_sid: str
    utterances: list[Utterance] = field(default_factory=list)

    @property
    def has_spoken(self) -> bool:
        """Whether the phone's own side has said anything."""
        return any(utterance.speaker == "phone" for utterance in self.utterances)

    def spoke(self, text: str, start_ms: int, end_ms: int) -> Utterance:
        """The phone's own side says something."""
        utterance = Utterance("phone", text, start_ms, end_ms)
        self.utterances.append(utterance)
        self.records.add("call.spoke", call=self.call_sid, text=text, start_ms=start_ms)
        return utterance

    def heard(self, word: HeardWord) -> None:
        """The phone hears one more word from the other side."""
        self.records.add("call.heard", call=self.call_sid, word=word.text, start_ms=word.start_ms)
        last = self.utterances[-1] if self.utterances else None
        goes_on = (
            last is not None
            and last.speaker == "line"
            and word.start_ms - last.end_ms < NEW_UTTERANCE_AFTER_MS
        )
        if last is not None and goes_on:
            last.text += f" {word.text}"
            last.end_ms = word.end_ms
        else:
            self.utterances.append(Utterance("line", word.text, word.start_ms, word.end_ms))

    def as_json(self) -> list[dict[str, Any]]:
        """The utterances as JSON values."""
        return [asdict(utterance) for utterance in self.utterances]
