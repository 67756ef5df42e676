"""The program starts where no NVIDIA library and no MPI is installed: the loader is asked for none of them."""
import re
import subprocess
import sys

OPTIONAL = re.compile(r"\s*(lib(?:cuda|cudart|cublas|cublasLt|nccl|mpi)\.so\S*)")


def loaded_optional_libraries(program):
    """Names among all that the loader brings in with the program, directly or not."""
    listing = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    return [match.group(1) for match in map(OPTIONAL.match, listing.splitlines()) if match]


def main(program):
    found = loaded_optional_libraries(program)
    print("\n".join(f"{program} needs {name} to start; reach it through a plug-in" for name in found)
          or f"{program} needs no optional library")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
