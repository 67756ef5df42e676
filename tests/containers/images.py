"""The images of k8s/images on bases that are made here, with the program of a build directory."""
import json
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
IMAGES = SOURCE / "k8s" / "images"
DEBIAN = "localhost/debian:12"
BARE = "localhost/bare:12"
CPU = "localhost/shortlist:cpu"
CUDA = "localhost/shortlist:cuda"
# All of Debian that the bare base has.
C_LIBRARY = ("ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0",
             "libresolv.so.2")
CUDA_LIBRARIES = [pathlib.Path("/usr/local/cuda/lib64") / name for name in ("libcublasLt.so.13", "libnccl.so.2")]


def make_layers(build, directory):
    """The build context `build`, which takes the place of the Dockerfiles' first stage."""
    subprocess.run([IMAGES / "layers.sh", build, directory / "layers"], check=True, stdout=subprocess.DEVNULL)
    return directory


def debian_mirror():
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Codename: bookworm", "Component: main",
               "Identifier: Packages"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return lines[:1]


def import_debian(engine):
    """Debian 12 as small as debootstrap makes it, in the place of debian:12-slim."""
    root = engine.root / "debian"
    done = subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, *debian_mirror()], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    engine.import_image(root, DEBIAN)
    return root


def import_bare(engine, debian):
    """The C library and nothing else: no shell, no program, no list of users."""
    root = engine.root / "bare"
    for place in ("lib64", "lib/x86_64-linux-gnu", "tmp"):
        (root / place).mkdir(parents=True)
    for name in C_LIBRARY:
        shutil.copy(debian / "lib/x86_64-linux-gnu" / name, root / "lib/x86_64-linux-gnu" / name)
    (root / "lib64/ld-linux-x86-64.so.2").symlink_to("/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
    engine.import_image(root, BARE)


def build(engine, kind, name, base, layers, *flags):
    """Builds Dockerfile.<kind> as its head says, on another base and without its first stage."""
    engine.buildah("build", "--layers", "--file", IMAGES / f"Dockerfile.{kind}", "--tag", name,
                   "--build-arg", f"BASE={base}", "--build-context", f"build={layers}", *flags, SOURCE)


def nvidia_context(directory):
    """The build context `nvidia` out of the toolkit of this machine; none where there is no toolkit."""
    if not all(library.exists() for library in CUDA_LIBRARIES):
        return None
    (directory / "nvidia").mkdir(parents=True)
    for library in CUDA_LIBRARIES:
        shutil.copy(library, directory / "nvidia" / library.name)
    return directory


def layer_bytes(engine, name):
    """Bytes of the layers of an image, as unpacked files, the base first."""
    history = json.loads(engine.podman("history", "--format", "json", name))
    return [entry["size"] for entry in reversed(history) if entry["size"]]
