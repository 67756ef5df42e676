"""A test program of the simulated machine, linked with changed sources in place of those it was built from."""
import json
import pathlib
import shlex
import subprocess

PROGRAM_SECONDS = 120


def run(command, directory, timeout=None):
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=timeout, check=False)


class Witness:
    """Objects of the library shortlist_cuda_<variant> and the program that tests it, as CMake builds them."""

    def __init__(self, build, variant, program, arguments):
        self.build = pathlib.Path(build)
        self.name = program
        self.arguments = arguments
        self.library = f"shortlist_cuda_{variant}"
        commands = json.loads((self.build / "compile_commands.json").read_text())
        self.compilations = {
            entry["file"]: shlex.split(entry["command"])
            for entry in commands
            if f"/{self.library}.dir/" in entry["command"]
        }
        listed = run(["ninja", "-t", "commands", program], self.build).stdout
        self.link = next(line for line in reversed(listed.splitlines()) if f"-o tests/simt/{program} " in line)

    def users_of(self, path):
        """Sources of the library that include the file, or the file itself."""
        if str(path) in self.compilations:
            return [str(path)]
        users = []
        for source, command in self.compilations.items():
            listed = run(["ninja", "-t", "deps", command[command.index("-o") + 1]], self.build).stdout
            if any((self.build / line.strip()).resolve() == path for line in listed.splitlines()[1:]):
                users.append(source)
        return users

    def compile(self, source, root, overlay, target):
        """Compiles a source with the files of `overlay` before those of `root`; the compiler's messages if it fails."""
        command = list(self.compilations[source])
        command[command.index("-o") + 1] = str(target)
        changed = overlay / pathlib.Path(source).relative_to(root)
        command[command.index("-c") + 1] = str(changed if changed.exists() else source)
        command[command.index("-c"):command.index("-c")] = ["-Wno-error"]
        first_include = next(i for i, word in enumerate(command) if word.startswith("-I"))
        command.insert(first_include, f"-I{overlay}")
        return run(command, self.build)

    def passes(self, objects, scratch, test_filter):
        """Whether the program, linked with the objects, passes the tests that match."""
        program = scratch / self.name
        link = self.link.replace(f"-o tests/simt/{self.name} ", f"-o {program} " + " ".join(map(str, objects)) + " ")
        linked = run(["sh", "-c", link], self.build)
        if linked.returncode != 0:
            raise RuntimeError(f"{self.name} does not link:\n{linked.stdout}{linked.stderr}")
        command = [str(program), "--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={test_filter}", *self.arguments]
        try:
            return run(command, self.build, PROGRAM_SECONDS).returncode == 0
        except subprocess.TimeoutExpired:
            return False
