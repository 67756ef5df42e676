"""Which room may include which, and where each vendor's headers may stand: the table of ARCHITECTURE.md as data."""

# What a room sees directly below it. A room may also include everything that those see, and include/shortlist.
ARROWS = {
    "base": (),
    "config": ("base",),
    "tensor": ("base",),
    "comm": ("tensor",),
    "linear": ("tensor",),
    "features": ("base",),
    "filter": ("features",),
    "data": ("features",),
    "model": ("linear",),
    "index": ("tensor",),
    "repeat": ("index", "features"),
    "eval": ("repeat", "data", "linear"),
    "train": ("model", "data", "comm", "eval"),
    "tune": ("base",),
    "profile": ("base",),
    "security": ("base",),
    "telemetry": ("base",),
    "serve": ("model", "repeat", "filter", "profile", "security", "telemetry"),
    "cuda": ("tensor", "comm"),
}

# Rooms that stand beside src/, each in a folder of its own name.
TOP_LEVEL_ROOMS = ("cuda",)

# Include prefix: the folders whose .cc files, and whose own headers, may use it. RPC types stay in files named for it.
VENDORS = {
    r"arrow/|parquet/": ("src/data/", "tests/data/"),
    r"faiss/": ("src/index/", "tests/index/", "tests/faiss_gpu/", "benchmarks/"),
    r"yaml-cpp/": ("src/config/", "tests/config/"),
    r"grpc|google/protobuf/|.*\.pb\.h$": (
        "src/serve/grpc_", "tests/serve/", "tests/e2e/", "tests/faults/", "tests/loadtest/", "tests/fuzz/",
        "tests/instructions/", "tools/", "benchmarks/",
    ),
    r"prometheus/|httplib\.h$": ("src/telemetry/", "tests/telemetry/"),
    r"rocksdb/": ("src/profile/rocks_profile_store.cc",),
    r"hiredis/": ("src/profile/redis_connections.cc",),
    r"mpi\.h$": ("src/comm/", "tests/comm/"),
    r"cuda|cublas|thrust/|nccl": ("cuda/", "tests/simt/", "tests/cuda/", "tests/budget/"),
}


def reachable(room):
    """The room itself and every room below it."""
    seen = {room}
    for lower in ARROWS[room]:
        seen |= reachable(lower)
    return seen
