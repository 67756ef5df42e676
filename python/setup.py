"""Generates the message classes from the server's own proto into the package that is being built."""

import importlib.resources
import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parent
# A copy beside this file, for builds outside of the repository, or the server's own.
PROTOS = next((folder for folder in (ROOT / "proto", ROOT.parent / "src" / "serve" / "proto") if folder.is_dir()), None)
MESSAGES = ("shortlist/v1/retrieval.proto", "shortlist/v1/events.proto")


class BuildWithMessages(build_py):
    def run(self) -> None:
        super().run()
        generate(pathlib.Path(self.build_lib) / "shortlist_client" / "proto")


def generate(folder: pathlib.Path) -> None:
    from grpc_tools import protoc

    if PROTOS is None:
        sys.exit(f"cannot find {MESSAGES[0]}; build the package inside the repository")
    folder.mkdir(parents=True, exist_ok=True)
    well_known = importlib.resources.files("grpc_tools") / "_proto"
    paths = [f"--proto_path={PROTOS}", f"--proto_path={well_known}"]
    status = protoc.main(["protoc", *paths, f"--python_out={folder}", f"--pyi_out={folder}", *MESSAGES])
    if status != 0:
        sys.exit(f"protoc failed on the messages in {PROTOS}")


setup(cmdclass={"build_py": BuildWithMessages})
