"""The one tree of errors: what went wrong, whether trying again can help, and what the user reads.

FloydError
├── SettingsError          the environment is incomplete or contradicts itself
├── InputRefused           a text, number or answer that cannot be used; always has a user_text
├── ReplayError            what was kept of a call cannot be run again
└── ServiceError           a vendor's service failed
    ├── TelephonyError     carries Twilio's code; `ambiguous` when it may have happened all the same
    ├── ModelError         no usable answer: refused, truncated, malformed, late
    ├── DirectoryError     no answer to a search for a phone number
    ├── TranscriberError
    └── VoiceError
"""


class FloydError(Exception):
    """Something that Floyd knows how to report.

    Attributes:
        retryable: True when the same attempt may succeed later.
        user_text: what the user reads about it, or None when it is none of their business.
    """

    def __init__(
        self, message: str, *, retryable: bool = False, user_text: str | None = None
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.user_text = user_text


class SettingsError(FloydError):
    """The environment is incomplete or contradicts itself; lists every problem at once."""


class InputRefused(FloydError):
    """Something that a person said or wrote cannot be used; `user_text` tells them why."""

    def __init__(self, message: str, *, user_text: str) -> None:
        super().__init__(message, user_text=user_text)


class ReplayError(FloydError):
    """What was kept of a call cannot be run again; the message says why."""


class ServiceError(FloydError):
    """A vendor's service failed."""


class TelephonyError(ServiceError):
    """Twilio refused or failed.

    Attributes:
        code: Twilio's error code, or None when no answer came.
        ambiguous: True when the request may have been carried out (a timeout, a 5xx): it must be
            reconciled, never repeated blind.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        ambiguous: bool = False,
        retryable: bool = False,
        user_text: str | None = None,
    ) -> None:
        super().__init__(message, retryable=retryable, user_text=user_text)
        self.code = code
        self.ambiguous = ambiguous


class ModelError(ServiceError):
    """The model gave no usable answer: refused, truncated, malformed or late."""


class DirectoryError(ServiceError):
    """The directory failed or refused a search; finding nothing is no error."""


class TranscriberError(ServiceError):
    """The recogniser's stream broke."""


class VoiceError(ServiceError):
    """The voice gave no audio, or not the words it was given."""
