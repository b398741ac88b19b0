"""What a request asks for: a user's words in; whom to phone and what about out."""

from typing import Any

from floyd.sandbox.openai.double.reading import knowledge, matched, words


def place(request: str) -> str:
    """Return the place that a request names, in its words; empty where it names none."""
    found = matched(knowledge("plan")["places"], request)
    return found["place"].strip() if found else ""


def trade(request: str) -> str | None:
    """Return the kind of place that has what is wanted."""
    trades = knowledge("plan")["trades"].items()
    return next((trade for trade, pattern in trades if matched([pattern], request)), None)


def fitting(place: str, contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the contacts that share most words with the place; several only in a tie."""
    wanted = words(place) - set(knowledge("plan")["common"])
    scores = [
        len(wanted & words(f"{contact.get('name')} {contact.get('about')}")) for contact in contacts
    ]
    best = max(scores, default=0)
    scored = zip(contacts, scores, strict=True)
    return [contact for contact, score in scored if score == best] if best else []


def purpose(request: str) -> tuple[dict[str, Any], str]:
    """Return the kind of the errand and what it is about, in the user's words."""
    for kind in knowledge("plan")["kinds"]:
        found = matched(kind["patterns"], request)
        if found:
            what = found["what"].replace("\n", " ").strip().rstrip(".!? ")
            if found.groupdict().get("whom"):
                what = f"{what} for {found['whom']}"
            return kind, what
    return knowledge("plan")["kinds"][-1], "it"


def budget(said: str) -> float | None:
    """Return the most that may be spent, in dollars, as the user stated it."""
    found = matched(knowledge("plan")["limits"]["budget"], said)
    return float(found["usd"].replace(",", "")) if found else None
