"""What the server answers."""

from dataclasses import dataclass

from shortlist_client.proto.shortlist.v1 import retrieval_pb2 as pb

CODE_NAMES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


@dataclass(frozen=True)
class ScoredItem:
    item_id: str
    title: str
    """Empty if the catalog has none."""
    score: float
    rank: int
    reason: str
    """Why the item is there: "repeat", "similar", "popular", "new", or "unspecified" from an older server."""


@dataclass(frozen=True)
class PastEvent:
    item_id: str
    title: str
    time: int
    """Unix seconds; 0 if the data has no times."""


@dataclass(frozen=True)
class Recommendation:
    """A shortlist, best first."""

    items: tuple[ScoredItem, ...]
    personalized: bool
    """False if nothing is known of the shopper: the most popular items."""
    bundle_version: str
    history_events: int
    """Events of known items that the answer rests on."""
    unknown_history_items: int
    """Events of the request that were skipped, because their items are unknown."""
    ignored_context: tuple[str, ...]
    """Names of the request's context that the model does not read."""
    history: tuple[PastEvent, ...]
    """Most recent last; only if `return_history` was set."""


@dataclass(frozen=True)
class BatchError:
    """Why one request of a batch has no shortlist."""

    code: str
    message: str


@dataclass(frozen=True)
class SimilarItems:
    items: tuple[ScoredItem, ...]
    bundle_version: str


@dataclass(frozen=True)
class ScoredUser:
    user_id: str
    score: float
    rank: int


@dataclass(frozen=True)
class SimilarUsers:
    users: tuple[ScoredUser, ...]
    bundle_version: str


def recommendation(message: pb.RecommendResponse) -> Recommendation:
    return Recommendation(
        items=tuple(_item(item) for item in message.items),
        personalized=message.personalized,
        bundle_version=message.bundle_version,
        history_events=message.history_events,
        unknown_history_items=message.unknown_history_items,
        ignored_context=tuple(message.ignored_context),
        history=tuple(PastEvent(event.item_id, event.title, event.time) for event in message.history),
    )


def batch_entries(message: pb.RecommendBatchResponse) -> list[Recommendation | BatchError]:
    return [_batch_entry(entry) for entry in message.entries]


def similar_items(message: pb.SimilarItemsResponse) -> SimilarItems:
    return SimilarItems(tuple(_item(item) for item in message.items), message.bundle_version)


def similar_users(message: pb.SimilarUsersResponse) -> SimilarUsers:
    users = tuple(ScoredUser(user.user_id, user.score, user.rank) for user in message.users)
    return SimilarUsers(users, message.bundle_version)


def _item(message: pb.ScoredItem) -> ScoredItem:
    reason = pb.ItemReason.Name(message.reason).removeprefix("ITEM_REASON_").lower()
    return ScoredItem(message.item_id, message.title, message.score, message.rank, reason)


def _batch_entry(message: pb.RecommendBatchEntry) -> Recommendation | BatchError:
    if message.HasField("response"):
        return recommendation(message.response)
    code = message.error.code
    return BatchError(CODE_NAMES[code] if code < len(CODE_NAMES) else "UNKNOWN", message.error.message)
