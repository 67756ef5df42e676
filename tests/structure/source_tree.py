"""The files of the repository as the structure checks see them."""
import pathlib

SOURCE_SUFFIXES = {".h", ".cc", ".cu", ".cuh"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".md", ".py", ".sh", ".cmake", ".txt", ".json", ".yaml", ".yml", ".proto", ""}
TOP_LEVEL = ("include", "src", "cuda", "tools", "tests", "benchmarks", "cmake", "configs", "docs", "k8s", ".ci")


class SourceTree:
    """Paths are relative to the root and use '/'."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    def files(self, suffixes, folders=TOP_LEVEL):
        """Sorted paths of the files with one of the suffixes below the folders, and directly in the root."""
        found = [path for path in self.root.iterdir() if path.is_file()] if folders is TOP_LEVEL else []
        for folder in folders:
            found += [path for path in (self.root / folder).rglob("*") if path.is_file()]
        hidden_or_cache = {"__pycache__", ".git"}
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in found
            if path.suffix in suffixes and not hidden_or_cache & set(path.parts)
        )

    def sources(self, folders=("include", "src", "cuda", "tools", "tests", "benchmarks")):
        return self.files(SOURCE_SUFFIXES, folders)

    def lines(self, path):
        """(line number, text) pairs; a binary file has none."""
        try:
            text = (self.root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return []
        return list(enumerate(text.splitlines(), start=1))

    def exists(self, path):
        return (self.root / path).exists()
