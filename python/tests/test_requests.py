"""What is sent, without a server."""

import pytest

from shortlist_client import Request, requests
from shortlist_client.requests import pb


@pytest.mark.parametrize(
    ("allow_seen", "policy"),
    [(None, pb.SEEN_POLICY_UNSPECIFIED), (True, pb.SEEN_POLICY_ALLOW), (False, pb.SEEN_POLICY_MASK)],
)
def test_the_server_decides_about_seen_items_unless_told(allow_seen, policy):
    assert requests.recommend_message(Request(allow_seen=allow_seen)).seen == policy


def test_asks_for_nothing_about_seen_items_by_default():
    assert requests.recommend_message(Request()).seen == pb.SEEN_POLICY_UNSPECIFIED


def test_says_which_items_it_wants():
    message = requests.recommend_message(Request(where="price < 20", only_item_ids=["item-1"]))
    assert message.where == "price < 20" and list(message.only_item_ids) == ["item-1"]
    assert not requests.recommend_message(Request()).HasField("where")
    similar = requests.similar_items_message("item-3", 5, (), "price < 20", ["item-1"])
    assert similar.where == "price < 20" and list(similar.only_item_ids) == ["item-1"]
