"""The Arrow libraries export no OpenSSL, RE2 or abseil of their own (cmake/FindArrowWheel.cmake says why)."""
import importlib.util
import pathlib
import sys

SCRIPT = pathlib.Path(__file__).parents[2] / "tools/setup/hide_foreign_symbols.py"


def load_hider():
    spec = importlib.util.spec_from_file_location("hide_foreign_symbols", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def visible_foreign_symbols(library):
    hider = load_hider()
    image = pathlib.Path(library).read_bytes()
    defined = hider.DynamicSymbols(image).defined
    return [name for name, at in defined.items() if hider.FOREIGN.match(name) and image[at] != hider.STV_HIDDEN]


def main(libraries):
    failed = False
    for library in libraries:
        visible = visible_foreign_symbols(library)
        if visible:
            failed = True
            print(f"{library}: exports {len(visible)} foreign symbols, such as {visible[0]}; run tools/setup.sh anew")
    return failed


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main(sys.argv[1:]))
