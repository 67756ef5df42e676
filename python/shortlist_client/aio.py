"""The client for asyncio."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import Message

from shortlist_client import answers, events, requests
from shortlist_client.answers import BatchError, Recommendation, SimilarItems, SimilarUsers
from shortlist_client.connection import EVENTS_SERVICE, SERVICE, Connection, Retries, Tls, Token
from shortlist_client.errors import ShortlistError
from shortlist_client.events import Event, EventOutcome
from shortlist_client.proto.shortlist.v1 import events_pb2, retrieval_pb2 as pb
from shortlist_client.requests import ContextValue, HistoryEvent, Request

Answer = TypeVar("Answer", bound=Message)


class AsyncClient:
    """`Client` for asyncio: the same arguments, answers and errors. Belongs to the event loop that made it."""

    def __init__(
        self,
        target: str = "127.0.0.1:50051",
        *,
        tls: Tls | None = None,
        token: Token | None = None,
        timeout: float = 1.0,
        retries: Retries = Retries(),
    ) -> None:
        self._connection = Connection(target, tls, token, timeout, retries)
        credentials = self._connection.credentials()
        options = self._connection.options()
        if credentials is None:
            self._channel = grpc.aio.insecure_channel(target, options)
        else:
            self._channel = grpc.aio.secure_channel(target, credentials, options)

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._channel.close()

    async def recommend(
        self,
        user_id: str | None = None,
        *,
        k: int = 10,
        history: Sequence[HistoryEvent | str] = (),
        context: Mapping[str, ContextValue] | None = None,
        exclude_item_ids: Sequence[str] = (),
        allow_seen: bool | None = None,
        time: int = 0,
        return_history: int = 0,
        where: str = "",
        only_item_ids: Sequence[str] = (),
        timeout: float | None = None,
    ) -> Recommendation:
        """The shortlist of one shopper; `Request` explains the arguments."""
        request = Request(
            user_id,
            k,
            history,
            context or {},
            exclude_item_ids,
            allow_seen,
            time,
            return_history,
            where,
            only_item_ids,
        )
        message = requests.recommend_message(request)
        return answers.recommendation(await self._call("Recommend", message, pb.RecommendResponse, timeout))

    async def recommend_batch(
        self, batch: Sequence[Request], *, timeout: float | None = None
    ) -> list[Recommendation | BatchError]:
        """The shortlists of several shoppers, in their order, at a fraction of the cost of single calls."""
        message = requests.batch_message(batch)
        return answers.batch_entries(await self._call("RecommendBatch", message, pb.RecommendBatchResponse, timeout))

    async def similar_items(
        self,
        item_id: str,
        *,
        k: int = 10,
        exclude_item_ids: Sequence[str] = (),
        where: str = "",
        only_item_ids: Sequence[str] = (),
        timeout: float | None = None,
    ) -> SimilarItems:
        message = requests.similar_items_message(item_id, k, exclude_item_ids, where, only_item_ids)
        return answers.similar_items(await self._call("SimilarItems", message, pb.SimilarItemsResponse, timeout))

    async def similar_users(
        self, user_id: str, *, k: int = 10, exclude_user_ids: Sequence[str] = (), timeout: float | None = None
    ) -> SimilarUsers:
        """Look-alike audiences."""
        message = requests.similar_users_message(user_id, k, exclude_user_ids)
        return answers.similar_users(await self._call("SimilarUsers", message, pb.SimilarUsersResponse, timeout))

    async def record(self, batch: Sequence[Event], *, timeout: float | None = None) -> list[EventOutcome]:
        """Returns when the events are on disk and every answer knows of them. What is sent again counts once."""
        message = events.record_message(batch)
        response = await self._call("Record", message, events_pb2.RecordResponse, timeout, EVENTS_SERVICE)
        return events.outcomes(response)

    async def record_stream(
        self, batches: AsyncIterable[Sequence[Event]], *, timeout: float | None = None
    ) -> AsyncIterator[list[EventOutcome]]:
        """Records one batch after the other over one stream, and yields the outcomes of each when it is on disk.

        Batches are sent ahead of their answers, as fast as the server takes them. `timeout` is the deadline of the whole
        stream. After an error, send the batches that have no answer again.
        """
        call: grpc.aio.StreamStreamMultiCallable[events_pb2.RecordRequest, events_pb2.RecordResponse]
        call = self._channel.stream_stream(
            f"/{EVENTS_SERVICE}/RecordStream",
            request_serializer=events_pb2.RecordRequest.SerializeToString,
            response_deserializer=events_pb2.RecordResponse.FromString,
        )

        async def messages() -> AsyncIterator[events_pb2.RecordRequest]:
            async for batch in batches:
                yield events.record_message(batch)

        recorded = call(messages(), timeout=self._connection.deadline(timeout), metadata=self._connection.metadata())
        try:
            async for answer in recorded:
                yield events.outcomes(answer)
        except grpc.aio.AioRpcError as failure:
            raise ShortlistError(failure.code().name, failure.details() or "") from failure
        finally:
            recorded.cancel()

    async def set_consent(
        self,
        user_id: str,
        purposes: Sequence[str] = (),
        *,
        version: str = "",
        source: str = "",
        time: int = 0,
        tcf_string: str = "",
        gpc: bool = False,
        timeout: float | None = None,
    ) -> None:
        """All purposes that a shopper agrees to from now on: "personalization", "training", "analytics", "group_profiling".

        Or, in place of these, the TC string of a consent dialog. `gpc` says that the browser sends Global Privacy Control.
        """
        message = events.consent_message(user_id, purposes, version, source, time, tcf_string, gpc)
        await self._call("SetConsent", message, events_pb2.SetConsentResponse, timeout, EVENTS_SERVICE)

    async def identify(self, visitor_id: str, user_id: str, *, timeout: float | None = None) -> None:
        """A visitor turned out to be a known shopper. What either did, and what the visitor does later, is the shopper's."""
        message = events_pb2.IdentifyRequest(visitor_id=visitor_id, user_id=user_id)
        await self._call("Identify", message, events_pb2.IdentifyResponse, timeout, EVENTS_SERVICE)

    async def erase(self, user_id: str, *, timeout: float | None = None) -> str:
        """Has the server forget a shopper. Returns a signed receipt, as JSON."""
        message = events_pb2.EraseRequest(user_id=user_id)
        response = await self._call("Erase", message, events_pb2.EraseResponse, timeout, EVENTS_SERVICE)
        return response.receipt

    async def export(self, user_id: str, *, timeout: float | None = None) -> dict[str, Any]:
        """All that the server holds of a shopper."""
        message = events_pb2.ExportRequest(user_id=user_id)
        return events.exported(await self._call("Export", message, events_pb2.ExportResponse, timeout, EVENTS_SERVICE))

    async def _call(
        self, method: str, message: Message, answer: type[Answer], timeout: float | None, service: str = SERVICE
    ) -> Answer:
        call: grpc.aio.UnaryUnaryMultiCallable[Message, Answer] = self._channel.unary_unary(
            f"/{service}/{method}",
            request_serializer=type(message).SerializeToString,
            response_deserializer=answer.FromString,
        )
        try:
            return await call(
                message, timeout=self._connection.deadline(timeout), metadata=self._connection.metadata()
            )
        except grpc.aio.AioRpcError as failure:
            raise ShortlistError(failure.code().name, failure.details() or "") from failure
