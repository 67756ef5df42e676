"""Plants one violation at a time into a small clean tree and expects each check to name it, and nothing else."""
import pathlib
import tempfile
import unittest
import unittest.mock

import check_conditionals
import check_foreign_symbols
import check_includes
import check_loaded_libraries
import check_mirrors
import check_plugin
import check_words
from source_tree import SourceTree

CLEAN = {
    "include/shortlist/error.h": "#include <string>\n",
    "src/CMakeLists.txt": "shortlist_room(base LIBRARIES Threads::Threads)\n"
                          "shortlist_room(tensor ROOMS base PRIVATE_LIBRARIES hwy)\n",
    "src/base/file.h": '#include <vector>\n#include "shortlist/error.h"\n',
    "src/base/file.cc": '#include "base/file.h"\n',
    "src/data/reader.cc": '#include "data/reader.h"\n#include <arrow/api.h>\n#include "base/file.h"\n',
    "src/serve/grpc_server.cc": "#include <grpcpp/grpcpp.h>\n",
    "tests/base/file_test.cc": '#include "base/file.h"\n',
    "tests/data/reader_test.cc": "\n",
    "tests/serve/grpc_server_test.cc": "\n",
    "tools/wiring.cc": "#if SHORTLIST_WITH_MPI\n#endif\n",
}


class ChecksTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path, text in CLEAN.items():
            self.write(path, text)

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def found_by(self, check):
        return list(check.violations(SourceTree(self.root)))

    def expect_only(self, check, start, part):
        found = self.found_by(check)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(start), found)
        self.assertIn(part, found[0])

    def test_clean_tree_is_clean(self):
        for check in (check_includes, check_conditionals, check_mirrors, check_words):
            self.assertEqual(self.found_by(check), [], check.__name__)

    def test_upward_include(self):
        self.write("src/base/file.cc", '\n#include "tensor/backend.h"\n')
        self.expect_only(check_includes, "src/base/file.cc:2", "base may not include tensor")

    def test_sideways_include_in_a_test(self):
        self.write("tests/base/file_test.cc", '#include "features/graph.h"\n')
        self.expect_only(check_includes, "tests/base/file_test.cc:1", "base may not include features")

    def test_transitive_include_is_allowed(self):
        self.write("src/train/loop.h", '#include "base/file.h"\n#include "features/graph.h"\n')
        self.assertEqual(self.found_by(check_includes), [])

    def test_vendor_outside_its_room(self):
        for included in ("arrow/api.h", "parquet/types.h", "faiss/Index.h", "yaml-cpp/yaml.h", "grpcpp/grpcpp.h",
                         "google/protobuf/message.h", "shortlist/v1/shortlist.pb.h", "mpi.h", "cuda_runtime.h",
                         "nccl.h"):
            with self.subTest(included):
                self.write("src/base/file.h", f"  #  include <{included}>\n")
                self.expect_only(check_includes, "src/base/file.h:1", included)

    def test_cuda_sees_the_contracts_only(self):
        self.write("cuda/queue.h", '#include <cuda_runtime_api.h>\n#include "cuda/check.h"\n#include "comm/ranks.h"\n')
        self.assertEqual(self.found_by(check_includes), [])
        self.write("cuda/queue.h", '#include "model/tower.h"\n')
        self.expect_only(check_includes, "cuda/queue.h:1", "cuda may not include model")

    def test_nothing_includes_cuda(self):
        for path in ("src/tensor/backend.cc", "tools/wiring.cc", "benchmarks/tensor_benchmark.cc"):
            with self.subTest(path):
                self.write(path, '#include "cuda/queue.h"\n')
                self.assertTrue(any("cuda/queue.h" in message or "include cuda" in message
                                    for message in self.found_by(check_includes)))
                self.write(path, "")

    def test_rpc_types_stop_at_the_grpc_files(self):
        self.write("src/serve/handler.h", "#include <grpcpp/grpcpp.h>\n")
        self.expect_only(check_includes, "src/serve/handler.h:1", "grpcpp")

    def test_public_header_with_vendor_or_room(self):
        for include in ("<nlohmann/json.hpp>", '"base/file.h"', "<sys/mman.h>"):
            with self.subTest(include):
                self.write("include/shortlist/error.h", f"#include {include}\n")
                self.expect_only(check_includes, "include/shortlist/error.h:1", "standard types only")

    def test_unknown_room(self):
        self.write("src/misc/stuff.h", "#include <string>\n")
        self.expect_only(check_includes, "src/misc/stuff.h:1", "in no room")

    def test_link_against_a_room_without_arrow(self):
        self.write("src/CMakeLists.txt", "shortlist_room(features ROOMS base tensor\n  LIBRARIES x)\n")
        self.expect_only(check_includes, "src/CMakeLists.txt", "features links")

    def test_conditionals(self):
        for line in ("#ifdef SHORTLIST_WITH_CUDA", "#if defined(__CUDACC__)", "# ifndef HAVE_MPI", "#elif USE_NCCL",
                     "#if A && GPU"):
            with self.subTest(line):
                self.write("src/base/file.cc", f"\n{line}\n#endif\n")
                self.expect_only(check_conditionals, "src/base/file.cc:2", "no #if")

    def test_source_without_test(self):
        self.write("src/base/log.cc", "\n")
        self.expect_only(check_mirrors, "src/base/log.cc", "tests/base/log_test.cc")

    def test_conformance_tests_the_rooms_of_contracts_only(self):
        for source in ("src/tensor/cpu/linear.cc", "src/base/linear.cc", "tests/conformance/linear_test.cc"):
            self.write(source, "\n")
        self.expect_only(check_mirrors, "src/base/linear.cc", "tests/base/linear_test.cc")

    def test_kernels_have_tests_too(self):
        for source in ("cuda/linear.cu", "cuda/gemm.cc", "tests/conformance/linear_test.cc"):
            self.write(source, "\n")
        self.expect_only(check_mirrors, "cuda/gemm.cc", "tests/cuda/gemm_test.cc")

    def test_exempt_source_needs_a_reason(self):
        self.write("src/base/log.cc", "\n")
        self.write(check_mirrors.LIST, "src/base/log.cc: covered by the tests of file\n")
        self.assertEqual(self.found_by(check_mirrors), [])
        self.write(check_mirrors.LIST, "src/base/log.cc:\n")
        self.expect_only(check_mirrors, check_mirrors.LIST, "needs a reason")

    def test_stale_exemptions(self):
        self.write(check_mirrors.LIST, "src/base/gone.cc: reason\n")
        self.expect_only(check_mirrors, check_mirrors.LIST, "does not exist")
        self.write(check_mirrors.LIST, "src/base/file.cc: reason\n")
        self.expect_only(check_mirrors, check_mirrors.LIST, "has a test file")

    def test_words(self):
        for line in ("// TODO: finish", "// FIXME", "path = /work/main/x", "see issue #12", '"/root/data"'):
            with self.subTest(line):
                self.write("src/base/file.cc", f"{line}\n")
                self.expect_only(check_words, "src/base/file.cc:1", "is a")

    def test_loaded_libraries(self):
        self.assertFalse(check_loaded_libraries.main("/bin/ls"))
        listing = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibcublasLt.so.13 => not found\n"
        with unittest.mock.patch.object(check_loaded_libraries.subprocess, "run") as run:
            run.return_value.stdout = listing
            self.assertEqual(check_loaded_libraries.loaded_optional_libraries("x"), ["libcublasLt.so.13"])

    def test_plugin(self):
        needed = " 0x1 (NEEDED)  Shared library: [libcublasLt.so.13]\n 0x1 (NEEDED)  Shared library: [libc.so.6]\n"
        symbols = "0000000000001 T shortlist_device_plugin\n0000000000002 T _fini\n"
        self.assertEqual(list(check_plugin.violations(needed, symbols)), [])
        found = check_plugin.violations(needed.replace("libc.so.6", "libcudart.so.13"), "0001 T cudaMalloc\n")
        self.assertEqual(list(found), ["needs libcudart.so.13; open it where it is used",
                                       "does not export shortlist_device_plugin", "exports cudaMalloc; hide it"])

    def test_foreign_symbols(self):
        library = next(pathlib.Path("/usr/lib/x86_64-linux-gnu").glob("libcrypto.so.3"))
        self.assertTrue(check_foreign_symbols.main([library]))
        self.write("libhidden.so", "")
        hidden = self.root / "libhidden.so"
        hidden.write_bytes(library.read_bytes())
        check_foreign_symbols.load_hider().main([hidden])
        self.assertFalse(check_foreign_symbols.main([hidden]))


if __name__ == "__main__":
    unittest.main()
