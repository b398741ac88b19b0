"""Twilio's REST errors, with the codes and HTTP statuses of the real API."""

from http import HTTPStatus
from typing import Any


class TwilioError(Exception):
    """A refusal that the caller sees as Twilio's error JSON."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def as_json(self) -> dict[str, Any]:
        """The body of the error response."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def bad_request(code: int, message: str) -> TwilioError:
    """A request that Twilio understood and refuses."""
    return TwilioError(400, code, message)


def not_found(path: str) -> TwilioError:
    """The answer to an unknown or malformed SID, and to another account's."""
    return TwilioError(404, 20404, f"The requested resource {path} was not found")


def unauthorised() -> TwilioError:
    """The answer to missing or wrong credentials."""
    return TwilioError(401, 20003, "Authenticate")


def of_status(status: int) -> TwilioError:
    """The error that Twilio gives with an HTTP status of its own making."""
    # 405 alone has a code that does not end in its status.
    code = 20004 if status == HTTPStatus.METHOD_NOT_ALLOWED else 20000 + status
    return TwilioError(status, code, HTTPStatus(status).phrase)
