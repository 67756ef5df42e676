"""A client of Shortlist's retrieval service; `Client` blocks, `AsyncClient` is for asyncio."""

from shortlist_client.aio import AsyncClient
from shortlist_client.answers import (
    BatchError,
    PastEvent,
    Recommendation,
    ScoredItem,
    ScoredUser,
    SimilarItems,
    SimilarUsers,
)
from shortlist_client.client import Client
from shortlist_client.connection import Retries, Tls
from shortlist_client.errors import ShortlistError
from shortlist_client.events import Event, EventOutcome
from shortlist_client.requests import ContextValue, HistoryEvent, Request

__all__ = [
    "AsyncClient",
    "BatchError",
    "Client",
    "ContextValue",
    "Event",
    "EventOutcome",
    "HistoryEvent",
    "PastEvent",
    "Recommendation",
    "Request",
    "Retries",
    "ScoredItem",
    "ScoredUser",
    "ShortlistError",
    "SimilarItems",
    "SimilarUsers",
    "Tls",
]
