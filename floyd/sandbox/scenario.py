"""One story's facts, drawn from a seed: who works with Floyd, whom it calls, and what is true."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

STORIES = ("school", "flowers", "oil_change")
# Told by phone; what they are about is one of STORIES.
VOICE_STORIES = ("voice_school", "voice_flowers", "voice_return", "voice_hang_up", "voice_status")
# The day of the stories that tests tell; a running world takes its own.
SOME_DAY = date(2026, 11, 22)

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
FRIENDS = ("Krista", "Helen", "Sofia", "Martin", "Ines")
FLORISTS = ("Royal City Flowers", "Speed River Flowers", "Wyndham Street Flowers")
STREETS = ("Suffolk St", "Paisley Rd", "Dublin St", "London Rd", "Woolwich St")
ALTERNATIVES = ("roses", "tulips", "lilies", "daisies")
GARAGES = ("Brock Road Garage", "Silvercreek Garage", "Elora Road Garage")
CARS = ("blue Honda Civic", "grey Mazda 3", "red Toyota Corolla", "white Ford Focus")
WEEKDAYS = 5
REQUESTS = {
    "school": (
        "Call the school and let them know {child_first} is going to be home sick today.",
        "Please call {school} and tell them {child_first} is sick and staying home today",
        "Hi! {child_first} is sick today, can you let the school know?",
        "Could you phone the school? {child_first} won't be in today, {pronoun}'s sick.",
    ),
    "flowers": (
        "Can you order {friend} some flowers?",
        "Please order some flowers for {friend}.",
        "Hi! Could you order {friend} some flowers?",
    ),
    "oil_change": (
        "Book me in for an oil change at {garage} next week",
        "Can you book me in for an oil change at {garage} next week?",
        "Please book an oil change at {garage} next week.",
    ),
}
MATTERS = {
    "school": "the call to the school about {child_first}",
    "flowers": "the flowers for {friend}",
    "oil_change": "the oil change",
}
ANSWERS = {
    "school": "{child_first} is in class {class_name}",
    "flowers": "up to ${budget}, {flowers} are fine, {address}",
    "oil_change": "Their number is {garage_phone_written}",
}


@dataclass(frozen=True)
class Scenario:
    """A town in which three stories can be told: of a sick child, of flowers, of an oil change.

    Attributes:
        story: the one that is told, by text or by phone; the others' people are there all the same.
        child: the full name; other_children are pupils of the same school.
        friend: who is to get flowers, at `address`, for `budget` dollars at most.
        flowers: what the florist has within the budget, for `flowers_price` dollars.
        works_until: the end of the user's working days, e.g. 15:00; of the garage's three free
            times (next week) only `late_day` at `late_time` is after it.
        request: what the user texts to Floyd.
    """

    seed: int
    story: str
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
    friend: str
    florist: str
    florist_phone: str
    address: str
    budget: str
    peonies_price: str
    flowers: str
    flowers_price: str
    garage: str
    garage_phone: str
    garage_phone_written: str
    car: str
    works_until: str
    early_day: str
    early_time: str
    noon_day: str
    noon_time: str
    late_day: str
    late_time: str
    request: str

    @classmethod
    def from_seed(cls, seed: int, story: str = "school", today: date = SOME_DAY) -> "Scenario":
        """Draw the facts; seed 0 tells the stories that the documentation tells.

        Raises:
            ValueError: there is no such story.
        """
        if story not in (*STORIES, *VOICE_STORIES):
            raise ValueError(f"no story is called {story}")
        draw = random.Random(f"scenario {seed}")
        is_first = seed == 0
        family = "Berg" if is_first else draw.choice(FAMILIES)
        parent, relation = PARENTS[0] if is_first else draw.choice(PARENTS)
        child = "Mara" if is_first else draw.choice(CHILDREN)
        school = "Maple School" if is_first else draw.choice(SCHOOLS)
        pronoun = PRONOUNS.get(child, "he")
        requests = REQUESTS[_errand_of(story, seed)]
        request = requests[0] if is_first else draw.choice(requests)
        user_phone, school_phone = _numbers(draw)
        town = _shops(seed, {user_phone, school_phone}) | _free_times(seed, today)
        words = {"child_first": child, "school": school, "pronoun": pronoun, **town}
        return cls(
            seed=seed,
            story=story,
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
            request=request.format(**words),
            **town,
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Scenario":
        """Read what `as_json` has written."""
        given = {field.name: values[field.name] for field in fields(cls)}
        return cls(**given | {"other_children": tuple(given["other_children"])})

    @property
    def errand(self) -> str:
        """What the story is about, one of STORIES."""
        return _errand_of(self.story, self.seed)

    @property
    def matter(self) -> str:
        """What the user calls the errand once Floyd knows it."""
        return MATTERS[self.errand].format(**self._strings())

    @property
    def answer(self) -> str:
        """What the user says when Floyd asks about the errand."""
        return ANSWERS[self.errand].format(**self._strings())

    @property
    def user_facts(self) -> dict[str, str]:
        """What the user has told Floyd already, by subject."""
        child = "daughter" if self.pronoun == "she" else "son"
        return {
            f"{self.child_first}'s full name": f"{self.child}, {self.user_first}'s {child}",
            f"{self.child_first}'s school": self.school,
            f"{self.child_first}'s class": self.class_name,
            f"{self.child_first}'s teacher": self.teacher,
            f"{self.user_first}'s car": self.car,
            f"{self.user_first}'s working hours": f"works until {self.works_until} on weekdays",
        }

    @property
    def contacts(self) -> dict[str, str]:
        """Whose numbers the user has, by name."""
        return {self.school: self.school_phone}

    def words(self) -> dict[str, str]:
        """What people's lines may speak of, by the name in braces."""
        return self._strings() | {"matter": self.matter, "answer": self.answer}

    def _strings(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, str)}

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"user_facts": self.user_facts, "contacts": self.contacts}


