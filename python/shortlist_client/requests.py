"""Who asks, and for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shortlist_client.proto.shortlist.v1 import retrieval_pb2 as pb

ContextValue = float | str | Sequence[str]


@dataclass(frozen=True)
class HistoryEvent:
    """Something that the shopper did."""

    item_id: str
    time: int = 0
    """Unix seconds; 0 means at the time of the request."""


@dataclass(frozen=True)
class Request:
    """The shortlist of one shopper: known by `user_id`, by `history`, or by both."""

    user_id: str | None = None
    k: int = 10
    history: Sequence[HistoryEvent | str] = ()
    """Recent events, oldest first; an item id alone happens at the time of the request."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Values of the context columns that the model was trained on, such as "device"."""
    exclude_item_ids: Sequence[str] = ()
    allow_seen: bool | None = None
    """Whether items of the history may be in the answer; None for what the server is configured for."""
    time: int = 0
    """When the shopper asks, in Unix seconds; 0 for the server's clock."""
    return_history: int = 0
    """Most recent events of the history that are wanted back."""
    where: str = ""
    """Which items may be in the answer, as in 'price < 20 and category in ("shoes", "boots")'."""
    only_item_ids: Sequence[str] = ()
    """If not empty, nothing else is in the answer."""


_SEEN_POLICIES = {None: pb.SEEN_POLICY_UNSPECIFIED, True: pb.SEEN_POLICY_ALLOW, False: pb.SEEN_POLICY_MASK}


def recommend_message(request: Request) -> pb.RecommendRequest:
    return pb.RecommendRequest(
        user_id=request.user_id,
        history=[_history_message(event) for event in request.history],
        context={name: _context_message(value) for name, value in request.context.items()},
        k=request.k,
        exclude_item_ids=request.exclude_item_ids,
        seen=_SEEN_POLICIES[request.allow_seen],
        time=request.time,
        return_history=request.return_history,
        where=request.where or None,
        only_item_ids=request.only_item_ids,
    )


def batch_message(requests: Sequence[Request]) -> pb.RecommendBatchRequest:
    return pb.RecommendBatchRequest(requests=[recommend_message(request) for request in requests])


def similar_items_message(
    item_id: str, k: int, exclude_item_ids: Sequence[str], where: str = "", only_item_ids: Sequence[str] = ()
) -> pb.SimilarItemsRequest:
    return pb.SimilarItemsRequest(
        item_id=item_id, k=k, exclude_item_ids=exclude_item_ids, where=where, only_item_ids=only_item_ids
    )


def similar_users_message(user_id: str, k: int, exclude_user_ids: Sequence[str]) -> pb.SimilarUsersRequest:
    return pb.SimilarUsersRequest(user_id=user_id, k=k, exclude_user_ids=exclude_user_ids)


def _history_message(event: HistoryEvent | str) -> pb.HistoryEvent:
    if isinstance(event, str):
        return pb.HistoryEvent(item_id=event)
    return pb.HistoryEvent(item_id=event.item_id, time=event.time)


def _context_message(value: ContextValue) -> pb.ContextValue:
    if isinstance(value, str):
        return pb.ContextValue(text=value)
    if isinstance(value, (int, float)):
        return pb.ContextValue(number=value)
    return pb.ContextValue(texts=pb.TextList(values=value))
