# Debian packages: those that the program is built of, and for everything else those that check it.

wanted_packages() {
  echo $PACKAGES_TOOLCHAIN $PACKAGES_PYTHON $PACKAGES_LIBRARIES $PACKAGES_RPC $PACKAGES_FAISS $PACKAGES_RANKS
  [[ $purpose == build ]] || echo $PACKAGES_TEST $PACKAGES_BENCHMARKS $PACKAGES_FUZZ $PACKAGES_STYLE $PACKAGES_CONTAINERS
}

missing_packages() {
  local installed
  installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' $(wanted_packages) 2>/dev/null |
    sed -n 's/ installed$//p' | sort --unique)
  comm -23 <(wanted_packages | tr ' ' '\n' | sort --unique) <(echo "$installed") | xargs
}

packages_present() { [[ -z $(missing_packages) ]]; }

# apt waits for the package lock by itself, but not for the lock of the package lists.
update_package_lists() {
  local deadline=$((SECONDS + 900)) output
  until output=$(as_root apt-get -o DPkg::Lock::Timeout=900 update 2>&1); do
    [[ $output == *"/var/lib/apt/lists/lock"* ]] || break
    ((SECONDS < deadline)) || fail "another program has held /var/lib/apt/lists/lock for 15 minutes"
    note "waiting for another apt to finish"
    sleep 5
  done
  # A broken third-party source is no reason to stop: what is needed comes from Debian, and the next step says if not.
  grep -E '^(W|E|Err)' <<<"$output" >&2 || true
}

# --no-remove: rather fail than take anything away from this machine.
install_packages() {
  local packages
  packages=$(missing_packages)
  command -v apt-get >/dev/null || fail "no apt-get here; install by other means: $packages"
  note "installing packages: $packages"
  update_package_lists
  local log
  log=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=900 -o Dpkg::Use-Pty=0 -qq install \
    --yes --no-install-recommends --no-remove $packages 2>&1) || fail "apt-get install: $log"
  packages_present || fail "apt succeeded, yet these are missing: $(missing_packages)"
}
