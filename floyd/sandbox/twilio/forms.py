"""The forms that customers post: checked fields out, Twilio's error for what is wrong.

A parameter that is unknown is ignored, as by the real API.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from multidict import MultiMapping

from floyd.sandbox.twilio import numbers
from floyd.sandbox.twilio.account import Account
from floyd.sandbox.twilio.conditions import TwilioConditions
from floyd.sandbox.twilio.errors import bad_request

Form = MultiMapping[str]

MAX_TEXT_CHARACTERS = 1600
MAX_TWIML_CHARACTERS = 4000
MAX_TIME_LIMIT_S = 86_400
DEFAULT_TIME_LIMIT_S = 14_400
MAX_RING_TIMEOUT_S = 600
DEFAULT_RING_TIMEOUT_S = 60
CALL_EVENTS = ("initiated", "ringing", "answered", "completed")
MACHINE_DETECTIONS = ("Enable", "DetectMessageEnd")


@dataclass(frozen=True)
class Program:
    """Where a call's TwiML comes from: the text itself, or a URL."""

    twiml: str | None = None
    url: str | None = None
    method: str = "POST"
    fallback_url: str | None = None


@dataclass(frozen=True)
class MachineDetection:
    """How to find out whether a machine answered."""

    until_message_end: bool
    timeout_s: float
    callback: str | None


@dataclass(frozen=True)
class CallRequest:
    """A call that may be made."""

    to: str
    from_: str
    program: Program
    status_callback: str | None = None
    events: frozenset[str] = frozenset({"completed"})
    timeout_s: float = DEFAULT_RING_TIMEOUT_S
    time_limit_s: float = DEFAULT_TIME_LIMIT_S
    machine_detection: MachineDetection | None = None
    send_digits: str = ""


@dataclass(frozen=True)
class TextRequest:
    """A text that may be sent."""

    to: str
    from_: str
    body: str
    status_callback: str | None = None


def read_call(form: Form, account: Account, conditions: TwilioConditions) -> CallRequest:
    """Check a call to be made."""
    to, from_ = form.get("To", ""), form.get("From", "")
    _check_route(to, from_, account, conditions)
    return CallRequest(
        to=to,
        from_=from_,
        program=read_program(form),
        status_callback=_callback(form, "StatusCallback"),
        events=_events(form),
        timeout_s=_whole(form, "Timeout", DEFAULT_RING_TIMEOUT_S, 1, MAX_RING_TIMEOUT_S),
        time_limit_s=_whole(form, "TimeLimit", DEFAULT_TIME_LIMIT_S, 1, MAX_TIME_LIMIT_S),
        machine_detection=_machine_detection(form),
        send_digits=_digits(form),
    )


def _check_route(to: str, from_: str, account: Account, conditions: TwilioConditions) -> None:
    """Refuse numbers that cannot call each other."""
    if not to:
        raise bad_request(21201, "No 'To' number is specified")
    if not from_:
        raise bad_request(21213, "No 'From' number is specified")
    if not numbers.is_valid(to):
        raise bad_request(21211, f"The phone number you are attempting to call, {to}, is invalid.")
    if not numbers.is_valid(from_):
        raise bad_request(21212, f"The source phone number provided, {from_}, is not valid.")
    if from_ != account.number:
        raise bad_request(
            21210,
            f"The source phone number provided, {from_}, is not verified for your account.",
        )
    if numbers.country_code(to) not in conditions.countries:
        raise bad_request(21215, f"Account not authorized to call {to}. Please enable it.")
    if to in conditions.blocked_numbers:
        raise bad_request(21216, f"Account not allowed to call {to}.")


def read_program(form: Form) -> Program:
    """Check where the TwiML of a call comes from."""
    twiml, url = form.get("Twiml"), form.get("Url")
    if not twiml and not url:
        raise bad_request(21205, "Url parameter is required.")
    if url and not _is_url(url):
        raise bad_request(21205, f"Url is not a valid URL: {url}")
    if twiml and len(twiml) > MAX_TWIML_CHARACTERS:
        raise bad_request(20001, f"Twiml must be at most {MAX_TWIML_CHARACTERS} characters")
    fallback_url = form.get("FallbackUrl")
    if fallback_url and not _is_url(fallback_url):
        raise bad_request(20001, f"FallbackUrl is not a valid URL: {fallback_url}")
    # Url is ignored when there is TwiML.
    return Program(twiml, None if twiml else url, form.get("Method", "POST"), fallback_url)


def read_text(form: Form, account: Account, conditions: TwilioConditions) -> TextRequest:
    """Check a text to be sent; whether its receiver opted out is asked elsewhere."""
    to, from_, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        raise bad_request(21604, "A 'To' phone number is required.")
    if not from_:
        raise bad_request(21603, "A 'From' phone number is required.")
    if not numbers.is_valid(to):
        raise bad_request(21211, f"Invalid 'To' Phone Number: {to}")
    if not numbers.is_valid(from_):
        raise bad_request(21212, f"Invalid 'From' Phone Number: {from_}")
    if from_ != account.number:
        raise bad_request(
            21606,
            f"The 'From' phone number {from_} is not a valid, SMS-capable inbound phone number or "
            "short code for your account.",
        )
    if not body:
        raise bad_request(21602, "Message body is required.")
    if len(body) > MAX_TEXT_CHARACTERS:
        raise bad_request(21617, "The concatenated message body exceeds the 1600 character limit.")
    if numbers.country_code(to) not in conditions.countries:
        raise bad_request(
            21408, f"Permission to send an SMS has not been enabled for the region of {to}"
        )
    return TextRequest(to, from_, body, _callback(form, "StatusCallback"))


def _callback(form: Form, name: str) -> str | None:
    url = form.get(name)
    if url and not _is_url(url):
        raise bad_request(21609, f"The '{name}' URL {url} is not a valid URL.")
    return url or None


def _is_url(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _events(form: Form) -> frozenset[str]:
    chosen = [event for value in form.getall("StatusCallbackEvent", []) for event in value.split()]
    if unknown := set(chosen) - set(CALL_EVENTS):
        raise bad_request(21626, f"Invalid StatusCallbackEvents: {', '.join(sorted(unknown))}")
    return frozenset(chosen or {"completed"})


def _whole(form: Form, name: str, default: int, least: int, most: int) -> int:
    value = form.get(name, str(default))
    if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
        raise bad_request(20001, f"{name} must be a whole number from {least} to {most}")
    return int(value)


def _digits(form: Form) -> str:
    digits = form.get("SendDigits", "")
    if not re.fullmatch(r"[0-9*#wW]*", digits):
        raise bad_request(20001, "SendDigits may hold digits, #, * and w")
    return digits


def _machine_detection(form: Form) -> MachineDetection | None:
    mode = form.get("MachineDetection")
    # Sending digits switches the detection off.
    if not mode or form.get("SendDigits"):
        return None
    if mode not in MACHINE_DETECTIONS:
        raise bad_request(20001, f"MachineDetection must be one of {MACHINE_DETECTIONS}")
    if form.get("AsyncAmd", "false").lower() != "true":
        raise bad_request(20001, "the stand-in detects machines with AsyncAmd=true only")
    return MachineDetection(
        until_message_end=mode == "DetectMessageEnd",
        timeout_s=_whole(form, "MachineDetectionTimeout", 30, 3, 59),
        callback=_callback(form, "AsyncAmdStatusCallback"),
    )
