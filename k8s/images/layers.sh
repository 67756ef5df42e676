#!/usr/bin/env bash
# Lays out what the images are made of, from a build directory:
#
#   k8s/images/layers.sh BUILD OUT
#
#   OUT/libraries   shared libraries, their licenses, and what they are for scanners of images: a file per Debian package
#                   below /var/lib/dpkg/status.d, where the distroless images have theirs
#   OUT/program     the program and its plug-in for MPI
#   OUT/cuda        the plug-in for NVIDIA GPUs; empty if the build is without it
#
# Each is a tree to be copied over a base image. Everything is stripped.
set -euo pipefail

build=$1 out=$2
prefix=opt/shortlist
deps_dir=$(sed -n 's/^SHORTLIST_DEPS_DIR:PATH=//p' "$build/CMakeCache.txt")

install_component() {
  local component=$1 tree=$2
  mkdir -p "$tree"
  cmake --install "$build" --prefix "$tree/$prefix" --component "$component" >/dev/null
  find "$tree/$prefix" -type f -exec strip --strip-unneeded {} +
}

# The names of the Debian packages that the libraries came from.
packages_of_libraries() {
  find "$out/libraries/$prefix/lib" -type f -name '*.so*' \
    -printf '*/x86_64-linux-gnu/%f\n*/x86_64-linux-gnu/*/%f\n' |
    xargs dpkg-query --search 2>/dev/null | sed 's/:.*//' | sort --unique
}

describe_package() {
  local package=$1 status=$out/libraries/var/lib/dpkg/status.d license=$out/libraries/usr/share/doc/$1
  mkdir -p "$status" "$license"
  dpkg-query --status "$package" >"$status/$package"
  cp "/usr/share/doc/$package/copyright" "$license/"
}

# What set-up unpacked or built, in a directory called <name>-<version>.
copy_license() {
  local name=$1 license=$2 directory
  for directory in "$deps_dir/$name"-*; do
    mkdir -p "$out/libraries/usr/share/doc/$(basename "$directory")"
    cp -r "$directory/$license" "$out/libraries/usr/share/doc/$(basename "$directory")/"
  done
}

[[ ! -e $out ]] || { echo "layers.sh: $out exists" >&2; exit 1; }
install_component libraries "$out/libraries"
install_component program "$out/program"
install_component cuda "$out/cuda"
for package in $(packages_of_libraries); do describe_package "$package"; done
copy_license arrow licenses
copy_license faiss LICENSE
