"""Tokens in, clauses out: the pieces that the voice is given, the first one short; pure."""

import re

_SENTENCE_END = re.compile(r"[.!?…]+[\"')\]]*\s+")
_CLAUSE_END = re.compile(r"[,;:—]\s+|[.!?…]+[\"')\]]*\s+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Ave|No|vs|[A-Z])|\b[ap]\.m)\.\s+$")
_FIRST_AT_LEAST = 8
_LATER_AT_LEAST = 40


class Clauses:
    """Splits a growing text into clauses.

    The first clause may end at any comma so that sound can begin early; later ones are whole
    sentences, or long parts of one, because a voice reads those better.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._first = True

    def feed(self, piece: str) -> list[str]:
        """Return the clauses that a further piece of text completes."""
        self._rest += piece
        clauses = []
        while (end := self._end()) is not None:
            clauses.append(self._rest[:end].strip())
            self._rest = self._rest[end:]
            self._first = False
        return [clause for clause in clauses if clause]

    def close(self) -> list[str]:
        """Return what is left once the text has ended."""
        rest, self._rest = self._rest.strip(), ""
        return [rest] if rest else []

    def _end(self) -> int | None:
        at_least = _FIRST_AT_LEAST if self._first else _LATER_AT_LEAST
        for match in _CLAUSE_END.finditer(self._rest):
            if _ABBREVIATION.search(self._rest[: match.end()]):
                continue
            sentence = _SENTENCE_END.fullmatch(match.group())
            if match.end() >= at_least or (sentence and match.end() >= _FIRST_AT_LEAST):
                return match.end()
        return None
