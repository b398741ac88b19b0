"""One story's facts, drawn from a seed: who works with Floyd, whom it calls, and what is true."""

import random
from dataclasses import dataclass, fields
from typing import Any

# 555-0100 to 555-0199 are kept free for stories; these area codes share a time zone.
AREA_CODES = ("519", "226", "416", "647")
FLOYD_NUMBER = "+12265550199"
PARENTS = (("Anna", "mother"), ("Jonas", "father"), ("Priya", "mother"), ("Daniel", "father"))
CHILDREN = ("Mara", "Leo", "Nina", "Oscar", "Ruby", "Hugo", "Clara", "Theo")
PRONOUNS = {"Mara": "she", "Nina": "she", "Ruby": "she", "Clara": "she"}
FAMILIES = ("Berg", "Novak", "Fisher", "Morgan", "Walsh", "Larsen", "Turner", "Hale")
SCHOOLS = ("Maple School", "Riverside School", "Oak Street School", "Hillcrest School")
TEACHERS = ("Ms. Carter", "Mr. Jensen", "Mrs. Lopez", "Mr. Brooks", "Ms. Reed")
SECRETARIES = ("Denise", "Carol", "Martha", "Joan")
REQUESTS = (
    "Call the school and let them know {child_first} is going to be home sick today.",
    "Please call {school} and tell them {child_first} is sick and staying home today",
    "Hi! {child_first} is sick today, can you let the school know?",
    "Could you phone the school? {child_first} won't be in today, {pronoun}'s sick.",
)


@dataclass(frozen=True)
class Scenario:
    """The story of a sick child.

    Attributes:
        child: the full name; other_children are pupils of the same school.
        request: what the user texts to Floyd.
    """

    seed: int
    floyd_phone: str
    user: str
    user_first: str
    user_phone: str
    relation: str
    child: str
    child_first: str
    pronoun: str
    other_children: tuple[str, ...]
    school: str
    school_phone: str
    secretary: str
    class_name: str
    teacher: str
    request: str

    @classmethod
    def from_seed(cls, seed: int) -> "Scenario":
        """Draw the facts; seed 0 tells the story that the documentation tells."""
        draw = random.Random(f"scenario {seed}")
        is_first = seed == 0
        family = "Berg" if is_first else draw.choice(FAMILIES)
        parent, relation = PARENTS[0] if is_first else draw.choice(PARENTS)
        child = "Mara" if is_first else draw.choice(CHILDREN)
        school = "Maple School" if is_first else draw.choice(SCHOOLS)
        pronoun = PRONOUNS.get(child, "he")
        request = REQUESTS[0] if is_first else draw.choice(REQUESTS)
        user_phone, school_phone = _numbers(draw)
        return cls(
            seed=seed,
            floyd_phone=FLOYD_NUMBER,
            user=f"{parent} {family}",
            user_first=parent,
            user_phone=user_phone,
            relation=relation,
            child=f"{child} {family}",
            child_first=child,
            pronoun=pronoun,
            other_children=_others(draw, f"{child} {family}"),
            school=school,
            school_phone=school_phone,
            secretary=draw.choice(SECRETARIES),
            class_name="3B" if is_first else f"{draw.randint(1, 6)}{draw.choice('ABCD')}",
            teacher=draw.choice(TEACHERS),
            request=request.format(child_first=child, school=school, pronoun=pronoun),
        )

    @property
    def user_facts(self) -> dict[str, str]:
        """What the user has told Floyd already, by subject."""
        child = "daughter" if self.pronoun == "she" else "son"
        return {
            f"{self.child_first}'s full name": f"{self.child}, {self.user_first}'s {child}",
            f"{self.child_first}'s school": self.school,
            f"{self.child_first}'s class": self.class_name,
            f"{self.child_first}'s teacher": self.teacher,
        }

    @property
    def contacts(self) -> dict[str, str]:
        """Whose numbers the user has, by name."""
        return {self.school: self.school_phone}

    def words(self) -> dict[str, str]:
        """What people's lines may speak of, by the name in braces."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"user_facts": self.user_facts, "contacts": self.contacts}


def _numbers(draw: random.Random) -> tuple[str, str]:
    area = draw.choice(AREA_CODES)
    first, second = draw.sample(range(100, 190), 2)
    return f"+1{area}5550{first}", f"+1{area}5550{second}"


def _others(draw: random.Random, child: str) -> tuple[str, ...]:
    everyone = [f"{first} {family}" for first in CHILDREN for family in FAMILIES]
    return tuple(draw.sample([name for name in everyone if name != child], 12))
