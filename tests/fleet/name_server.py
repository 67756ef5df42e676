"""A name server for hosts of a test."""
import signal
import subprocess


class NameServer:
    """dnsmasq on the last of some hosts, asked by no other machine."""

    def __init__(self, made_hosts, root):
        self.hosts = made_hosts
        self.addresses = root / "addresses"
        self.addresses.touch()
        self.resolver = root / "resolv.conf"
        self.resolver.write_text(f"nameserver {made_hosts.address(len(made_hosts.names) - 1)}\n")
        self.process = subprocess.Popen(made_hosts.command(-1, [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv",
            "--no-hosts", f"--addn-hosts={self.addresses}", "--log-facility=/dev/null"]))

    def publish(self, name, addresses):
        self.addresses.write_text("".join(f"{address} {name}\n" for address in addresses))
        self.process.send_signal(signal.SIGHUP)

    def command(self, index, command):
        """`command` as it is run on a host, where it asks this name server."""
        resolving = f'mount --bind {self.resolver} /etc/resolv.conf && exec "$@"'
        return self.hosts.command(index, ["sh", "-c", resolving, "sh", *command])

    def stop(self):
        self.process.kill()
        self.process.wait()
