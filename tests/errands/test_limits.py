import pytest

from floyd.errands.limits import checked
from floyd.prompts.schemas import Limits

ANSWER = "up to $80, roses are fine, 12 Suffolk St, Guelph"


@pytest.mark.parametrize(
    ("words", "planned", "budget"),
    [
        (["Order flowers", ANSWER], 80.0, 80.0),
        (["Order flowers", ANSWER], 800.0, 80.0),
        (["Order flowers", ANSWER], None, 80.0),
        (["Order flowers", ANSWER], 12.0, 80.0),
        (["Order flowers for at most eighty dollars"], None, 80.0),
        (["Order flowers", "80 is what I had in mind"], 80.0, 80.0),
        (["Order flowers"], 100.0, None),
        (["Order flowers", ANSWER, "All right, $95 then"], 95.0, 95.0),
        (["Order flowers, budget is $50", "max $70"], 50.0, 70.0),
        (["Wait up to 3 days"], None, None),
        (["Max will pay $30 of it"], None, None),
        (["No less than $50 worth"], None, None),
        (["Not the $560 ones, no more than $80"], 560.0, 80.0),
    ],
)
def test_a_budget_is_the_one_that_the_user_stated(
    words: list[str], planned: float | None, budget: float | None
) -> None:
    limits = Limits(budget_usd=planned, other=["roses only"])
    assert checked(limits, words) == Limits(budget_usd=budget, other=["roses only"])
