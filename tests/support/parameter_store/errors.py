"""The one exception for everything that the service answers with an error code."""

from __future__ import annotations

# Whether the text is called "Message" or "message" depends on the error; AWS never settled on one.
_CAPITAL_MESSAGE = {
    "AccessDeniedException",
    "InternalServerError",
    "InvalidFilterValue",
    "InvalidNextToken",
    "SerializationException",
    "TooManyUpdates",
}


class ServiceError(Exception):
    """An error as the service words it: code, optional text, HTTP status."""

    def __init__(self, code: str, message: str | None = None, status: int = 400) -> None:
        super().__init__(code if message is None else f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    def document(self) -> dict[str, str]:
        """The JSON body of the answer."""
        body = {"__type": self.code}
        if self.message is not None:
            body["Message" if self.code in _CAPITAL_MESSAGE else "message"] = self.message
        return body


def validation_error(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
