"""A client of the control API, for tests, the demo and the command line."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from floyd.sandbox.twilio.call import FINAL_STATES

REQUEST_TIMEOUT_S = 75.0
POLL_S = 10.0
ATTESTED = "TN-Validation-Passed-A"


class SandboxError(Exception):
    """The sandbox refused a request; the message says why."""


@dataclass(frozen=True)
class PhoneText:
    """A text on a phone; `direction` is `in` or `out` as that phone sees it."""

    number: int
    direction: str
    peer: str
    body: str
    sid: str
    at: str


@dataclass(frozen=True)
class HeardUtterance:
    """What was said in a call: by the `phone` that was called, or on the `line` to it."""

    speaker: str
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class PhoneCall:
    """A call as the phone network knows it."""

    sid: str
    to: str
    from_: str
    direction: str
    status: str
    answered_by: str | None
    duration_s: int
    keys_heard: str
    transcript: tuple[HeardUtterance, ...]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PhoneCall":
        """Read the control API's JSON."""
        rest = {name: value for name, value in values.items() if name not in ("from", "transcript")}
        said = tuple(HeardUtterance(**each) for each in values["transcript"])
        return cls(from_=values["from"], transcript=said, **rest)


@dataclass(frozen=True)
class Event:
    """A record of something that a stand-in received or sent."""

    number: int
    at: str
    kind: str
    fields: dict[str, Any]


class SandboxClient:
    """Steers a running world. Waits are in real seconds, whatever the time scale.

    Args:
        url: the control API's address, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = build_opener(ProxyHandler({}))

    def scenario(self) -> dict[str, Any]:
        """The facts of the story."""
        return self._get("/scenario")  # type: ignore[no-any-return]  # JSON

    def tell(self, seed: int, story: str) -> dict[str, Any]:
        """Let another story begin, with other people; gives its facts."""
        content = {"seed": seed, "story": story}
        return self._request("PUT", "/scenario", content)  # type: ignore[no-any-return]  # JSON

    def send_text(self, from_: str, body: str, media: Sequence[Mapping[str, str]] = ()) -> str:
        """Text Floyd from a phone; gives the MessageSid."""
        content = {"from": from_, "body": body, "media": list(media)}
        return str(self._post("/texts", content)["sid"])

    def thread(self, number: str) -> list[PhoneText]:
        """The texts on a phone, oldest first."""
        return [PhoneText(**each) for each in self._get(f"/texts/{quote(number)}")]

    def put_phone(self, number: str, person: str) -> None:
        """Let somebody answer a number: `school_secretary`, `voicemail`, `busy`, `silent` ..."""
        self._request("PUT", f"/phones/{quote(number)}", {"person": person})

    def calls(self) -> list[PhoneCall]:
        """All calls, oldest first."""
        return [PhoneCall.from_json(each) for each in self._get("/calls")]

    def call_floyd(self, from_: str, person: str, stir_verstat: str | None = None) -> str:
        """Let a person or machine call Floyd; gives the call's SID.

        Args:
            from_: the number that Floyd sees.
            person: `caller_school`, `caller_status`, `other_floyd` ...
            stir_verstat: what the networks attest; floyd.sandbox.client.ATTESTED is the best.
        """
        content = {"from": from_, "person": person, "stir_verstat": stir_verstat}
        return str(self._post("/calls", content)["sid"])

    def call_over(self, call_sid: str, timeout_s: float = 60.0) -> PhoneCall:
        """A call as it was, as soon as it is over.

        Raises:
            TimeoutError: it was not.
        """
        for event in self.follow(0, ["call.status"], timeout_s):
            if event.fields["call"] == call_sid and event.fields["status"] in FINAL_STATES:
                return next(call for call in self.calls() if call.sid == call_sid)
        raise TimeoutError(f"the call {call_sid} was not over within {timeout_s} s")

    def press_keys(self, call_sid: str, keys: str) -> None:
        """Press keys at the called phone."""
        self._post(f"/calls/{call_sid}/keys", {"keys": keys})

    def hang_up(self, call_sid: str) -> None:
        """Hang up at the called phone."""
        self._post(f"/calls/{call_sid}/hang-up", {})

    def lose_socket(self, call_sid: str) -> bool:
        """Cut a call's media socket without a goodbye; False when it has none."""
        return bool(self._post(f"/calls/{call_sid}/lose-socket", {})["lost"])

    def order_books(self) -> dict[str, list[dict[str, Any]]]:
        """What was agreed on the phone, by book."""
        return self._get("/order-books")  # type: ignore[no-any-return]  # JSON

    def problems(self) -> list[str]:
        """What is wrong with the order books, as the story goes; empty when nothing is."""
        return list(self._get("/verdict")["problems"])

    def conditions(self) -> dict[str, dict[str, Any]]:
        """All conditions, by stand-in."""
        return self._get("/conditions")  # type: ignore[no-any-return]  # JSON

    def change_conditions(self, **parts: Mapping[str, Any]) -> None:
        """Set conditions, e.g. `change_conditions(twilio={"ring_s": 1})`."""
        self._request("PATCH", "/conditions", parts)

    def add_fault(self, match: str, action: str, **options: Any) -> None:
        """Let the next matching exchanges go wrong; see floyd.sandbox.twilio.faults.Fault."""
        self._post("/faults", {"match": match, "action": action, **options})

    def release(self, hold: str | None = None) -> int:
        """Let a held response go, or all; says how many."""
        return int(self._post("/holds/release", {"hold": hold})["released"])

    def reset(self) -> None:
        """Back to the first day."""
        self._post("/reset", {})

    def records(
        self, since: int = 0, kinds: Sequence[str] = (), wait_s: float = 0.0
    ) -> list[Event]:
        """The records after a number; waits for the first one if there is none yet."""
        query = [("since", str(since)), ("wait_s", str(wait_s))]
        query += [("kind", kind) for kind in kinds]
        return [Event(**each) for each in self._get(f"/records?{urlencode(query)}")]

    def follow(
        self, since: int = 0, kinds: Sequence[str] = (), timeout_s: float = 60.0
    ) -> Iterator[Event]:
        """Each record as it comes, until the time is over."""
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            for event in self.records(since, kinds, min(left_s, POLL_S)):
                since = event.number
                yield event

    def wait_for(self, kind: str, timeout_s: float = 60.0, **fields: Any) -> Event:
        """The first record of a kind that has these fields.

        Raises:
            TimeoutError: it did not come.
        """
        for event in self.follow(0, [kind], timeout_s):
            if all(event.fields.get(name) == value for name, value in fields.items()):
                return event
        raise TimeoutError(f"no record {kind} with {fields} within {timeout_s} s")

    def _get(self, path: str) -> Any:
        return self._request("GET", path, None)

    def _post(self, path: str, content: Any) -> Any:
        return self._request("POST", path, content)

    def _request(self, method: str, path: str, content: Any) -> Any:
        data = None if content is None else json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self._url + path, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=REQUEST_TIMEOUT_S) as response:
                return json.load(response)
        except HTTPError as error:
            with error:
                raise SandboxError(f"{method} {path}: {error.read().decode()}") from error
