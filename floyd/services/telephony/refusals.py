"""Twilio's codes that a user can cause, in words for the user."""

from floyd.phone_numbers import for_reading

_SENTENCES = {
    10004: "Too many calls are going on at once.",
    13224: "{number} isn't a number that can be called.",
    13227: "{number} is in a country that I'm not allowed to call.",
    21211: "{number} isn't a number that can be called.",
    21214: "{number} can't be reached.",
    21215: "{number} is in a country that I'm not allowed to call.",
    21216: "{number} is a number that I'm not allowed to call.",
    21408: "{number} is in a country that I'm not allowed to text.",
    21610: "{number} has opted out of my texts.",
    21614: "{number} can't receive texts.",
    21617: "That text is too long to be sent.",
}


def told_to_the_user(code: int | None, number: str) -> str | None:
    """Return what a refusal means, naming the number; None when it is not the user's to know.

    Args:
        code: Twilio's error code.
        number: E.164, or whatever was to be dialled.
    """
    sentence = _SENTENCES.get(code or 0)
    return sentence.format(number=for_reading(number)) if sentence else None
