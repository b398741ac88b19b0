"""The people whom Floyd may call: data files in, phones on the network out."""

from floyd.sandbox.network.phones import BusyPhone, Phone, UnansweredPhone
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.people.phones import Household, PersonPhone, SilentPhone, VoicemailPhone
from floyd.sandbox.people.templates import fill
from floyd.sandbox.scenario import Scenario


def build_phone(name: str, household: Household, scenario: Scenario) -> Phone:
    """The phone that a data file describes, e.g. `school_secretary`, `voicemail`, `busy`.

    Raises:
        ValueError: there is no such file, or its kind is unknown.
    """
    table = read_file(name)
    match table["kind"]:
        case "person":
            return PersonPhone(household, Person.from_toml(table, scenario))
        case "voicemail":
            return VoicemailPhone(
                household,
                greeting=fill(table["greeting"], scenario.words()),
                voice=table["voice"],
                rings=table["rings"],
                max_s=table["max_s"],
            )
        case "silent":
            return SilentPhone(household, rings=table["rings"])
        case "busy":
            return BusyPhone()
        case "unanswered":
            return UnansweredPhone()
        case unknown:
            raise ValueError(f"{name}.toml has an unknown kind: {unknown}")
