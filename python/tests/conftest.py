"""A small made-up retailer behind the real server, and a server that fails as a test wants."""

import json
import os
import pathlib
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from shortlist_client.proto.shortlist.v1 import retrieval_pb2 as pb

PROGRAM = os.environ.get("SHORTLIST_PROGRAM", "shortlist")
RETAILER = {
    "name": "tiny",
    "directory": "tiny",
    "synthesize": {"users": 300, "items": 120, "events": 6000, "days": 60, "categories": 6},
    "data": {
        "events": {
            "paths": ["source/events.csv"],
            "columns": {"time": "time", "event_id": "event_id", "context": ["device", "country"]},
        },
        "catalog": {"paths": ["source/catalog.csv"], "title": "title", "price": "price"},
        "max_bad_fraction": 0.05,
    },
    "features": {"context": [{"column": "device"}]},
    "model": {"dimension": 16, "user_hidden": [16]},
    "train": {"epochs": 1, "batch_size": 256},
    "evaluate": {"k": [10], "bootstrap_samples": 10},
}


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("retailer")
    config = folder / "retailer.yaml"
    config.write_text(json.dumps(RETAILER))  # JSON is YAML
    for arguments in (["synthesize", config, "--out", folder / "source"], ["prepare", config], ["train", config],
                      ["index", config]):  # fmt: skip
        subprocess.run([PROGRAM, *arguments], check=True, cwd=folder, capture_output=True)
    return folder / "tiny" / "bundle"


@pytest.fixture(scope="session")
def address(bundle: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of `shortlist serve`, which takes events."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "serve.yaml").write_text(json.dumps({"serve": {"events": {"directory": str(folder / "events")}}}))
    server = subprocess.Popen(
        [PROGRAM, "serve", folder / "serve.yaml", "--bundle", bundle, "--address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    yield server.stdout.readline().split(" on ")[1].strip()
    server.terminate()
    assert server.wait() == 0


class ScriptedServer(grpc.GenericRpcHandler):
    """Fails calls one after the other as its script says, then answers; keeps what every attempt brought along."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self.script: list[tuple[grpc.StatusCode, tuple[tuple[str, str], ...]]] = []
        self.attempts: list[grpc.ServicerContext] = []
        self.deadlines: list[float | None] = []
        self._server = grpc.server(ThreadPoolExecutor(4), handlers=[self])
        if credentials is None:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self._server.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.stop(None).wait()

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(
            self._answer, pb.RecommendRequest.FromString, pb.RecommendResponse.SerializeToString
        )

    def metadata(self, attempt: int) -> dict[str, str | bytes]:
        return dict(self.attempts[attempt].invocation_metadata())

    def _answer(self, request: pb.RecommendRequest, context: grpc.ServicerContext) -> pb.RecommendResponse:
        self.attempts.append(context)
        self.deadlines.append(context.time_remaining())
        if self.script:
            code, trailers = self.script.pop(0)
            context.set_trailing_metadata(trailers)
            context.abort(code, "as the script says")
        return pb.RecommendResponse(bundle_version="scripted")


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.stop()
