"""Events told to the real server by both clients."""

import asyncio
import json

import pytest

from shortlist_client import AsyncClient, Client, Event, ShortlistError


def test_the_next_answer_knows_of_an_event(address):
    with Client(address, timeout=30) as client:
        assert not client.recommend("new-shopper").personalized
        events = [Event("e-1", "new-shopper", "click", "item-3", request_id="r-1"), Event("e-2", "new-shopper", "view")]
        recorded, invalid = client.record(events)
        assert recorded.status == "recorded" and invalid.status == "invalid"
        assert "item_id is empty" in invalid.message
        assert client.recommend("new-shopper").history_events == 1
        assert client.record(events)[0].status == "duplicate"
        client.set_consent("new-shopper", ["personalization", "training"], version="1", source="banner")


def test_a_shopper_may_know_what_is_held_and_have_it_erased(address):
    with Client(address, timeout=30) as client:
        client.record([Event("e-5", "leaving-shopper", "click", "item-3")])
        held = client.export("leaving-shopper")
        assert [event["item"] for event in held["events"]] == ["item-3"]
        assert held["profile"]["activity"]["click"]["events"] == 1
        receipt = json.loads(client.erase("leaving-shopper"))
        assert receipt["events"] == 1 and len(receipt["signature"]) == 128
        assert not client.recommend("leaving-shopper").personalized
        assert client.export("leaving-shopper")["events"] == []


def test_a_visitor_who_signs_in_is_the_shopper(address):
    with Client(address, timeout=30) as client:
        client.record([Event("e-6", "visitor-1", "click", "item-3"), Event("e-7", "known-shopper", "click", "item-4")])
        client.identify("visitor-1", "known-shopper")
        assert client.recommend("known-shopper").history_events == 2
        with pytest.raises(ShortlistError, match="another shopper"):
            client.identify("visitor-1", "somebody-else")

    async def identify():
        async with AsyncClient(address, timeout=30) as client:
            await client.identify("visitor-2", "known-shopper")
            return await client.recommend("visitor-2")

    assert asyncio.run(identify()).history_events == 2


def test_consents_as_a_dialog_has_them(address):
    everything = "CN-EdYAN-EdYAAfABBDEDIEgAP_gAAAAAAYgABuABMAIAAUABQAJABCQAQADgAAA"
    with Client(address, timeout=30) as client:
        client.set_consent("asked-shopper", tcf_string=everything)
        assert len(client.export("asked-shopper")["profile"]["consent"]["purposes"]) == 4
        client.set_consent("asked-shopper", tcf_string=everything, gpc=True)
        assert client.export("asked-shopper")["profile"]["consent"]["purposes"] == ["analytics"]
        with pytest.raises(ShortlistError, match="tcf_string"):
            client.set_consent("asked-shopper", tcf_string="C")


def test_batches_over_one_stream(address):
    batches = [[Event(f"s-{batch}-{i}", "streaming-shopper", "click", f"item-{i}") for i in range(3)] for batch in range(4)]
    with Client(address, timeout=30) as client:
        statuses = [[outcome.status for outcome in answer] for answer in client.record_stream(iter(batches))]
        assert statuses == [["recorded"] * 3] * 4
        with pytest.raises(ShortlistError, match="events is empty"):
            list(client.record_stream([[]]))

    async def again():
        async def one_by_one():
            for batch in batches:
                yield batch

        async with AsyncClient(address, timeout=30) as client:
            return [[outcome.status for outcome in answer] async for answer in client.record_stream(one_by_one())]

    assert asyncio.run(again()) == [["duplicate"] * 3] * 4


def test_asyncio(address):
    async def record():
        async with AsyncClient(address, timeout=30) as client:
            await client.set_consent("other-shopper", ["analytics"])
            return await client.record([Event("e-3", "other-shopper", "purchase", "item-3", quantity=2, price=8.5)])

    async def leave():
        async with AsyncClient(address, timeout=30) as client:
            return await client.erase("other-shopper"), await client.export("other-shopper")

    assert [outcome.status for outcome in asyncio.run(record())] == ["recorded"]
    receipt, held = asyncio.run(leave())
    assert json.loads(receipt)["had_consent"] and held["profile"] is None


def test_words_that_are_none_are_told_of_before_a_call(address):
    with Client(address) as client:
        with pytest.raises(ValueError, match="EVENT_KIND_LOOK"):
            client.record([Event("e-4", "new-shopper", "look", "item-3")])
        with pytest.raises(ValueError, match="PURPOSE_SPAM"):
            client.set_consent("new-shopper", ["spam"])
