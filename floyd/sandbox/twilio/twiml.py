"""TwiML: the XML of a call's program in, verbs out; strict, as Twilio is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

INVALID_DOCUMENT = 12100
MAX_CHARACTERS = 64_000
REJECT_REASONS = ("rejected", "busy")


class TwimlError(Exception):
    """A document that cannot be carried out."""

    def __init__(self, message: str, code: int = INVALID_DOCUMENT) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Stream:
    """A media stream to open."""

    url: str
    name: str | None = None
    track: str = "inbound_track"
    parameters: Mapping[str, str] = field(default_factory=dict)
    status_callback: str | None = None


@dataclass(frozen=True)
class Connect:
    """Audio both ways until the other side closes the socket."""

    stream: Stream
    action: str | None = None


@dataclass(frozen=True)
class Start:
    """Audio one way, beside what follows."""

    stream: Stream


@dataclass(frozen=True)
class Stop:
    """The end of a stream that was started; without a name, of all of them."""

    name: str | None = None


@dataclass(frozen=True)
class Redirect:
    """Go on with another document."""

    url: str
    method: str = "POST"


@dataclass(frozen=True)
class Say:
    """Read a text aloud."""

    text: str
    loop: int = 1


@dataclass(frozen=True)
class Play:
    """Press keys; playing of files is not part of the stand-in."""

    digits: str


@dataclass(frozen=True)
class Pause:
    """Wait."""

    length_s: float = 1.0


@dataclass(frozen=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True)
class Reject:
    """Do not take the call; as the first verb it costs nothing, later it only hangs up."""

    reason: str = "rejected"


@dataclass(frozen=True)
class Dial:
    """Connect the call to another phone."""

    number: str
    number_url: str | None = None
    action: str | None = None
    caller_id: str | None = None
    timeout_s: float = 30.0
    time_limit_s: float = 14_400.0


@dataclass(frozen=True)
class Message:
    """A text in answer to a text."""

    body: str


Verb = Connect | Start | Stop | Redirect | Say | Play | Pause | Hangup | Reject | Dial | Message
Document = tuple[Verb, ...]


def parse(text: str) -> Document:
    """Read a document.

    Raises:
        TwimlError: the XML is broken, or holds something that Twilio or the stand-in does not know.
    """
    if len(text) > MAX_CHARACTERS:
        raise TwimlError("Document is too long")
    try:
        root = ElementTree.fromstring(text.strip())
    except ElementTree.ParseError as error:
        raise TwimlError(f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise TwimlError(f"Expected <Response>, not <{root.tag}>")
    return tuple(_verb(element) for element in root)


def _verb(element: Element) -> Verb:
    build = _VERBS.get(element.tag)
    if build is None:
        raise TwimlError(f"Invalid verb <{element.tag}>")
    try:
        return build(element)
    except ValueError as error:
        raise TwimlError(f"Invalid attribute of <{element.tag}>: {error}") from error


def _text(element: Element) -> str:
    text = " ".join("".join(element.itertext()).split())
    if not text:
        raise TwimlError(f"<{element.tag}> is empty")
    return text


def _only_stream(element: Element) -> Stream:
    if len(element) != 1 or element[0].tag != "Stream":
        raise TwimlError(f"<{element.tag}> needs exactly one <Stream>")
    stream = element[0]
    url = stream.get("url")
    if not url:
        raise TwimlError("<Stream> needs a url")
    if any(child.tag != "Parameter" for child in stream):
        raise TwimlError("<Stream> holds <Parameter>s only")
    return Stream(
        url=url,
        name=stream.get("name"),
        track=stream.get("track", "inbound_track"),
        parameters={child.get("name", ""): child.get("value", "") for child in stream},
        status_callback=stream.get("statusCallback"),
    )


def _stop(element: Element) -> Stop:
    return Stop(element[0].get("name") if len(element) else None)


def _play(element: Element) -> Play:
    digits = element.get("digits")
    if not digits or set(digits) - set("0123456789*#wWABCD"):
        raise TwimlError("<Play> needs digits")
    return Play(digits)


def _reject(element: Element) -> Reject:
    reason = element.get("reason", "rejected")
    if reason not in REJECT_REASONS:
        raise TwimlError(f"<Reject> knows no reason {reason}")
    return Reject(reason)


def _dial(element: Element) -> Dial:
    numbers = [child for child in element if child.tag == "Number"]
    if len(numbers) != len(element) or len(numbers) > 1:
        raise TwimlError("<Dial> takes one <Number>")
    return Dial(
        number=_text(element),
        number_url=numbers[0].get("url") if numbers else None,
        action=element.get("action"),
        caller_id=element.get("callerId"),
        timeout_s=float(element.get("timeout", "30")),
        time_limit_s=float(element.get("timeLimit", "14400")),
    )


_VERBS: dict[str, Callable[[Element], Verb]] = {
    "Connect": lambda element: Connect(_only_stream(element), element.get("action")),
    "Start": lambda element: Start(_only_stream(element)),
    "Stop": _stop,
    "Redirect": lambda element: Redirect(_text(element), element.get("method", "POST")),
    "Say": lambda element: Say(_text(element), int(element.get("loop", "1"))),
    "Play": _play,
    "Pause": lambda element: Pause(float(element.get("length", "1"))),
    "Hangup": lambda element: Hangup(),
    "Reject": _reject,
    "Dial": _dial,
    "Message": lambda element: Message(_text(element)),
}
