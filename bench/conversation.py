"""What the bench's callees are told: their words in, the model's reply out.

Both sides know it: the stand-in for the model replies by it, the driver checks by it that every
callee hears the answer to its own words. Each reply names the order and the thing that were said.
"""

import re

_ORDER = re.compile(r"order (\d+) (needs|wants) (\w+ \w+)", re.IGNORECASE)
_NUMBER = re.compile(r"order (\d+)", re.IGNORECASE)
_TOKEN = re.compile(r"\s?\w+(?:'\w+)?|\s?[^\w\s]")
ACKNOWLEDGED = "All right then, please go on."


def reply_to(words: str) -> str:
    """Return the reply to a callee's words.

    What an order "needs" is answered with two sentences, the first of 12 tokens, its first clause
    of 4; what it "wants", briefly.
    """
    said = _ORDER.findall(words)
    if not said:
        return ACKNOWLEDGED
    order, verb, thing = said[-1]
    if verb.lower() == "wants":
        return f"Order {order}, {thing.lower()}."
    noted = f"All right then, I noted {thing.lower()} for order {order}."
    return f"{noted} Is there anything else that I should tell them?"


def orders_in(words: str) -> list[int]:
    """Return the numbers of the orders that are spoken of."""
    return [int(number) for number in _NUMBER.findall(words)]


def tokens(text: str) -> list[str]:
    """Cut a text as a language model writes it: words with the space before them, and signs."""
    return _TOKEN.findall(text)
