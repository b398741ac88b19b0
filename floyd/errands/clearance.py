"""What the gates decide on, gathered from the database: before a plan is kept and before a dial."""

from floyd.errands.gates import GateInput, refused
from floyd.errands.hours import CallHours
from floyd.errands.knowledge import contacts_of, texts_of
from floyd.phone_numbers import Refusal, is_toll_free, zones_of
from floyd.prompts.schemas import Outcome
from floyd.settings import Settings
from floyd.store.models import Call, Errand, User


def refusal(settings: Settings, errand: Errand, phone: str) -> Refusal | None:
    """Return why an errand may not phone a number, or None when every gate lets it pass."""
    return refused(
        GateInput(
            phone=phone,
            user_is_known=User.select().where(User.id == errand.user.id).exists(),
            users_texts=[*texts_of(errand.user), errand.request],
            contact_phones=[contact.phone for contact in contacts_of(errand.user)],
            countries=settings.countries,
            own=settings.twilio_phone_number,
            asked_not_to_be_called=_asked_not_to_be_called(phone),
        )
    )


def hours_of(settings: Settings, phone: str, user: User) -> CallHours:
    """Return when a number (E.164) may be phoned; one without an area, in its user's hours."""
    zones = (user.zone,) if is_toll_free(phone) else zones_of(phone)
    return CallHours(*settings.call_hours_min, zones)


def _asked_not_to_be_called(phone: str) -> bool:
    """Return whether a call came to that; one that was returned may have left its errand alone."""
    asked = (Errand.phone == phone) & (Errand.outcome == Outcome.DO_NOT_CALL.value)
    returned = (Call.phone == phone) & (Call.role == "return") & Call.report.is_null(False)
    return bool(Errand.select().where(asked).exists()) or any(
        call.report["outcome"] == Outcome.DO_NOT_CALL.value
        for call in Call.select(Call.report).where(returned)
    )
