"""What shoppers do, told to the server, and what they agree to."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shortlist_client.proto.shortlist.v1 import events_pb2 as pb


@dataclass(frozen=True)
class Event:
    event_id: str
    """Unique over all shoppers; the same if the event is sent again, which counts once."""
    user_id: str
    kind: str
    """"view", "click", "add_to_cart", "remove_from_cart", "purchase", "dwell", "dismiss" or "search"."""
    item_id: str = ""
    """Needed but for a search."""
    time: int = 0
    """Unix seconds; 0 for when it arrives."""
    quantity: float = 0
    price: float = 0
    dwell_seconds: float = 0
    query: str = ""
    device: str = ""
    channel: str = ""
    locale: str = ""
    request_id: str = ""
    """The header x-request-id of the answer that the shopper followed."""


@dataclass(frozen=True)
class EventOutcome:
    status: str
    """"recorded", "duplicate", "too_old", "in_future", "denied" or "invalid"."""
    message: str
    """Why it is invalid."""


def record_message(events: Iterable[Event]) -> pb.RecordRequest:
    return pb.RecordRequest(events=[_event_message(event) for event in events])


def outcomes(response: pb.RecordResponse) -> list[EventOutcome]:
    return [
        EventOutcome(pb.EventStatus.Name(outcome.status).removeprefix("EVENT_STATUS_").lower(), outcome.message)
        for outcome in response.outcomes
    ]


def consent_message(
    user_id: str, purposes: Sequence[str], version: str, source: str, time: int, tcf_string: str, gpc: bool
) -> pb.SetConsentRequest:
    """A purpose that is none is a ValueError."""
    return pb.SetConsentRequest(
        user_id=user_id,
        purposes=[f"PURPOSE_{purpose.upper()}" for purpose in purposes],
        version=version,
        source=source,
        time=time,
        tcf_string=tcf_string,
        gpc=gpc,
    )


def exported(response: pb.ExportResponse) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(response.data)
    return data


def _event_message(event: Event) -> pb.Event:
    """A kind that is none is a ValueError."""
    return pb.Event(
        event_id=event.event_id,
        user_id=event.user_id,
        kind=f"EVENT_KIND_{event.kind.upper()}",
        item_id=event.item_id,
        time=event.time,
        quantity=event.quantity,
        price=event.price,
        dwell_seconds=event.dwell_seconds,
        query=event.query,
        device=event.device,
        channel=event.channel,
        locale=event.locale,
        request_id=event.request_id or None,
    )