def _errand_of(story: str, seed: int) -> str:
    """The written story that has the same errand; both the school and the florist call back."""
    if story == "voice_return":
        return "flowers" if seed % 2 else "school"
    errands = {"voice_school": "school", "voice_flowers": "flowers"}
    errands |= {"voice_hang_up": "school", "voice_status": "flowers"}
    return errands.get(story, story)


def _numbers(draw: random.Random) -> tuple[str, str]:
    area = draw.choice(AREA_CODES)
    first, second = draw.sample(range(100, 190), 2)
    return f"+1{area}5550{first}", f"+1{area}5550{second}"


def _shops(seed: int, taken: set[str]) -> dict[str, str]:
    """Draw the florist, the garage, and what is wanted of them."""
    draw = random.Random(f"shops {seed}")
    numbers = [f"+14165550{line}" for line in range(100, 190)]
    florist_phone, garage_phone = draw.sample([n for n in numbers if n not in taken], 2)
    budget = draw.choice((60, 80, 100, 120))
    town = {
        "friend": draw.choice(FRIENDS),
        "florist": draw.choice(FLORISTS),
        "address": f"{draw.randint(10, 90)} {draw.choice(STREETS)}, Guelph",
        "budget": str(budget),
        "peonies_price": str(draw.randrange(480, 640, 20)),
        "flowers": draw.choice(ALTERNATIVES),
        "flowers_price": str(budget - draw.choice((4, 8, 15))),
        "garage": draw.choice(GARAGES),
        "car": draw.choice(CARS),
    }
    written = _written(garage_phone, draw)
    town |= {"florist_phone": florist_phone, "garage_phone": garage_phone}
    return town | {"garage_phone_written": written} | (FIRST_SHOPS if seed == 0 else {})


FIRST_SHOPS = {
    "friend": "Krista",
    "florist": FLORISTS[0],
    "address": "12 Suffolk St, Guelph",
    "budget": "80",
    "peonies_price": "560",
    "flowers": "roses",
    "flowers_price": "72",
    "garage": GARAGES[0],
    "car": CARS[0],
}


def _written(phone: str, draw: random.Random) -> str:
    """A number as people write it."""
    area, exchange, line = phone[2:5], phone[5:8], phone[8:]
    forms = ("({0}) {1}-{2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "+1 {0} {1} {2}", "{0} {1} {2}")
    return draw.choice(forms).format(area, exchange, line)


def _free_times(seed: int, today: date) -> dict[str, str]:
    """Draw when the user works, and when the garage is free next week."""
    draw = random.Random(f"times {seed}")
    works_until = 15 if seed == 0 else draw.choice((14, 15, 16))
    monday = today + timedelta(days=7 - today.weekday())
    days = [monday + timedelta(days=ahead) for ahead in draw.sample(range(WEEKDAYS), 3)]
    early, noon, late = (f"{day:%A, %B} {day.day}" for day in days)
    return {
        "works_until": f"{works_until}:00",
        "early_day": early,
        "early_time": draw.choice(("8 AM", "9 AM", "10 AM")),
        "noon_day": noon,
        "noon_time": draw.choice(("11 AM", "12:30 PM", "1 PM")),
        "late_day": late,
        "late_time": draw.choice((f"{works_until - 11} PM", f"{works_until - 12}:30 PM")),
    }


def _others(draw: random.Random, child: str) -> tuple[str, ...]:
    everyone = [f"{first} {family}" for first in CHILDREN for family in FAMILIES]
    return tuple(draw.sample([name for name in everyone if name != child], 12))
