# Warnings are errors. GCC 12 reports false positives of the disabled ones inside inlined standard library and vendor code.
set(host_warnings -Wall -Wextra -Wshadow -Werror)
set(gcc_false_positives -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-maybe-uninitialized)
add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:${host_warnings};-Wpedantic>"
                    "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:${gcc_false_positives}>")
# nvcc's own warnings, and those of the host compiler for what nvcc passes on to it.
list(JOIN host_warnings "," nvcc_host_warnings)
add_compile_options("$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings;-Xcompiler=${nvcc_host_warnings}>")

set(SHORTLIST_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined or thread")
if(SHORTLIST_SANITIZE)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${SHORTLIST_SANITIZE};-fno-sanitize-recover=all>"
                      "$<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer>")
  add_link_options(-fsanitize=${SHORTLIST_SANITIZE})
endif()
