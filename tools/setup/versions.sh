# Every version, checksum and package that set-up installs. Read by tools/setup.sh and by cmake/Pins.cmake, so a line is
# NAME=value without expansion; a list is one quoted line.

# The Arrow and Parquet C++ libraries inside the Python wheel (Debian has none). One wheel serves every Python: only its
# C++ headers and libraries are used.
PYARROW_VERSION=26.0.1
PYARROW_WHEEL=pyarrow-26.0.1-cp311-cp311-manylinux_2_28_x86_64.whl
PYARROW_SHA256=39cb0f2418282c24bea6ceda77b03e5a8f0a5766b63a8bf194d4e2a2c423548c

# Faiss from Debian's source package, built here because Debian's binary uses no SIMD beyond the x86-64 baseline.
FAISS_VERSION=1.7.3
FAISS_SUITE=bookworm
FAISS_TARBALL=faiss_1.7.3.orig.tar.gz
FAISS_SHA256=3e4fac26d8c9e9008ecea4ae5fc414c658998fce4ba75835058b1a71d3516002

# Debian packages by what they are for.
PACKAGES_TOOLCHAIN="g++ cmake ninja-build ccache mold pkg-config git make ca-certificates curl unzip zstd"
PACKAGES_PYTHON="python3 python3-pip"
PACKAGES_LIBRARIES="libopenblas-dev libhwy-dev libyaml-cpp-dev libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libssl-dev libzstd-dev zlib1g-dev librocksdb-dev libhiredis-dev prometheus-cpp-dev libcpp-httplib-dev libjs-chart.js"
PACKAGES_RPC="libabsl-dev libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc"
PACKAGES_FAISS="libfaiss-dev"
PACKAGES_RANKS="libopenmpi-dev openmpi-bin iproute2"
PACKAGES_TEST="openssl valgrind libgtest-dev libgmock-dev libbenchmark-dev rclone redis-tools"
PACKAGES_BENCHMARKS="python3-venv python3-dev"
PACKAGES_FUZZ="clang-14 libclang-rt-14-dev"
PACKAGES_STYLE="clang-format-14 clang-tidy-14"
PACKAGES_CONTAINERS="buildah podman runc catatonit debootstrap dnsmasq-base"
