"""How a client reaches its servers: encryption, identity, retries."""

import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import grpc

SERVICE = "shortlist.v1.Retrieval"
EVENTS_SERVICE = "shortlist.v1.Events"
# A server that was cut off is given up after the timeout: with calls under way what TCP has sent and the server's machine
# does not acknowledge ends the connection, without calls a ping does. gRPC itself would wait for minutes.
KEEPALIVE_INTERVAL = 20.0  # longer than servers want between two pings (serve.connections.least_ping_seconds)
KEEPALIVE_TIMEOUT = 2.0
# At most so often is a name looked up again, when a connection was lost; gRPC itself would wait for 30 seconds, in which
# all pods of a deployment may have been replaced.
LOOKUP_INTERVAL = 5.0
Token = str | Callable[[], str]


@dataclass(frozen=True)
class Tls:
    """Contents of PEM files. Without roots, the system's are trusted; key and chain are for servers that ask who calls."""

    root_certificates: bytes | None = None
    private_key: bytes | None = field(default=None, repr=False)
    certificate_chain: bytes | None = None


@dataclass(frozen=True)
class Retries:
    """All calls only read, so those that found no server, or one too busy, are tried again within their deadline.

    Waits grow from `first_wait` by doubling up to `longest_wait`, are randomized, and give way to what a server that
    sheds load asks for. When more calls fail than succeed, gRPC's throttle stops retries so that they add no load.
    """

    attempts: int = 4
    first_wait: float = 0.02
    longest_wait: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 5:
            raise ValueError(f"attempts is {self.attempts}; gRPC makes 1 to 5")
        if not 0 < self.first_wait <= self.longest_wait:
            raise ValueError("waits must be above 0, the first no longer than the longest")


@dataclass(frozen=True)
class Connection:
    """`target` is host:port or any name that gRPC resolves; calls go round robin to all of its addresses."""

    target: str
    tls: Tls | None
    token: Token | None = field(repr=False)
    timeout: float
    retries: Retries

    def __post_init__(self) -> None:
        self.deadline(self.timeout)
        if self.token is not None and self.tls is None and not is_loopback(self.target):
            raise ValueError(f"a token would go to {self.target} unencrypted; give tls=Tls()")

    def deadline(self, timeout: float | None) -> float:
        """Seconds that a call gets: those given, or the connection's."""
        seconds = self.timeout if timeout is None else timeout
        if 0 < seconds < float("inf"):
            return seconds
        raise ValueError(f"timeout is {seconds}; every call needs a deadline, in seconds above 0")

    def options(self) -> list[tuple[str, int | str]]:
        return [
            ("grpc.service_config", service_config(self.retries)),
            ("grpc.max_receive_message_length", -1),
            ("grpc.keepalive_time_ms", round(1000 * KEEPALIVE_INTERVAL)),
            ("grpc.keepalive_timeout_ms", round(1000 * KEEPALIVE_TIMEOUT)),
            ("grpc.dns_min_time_between_resolutions_ms", round(1000 * LOOKUP_INTERVAL)),
        ]

    def credentials(self) -> grpc.ChannelCredentials | None:
        if self.tls is None:
            return None
        return grpc.ssl_channel_credentials(
            self.tls.root_certificates, self.tls.private_key, self.tls.certificate_chain
        )

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """Of a call; a token that is a function is asked each time, so that it may be renewed."""
        if self.token is None:
            return ()
        token = self.token if isinstance(self.token, str) else self.token()
        return (("authorization", f"Bearer {token}"),)


def service_config(retries: Retries) -> str:
    method: dict[str, object] = {"name": [{"service": SERVICE}, {"service": EVENTS_SERVICE}]}
    if retries.attempts > 1:
        method["retryPolicy"] = {
            "maxAttempts": retries.attempts,
            "initialBackoff": f"{retries.first_wait}s",
            "maxBackoff": f"{retries.longest_wait}s",
            "backoffMultiplier": 2,
            # CANCELLED is what a call gets that arrives in the instant of a server's shutdown.
            "retryableStatusCodes": ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "CANCELLED"],
        }
    return json.dumps({
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [method],
        "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
    })  # fmt: skip


def is_loopback(target: str) -> bool:
    host = target.rpartition(":")[0].strip("[]")
    if host == "localhost" or target.startswith("unix:"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
