"""The replies of the bench's model: of BENCH.md's shape, and no two callees get the same."""

from bench.conversation import reply_to, tokens


def test_what_an_order_needs_is_answered_with_a_sentence_of_12_tokens_and_a_clause_of_4() -> None:
    reply = reply_to("order 42 needs fresh bread")
    first, second = reply.split(". ")
    assert len(tokens(f"{first}.")) == 12
    assert tokens(first)[:4] == ["All", " right", " then", ","]
    assert second.endswith("?")


def test_tokens_put_together_are_the_reply() -> None:
    reply = reply_to("Order 7 needs oat milk.")
    assert "".join(tokens(reply)) == reply


def test_a_reply_names_order_and_thing_of_the_last_words() -> None:
    reply = reply_to("order 3 needs oat milk Wait, order 3 needs red apples.")
    assert "red apples for order 3." in reply
    assert "oat milk" not in reply


def test_what_an_order_wants_is_answered_briefly() -> None:
    assert reply_to("order 3 wants green tea.") == "Order 3, green tea."
