import pytest

from floyd.errands.sensitive import Kind, kinds_of, may_be_told


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Anna's bank card: 4111 1111 1111 1111", {Kind.CARD}),
        ("Anna's number at the shop: 4111-1111-1111-1111", {Kind.CARD}),
        ("Anna's membership: 4111 1111 1111 1112", set()),
        ("Anna's SSN: 078-05-1120", {Kind.GOVERNMENT_ID}),
        ("Anna: 078-05-1120", {Kind.GOVERNMENT_ID}),
        ("Anna's passport: AB123456", {Kind.GOVERNMENT_ID}),
        ("Anna's wifi password: hunter2", {Kind.PASSWORD}),
        ("Anna's door code: 4711", {Kind.PASSWORD}),
        ("Anna's diagnosis: diabetes", {Kind.HEALTH}),
        ("Mara's allergies: nuts", {Kind.HEALTH}),
        ("Mara's class: 3B", set()),
        ("Anna's address: 12 Suffolk St", set()),
        ("Anna's phone: 519-555-0188", set()),
        ("Krista's flowers: with a card", set()),
    ],
)
def test_what_is_sensitive_is_seen_by_words_and_shape(text: str, kinds: set[Kind]) -> None:
    assert kinds_of(text) == kinds


CARD = "Anna's visa: 4111 1111 1111 1111"
PASSPORT = "Anna's passport: AB123456"
NUTS = "Mara's allergies: nuts"


@pytest.mark.parametrize(
    ("fact", "words", "told"),
    [
        (CARD, "Order flowers and pay with my visa", True),
        (CARD, "Order flowers, with a card that says hello", False),
        (CARD, "Order flowers and pay by card", True),
        (CARD, "Call the bank, I lost my visa", False),
        (CARD, "Order flowers but don't give them my visa", False),
        (CARD, "Call the school", False),
        (PASSPORT, "Give them my passport number", True),
        (PASSPORT, "Give them my visa", False),
        (NUTS, "Tell the school about her allergies", True),
        (NUTS, "Tell the school that Mara is sick", False),
        ("Mara's illness: a cold", "Tell the school that Mara is sick", True),
        ("Anna's diagnosis: diabetes", "Call my doctor for an appointment", False),
        ("Mara's class: 3B", "Anything", True),
    ],
)
def test_what_is_sensitive_is_told_only_where_the_user_says_so(
    fact: str, words: str, told: bool
) -> None:
    assert may_be_told(fact, [words]) is told
