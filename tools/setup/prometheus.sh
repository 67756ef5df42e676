# The prometheus and promtool programs for a test, in deps_dir/prometheus. Debian's package is unpacked and not installed,
# because installing it starts a service. Packages that Debian has signed need no checksum of ours.

prometheus_present() { [[ -x $deps_dir/prometheus/usr/bin/prometheus ]]; }

unpack_prometheus() {
  note "downloading Prometheus"
  local download=(apt-get -o APT::Sandbox::User= -qq download prometheus)
  "${download[@]}" 2>/dev/null || { update_package_lists && "${download[@]}" >&2; }
  dpkg-deb --extract prometheus_*.deb result
}

install_prometheus() { install_directory prometheus unpack_prometheus; }
