"""Both clients against the real server."""

import asyncio

import pytest

from shortlist_client import AsyncClient, BatchError, Client, HistoryEvent, Recommendation, Request, ShortlistError


@pytest.fixture
def client(address):
    with Client(address, timeout=30) as client:
        yield client


def test_recommends_to_a_known_user(client):
    answer = client.recommend("user-42", k=5, return_history=3)
    assert answer.personalized
    assert [item.rank for item in answer.items] == [1, 2, 3, 4, 5]
    assert answer.items[0].item_id.startswith("item-") and answer.items[0].title
    assert answer.items[0].score >= answer.items[4].score
    assert {item.reason for item in answer.items} <= {"repeat", "similar", "popular", "new"}
    assert len(answer.history) == 3 and answer.history[0].time > 0
    assert answer.bundle_version


def test_recommends_to_a_visitor_with_a_history_and_context(client):
    history = ["item-3", HistoryEvent("item-7", time=1_700_000_000), "no such item"]
    context = {"device": "phone", "weather": ["rain", "wind"], "basket": 3}
    answer = client.recommend(history=history, context=context)
    assert answer.personalized and answer.history_events == 2 and answer.unknown_history_items == 1
    assert sorted(answer.ignored_context) == ["basket", "weather"]
    assert not {"item-3", "item-7"} & {item.item_id for item in answer.items}


def test_gets_only_items_that_satisfy_the_condition(client):
    all_prices = client.recommend("user-42", k=120, where="price exists").items
    cheap = client.recommend("user-42", k=120, where="price < 20").items
    dear = client.recommend("user-42", k=120, where="not price < 20").items
    assert cheap and dear
    assert {item.item_id for item in cheap + dear} == {item.item_id for item in all_prices}
    assert not {item.item_id for item in cheap} & {item.item_id for item in dear}
    chosen = client.similar_items("item-3", k=5, only_item_ids=["item-7", "item-3"], where="price exists")
    assert [item.item_id for item in chosen.items] == ["item-7"]
    with pytest.raises(ShortlistError, match="character 9") as failure:
        client.recommend("user-42", where="price < cheap")
    assert failure.value.code == "INVALID_ARGUMENT"


def test_seen_items_come_back_only_if_asked_for(client):
    everything = client.recommend(history=["item-3"], k=120, allow_seen=True)
    unseen = client.recommend(history=["item-3"], k=120, allow_seen=False)
    assert {item.item_id for item in everything.items} - {item.item_id for item in unseen.items} == {"item-3"}


def test_excluded_items_stay_away(client):
    best = client.recommend("user-42").items[0].item_id
    assert best not in {item.item_id for item in client.recommend("user-42", exclude_item_ids=[best]).items}


def test_answers_an_unknown_visitor_with_popular_items(client):
    answer = client.recommend()
    assert not answer.personalized and len(answer.items) == 10


def test_answers_a_batch_entry_by_entry(client):
    good, bad, other = client.recommend_batch([Request("user-1", k=3), Request(k=-1), Request(history=["item-1"])])
    assert isinstance(good, Recommendation) and len(good.items) == 3
    assert isinstance(bad, BatchError) and bad.code == "INVALID_ARGUMENT" and "k is -1" in bad.message
    assert isinstance(other, Recommendation) and other.personalized


def test_finds_neighbors(client):
    items = client.similar_items("item-3", k=4, exclude_item_ids=["item-4"])
    assert len(items.items) == 4 and items.bundle_version
    users = client.similar_users("user-3", k=4)
    assert [user.rank for user in users.users] == [1, 2, 3, 4]


def test_says_what_was_wrong(client):
    with pytest.raises(ShortlistError) as wrong:
        client.recommend("user-1", k=0)
    assert wrong.value.code == "INVALID_ARGUMENT" and "k is 0" in wrong.value.message
    with pytest.raises(ShortlistError, match="NOT_FOUND: item 'lamp'"):
        client.similar_items("lamp")


def test_asyncio_gives_the_same_answers(client, address):
    async def ask():
        async with AsyncClient(address, timeout=30) as other:
            return await asyncio.gather(
                other.recommend("user-42", time=1_720_000_000),
                other.recommend_batch([Request("user-1", k=3, time=1_720_000_000)]),
                other.similar_items("item-3"),
                other.similar_users("user-3"),
            )

    recommended, batch, items, users = asyncio.run(ask())
    assert recommended == client.recommend("user-42", time=1_720_000_000)
    assert batch == client.recommend_batch([Request("user-1", k=3, time=1_720_000_000)])
    assert items == client.similar_items("item-3")
    assert users == client.similar_users("user-3")


def test_asyncio_raises_the_same_errors(address):
    async def ask():
        async with AsyncClient(address, timeout=30) as client:
            await client.similar_users("nobody")

    with pytest.raises(ShortlistError, match="NOT_FOUND: user 'nobody'"):
        asyncio.run(ask())
