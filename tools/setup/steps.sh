# What the set-up steps share: how they speak, become root, wait for a lock, and put a finished directory in place.

note() { printf 'setup: %s\n' "$*" >&2; }

fail() {
  note "error: $*"
  exit 1
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "'$*' needs root: run as root or install sudo"
  fi
}

verify_sha256() {
  local file=$1 expected=$2
  echo "$expected  $file" | sha256sum --check --quiet >&2 || fail "$file does not have the pinned SHA-256 $expected"
}

# Runs a step in a fresh directory inside deps_dir and renames what it left in "result" to its final name, so that a
# directory under its final name is always complete. One set-up at a time; the second one finds the work done, and what
# a killed one left behind is removed.
#   install_directory <name> <function>     the function is called in the fresh directory
install_directory() (
  local name=$1 step=$2
  exec 9>"$deps_dir/.setup.lock"
  flock 9
  [[ ! -e $deps_dir/$name ]] || exit 0
  rm -rf "$deps_dir/.$name".??????
  local work
  work=$(mktemp -d "$deps_dir/.$name.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  mkdir result
  "$step"
  mv result "$deps_dir/$name"
)
