"""Deadlines, retries, encryption and tokens, against a server that does as the test says."""

import asyncio
import subprocess
import time

import grpc
import pytest
from conftest import ScriptedServer

from shortlist_client import AsyncClient, Client, Retries, ShortlistError, Tls

UNAVAILABLE = (grpc.StatusCode.UNAVAILABLE, ())


def busy(pushback):
    return (grpc.StatusCode.RESOURCE_EXHAUSTED, (("grpc-retry-pushback-ms", str(pushback)),))


def test_tries_again_until_a_server_answers(scripted):
    scripted.script = [UNAVAILABLE, UNAVAILABLE]
    with Client(scripted.address, timeout=30) as client:
        assert client.recommend("ann").bundle_version == "scripted"
    assert len(scripted.attempts) == 3
    assert scripted.metadata(2)["grpc-previous-rpc-attempts"] == "2"


def test_asyncio_tries_again_too(scripted):
    async def ask():
        async with AsyncClient(scripted.address, timeout=30) as client:
            return await client.recommend("ann")

    scripted.script = [UNAVAILABLE]
    assert asyncio.run(ask()).bundle_version == "scripted"
    assert len(scripted.attempts) == 2


def test_gives_up_after_its_attempts(scripted):
    scripted.script = [UNAVAILABLE] * 10
    with Client(scripted.address, timeout=30, retries=Retries(attempts=2)) as client:
        with pytest.raises(ShortlistError, match="UNAVAILABLE"):
            client.recommend("ann")
    assert len(scripted.attempts) == 2


def test_one_attempt_means_no_retry(scripted):
    scripted.script = [UNAVAILABLE]
    with Client(scripted.address, timeout=30, retries=Retries(attempts=1)) as client:
        with pytest.raises(ShortlistError):
            client.recommend("ann")
    assert len(scripted.attempts) == 1


def test_does_not_repeat_a_wrong_request(scripted):
    scripted.script = [(grpc.StatusCode.INVALID_ARGUMENT, ())]
    with Client(scripted.address, timeout=30) as client:
        with pytest.raises(ShortlistError, match="INVALID_ARGUMENT"):
            client.recommend("ann")
    assert len(scripted.attempts) == 1


def test_waits_as_long_as_a_busy_server_asks_for(scripted):
    with Client(scripted.address, timeout=30) as client:
        client.recommend("ann")  # connects
        scripted.script = [busy(400)]
        begin = time.monotonic()
        client.recommend("ann")
    assert time.monotonic() - begin >= 0.4


def test_does_not_try_again_when_told_not_to(scripted):
    scripted.script = [busy(-1)]
    with Client(scripted.address, timeout=30) as client:
        with pytest.raises(ShortlistError, match="RESOURCE_EXHAUSTED"):
            client.recommend("ann")
    assert len(scripted.attempts) == 1


def test_every_call_has_a_deadline(scripted):
    with Client(scripted.address, timeout=20) as client:
        client.recommend("ann")
        client.recommend("ann", timeout=5)
    # On the wire, timeouts are rounded up a little.
    assert scripted.deadlines[0] < 21 and scripted.deadlines[1] < 6


def test_gives_up_at_its_deadline(scripted):
    scripted.script = [busy(60_000)]
    with Client(scripted.address) as client:
        with pytest.raises(ShortlistError):
            client.recommend("ann", timeout=0.2)


def test_says_that_no_server_is_there():
    server = ScriptedServer()
    server.stop()
    with Client(server.address, timeout=2) as client, pytest.raises(ShortlistError) as gone:
        client.recommend("ann")
    assert gone.value.code in ("UNAVAILABLE", "DEADLINE_EXCEEDED")


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_refuses_to_call_without_a_deadline(timeout):
    with pytest.raises(ValueError, match="deadline"):
        Client(timeout=timeout)


def test_refuses_impossible_retries():
    with pytest.raises(ValueError, match="attempts"):
        Retries(attempts=0)
    with pytest.raises(ValueError, match="waits"):
        Retries(first_wait=2, longest_wait=1)


def test_sends_a_token_that_is_asked_for_each_time(scripted):
    tokens = iter(["first", "second"])
    with Client(scripted.address, timeout=30, token=lambda: next(tokens)) as client:
        client.recommend("ann")
        client.recommend("ann")
    assert scripted.metadata(0)["authorization"] == "Bearer first"
    assert scripted.metadata(1)["authorization"] == "Bearer second"


def test_refuses_to_send_a_token_unencrypted():
    with pytest.raises(ValueError, match="unencrypted"):
        Client("shop.example:50051", token="secret")


@pytest.fixture
def certificate(tmp_path):
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", chain, "-days",
                    "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)  # fmt: skip
    return key.read_bytes(), chain.read_bytes()


def test_both_sides_prove_who_they_are(certificate):
    key, chain = certificate
    server = ScriptedServer(grpc.ssl_server_credentials([(key, chain)], chain, require_client_auth=True))
    with Client(server.address, timeout=30, tls=Tls(chain, key, chain), token="secret") as client:
        assert client.recommend("ann").bundle_version == "scripted"
    assert server.metadata(0)["authorization"] == "Bearer secret"
    with Client(server.address, timeout=2, tls=Tls(chain)) as stranger, pytest.raises(ShortlistError):
        stranger.recommend("ann")
    server.stop()


def test_secrets_do_not_show(certificate):
    key, chain = certificate
    assert "PRIVATE" not in repr(Tls(chain, key, chain))
