from floyd.calls.words import same_words


def test_what_a_recogniser_writes_otherwise_says_the_same() -> None:
    assert same_words("What's her name?", "what is her name")
    assert same_words("at nine thirty um in class three", "At 9:30 in the class 3")


def test_any_other_word_may_turn_an_answer_round() -> None:
    assert not same_words("what's her name", "what's his name")
    assert not same_words("yes she can", "yes she can't")
    assert not same_words("eighty dollars", "eighteen dollars")
