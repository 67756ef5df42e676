add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror)
# GCC 12 reports false positives of these inside inlined standard library and vendor code.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
                    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

set(SHORTLIST_SANITIZE "" CACHE STRING "Sanitizers to build with, for example address,undefined or thread")
if(SHORTLIST_SANITIZE)
  add_compile_options(-fsanitize=${SHORTLIST_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SHORTLIST_SANITIZE})
endif()
