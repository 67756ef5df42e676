# Faiss as a shared library in deps_dir/faiss-<version>: lib/libfaiss.so runs on every x86-64, the AVX2 variant of the
# same SONAME lies in lib/glibc-hwcaps/x86-64-v3, and the dynamic loader takes the one that the processor can run.

faiss_directory() { echo "faiss-$FAISS_VERSION"; }

# Faiss's own build calls its optimized variant faiss_avx2; a machine that has it needs no other.
system_faiss() {
  local library
  for library in /usr/local/lib /usr/lib/x86_64-linux-gnu /usr/lib; do
    compgen -G "$library/libfaiss_avx2.*" && return
  done
  return 1
}

faiss_present() { [[ -e $deps_dir/$(faiss_directory)/lib/libfaiss.so ]] || system_faiss >/dev/null; }

faiss_origin() {
  if [[ -e $deps_dir/$(faiss_directory) ]]; then
    echo "$FAISS_VERSION with AVX2, built here"
  else
    system_faiss | head --lines=1
  fi
}

debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' "Codename: $FAISS_SUITE" 'Component: main' 'Identifier: Packages' \
    2>/dev/null | head --lines=1 | grep . || echo http://deb.debian.org/debian
}

# With lists, cache and sources of its own, so apt's configuration and state on this machine stay as they are.
fetch_faiss_source() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p apt/lists/partial apt/archives/partial
  echo "deb-src [signed-by=$keyring] $(debian_mirror) $FAISS_SUITE main" >apt/sources.list
  local own_state=(-o "Dir::Etc::SourceList=$PWD/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt" -o APT::Sandbox::User= -qq)
  apt-get "${own_state[@]}" update >&2
  apt-get "${own_state[@]}" source --download-only "faiss/$FAISS_SUITE" >&2
  verify_sha256 "$FAISS_TARBALL" "$FAISS_SHA256"
  mkdir source
  tar --extract --file "$FAISS_TARBALL" --directory source --strip-components=1
}

#   build_faiss <build directory> <compiler flags>
build_faiss() {
  local launcher=()
  ! command -v ccache >/dev/null || launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  cmake -S source -B "$1" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="$2" -DBUILD_SHARED_LIBS=ON \
    -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=OFF -DBUILD_TESTING=OFF -DFAISS_OPT_LEVEL=generic \
    -DBLA_VENDOR=OpenBLAS -DCMAKE_INSTALL_LIBDIR=lib "${launcher[@]}" >"$1.log" 2>&1 &&
    cmake --build "$1" --target faiss >>"$1.log" 2>&1 || {
    tail --lines=40 "$1.log" >&2
    fail "building Faiss failed"
  }
}

build_faiss_variants() {
  note "building Faiss $FAISS_VERSION, generic and AVX2 (about three minutes on two cores)"
  fetch_faiss_source
  build_faiss generic ""
  build_faiss avx2 "-mavx2 -mfma -mf16c -mpopcnt"
  cmake -DCMAKE_INSTALL_PREFIX="$PWD/result" -P generic/faiss/cmake_install.cmake >/dev/null
  rm -r result/share  # CMake targets that know only one of the variants
  install -D --strip avx2/faiss/libfaiss.so result/lib/glibc-hwcaps/x86-64-v3/libfaiss.so
  install -D --mode=644 source/LICENSE result/LICENSE
}

install_faiss() { install_directory "$(faiss_directory)" build_faiss_variants; }
