"""How calls fail."""

import grpc


class ShortlistError(Exception):
    """A call without an answer, after all retries that its deadline left time for.

    `code` is gRPC's: INVALID_ARGUMENT for a wrong request, NOT_FOUND for an unknown id, DEADLINE_EXCEEDED and UNAVAILABLE
    when there was no answer in time or no server, RESOURCE_EXHAUSTED when the server sheds load.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def error_from(failure: grpc.RpcError) -> ShortlistError:
    code = failure.code() if isinstance(failure, grpc.Call) else None
    if code is None:
        return ShortlistError("UNKNOWN", str(failure))
    return ShortlistError(code.name, failure.details() or "")
