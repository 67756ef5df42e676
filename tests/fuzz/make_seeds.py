"""Encodes the seeds of requests, which are kept as text, into the bytes that the fuzzers begin with.

    make_seeds.py PROTOC PROTO_DIRECTORY SEED_DIRECTORY OUTPUT_DIRECTORY

The part of a seed's name before the first dot is its method; its number is the first byte.
"""

import pathlib
import subprocess
import sys

METHODS = ("Recommend", "RecommendBatch", "SimilarItems", "SimilarUsers")


def encode(protoc, protos, seed):
    method = seed.name.partition(".")[0]
    message = subprocess.run([protoc, f"--proto_path={protos}", f"--encode=shortlist.v1.{method}Request",
                              "shortlist/v1/retrieval.proto"], input=seed.read_bytes(), capture_output=True, check=True)
    return bytes([METHODS.index(method)]) + message.stdout


def main():
    protoc, protos, seeds, output = sys.argv[1:]
    pathlib.Path(output).mkdir(parents=True, exist_ok=True)
    for seed in sorted(pathlib.Path(seeds).glob("*.textproto")):
        (pathlib.Path(output) / seed.stem).write_bytes(encode(protoc, protos, seed))


if __name__ == "__main__":
    main()
