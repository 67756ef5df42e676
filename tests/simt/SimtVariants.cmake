# A way to build and watch the kernels: the libraries shortlist_simt_<variant> (the runtime with simt/runtime/<variant>,
# and the simulated libraries) and shortlist_simt_kernels_<variant> (what compiling a .cu file takes).
#   shortlist_simt_variant(<variant> KERNEL_OPTIONS <for .cu files> RUNTIME_OPTIONS <for the runtime>
#                          [LINK_OPTIONS <for programs>] [SOURCES <of the runtime, beside simt/runtime/<variant>>])
function(shortlist_simt_variant variant)
  cmake_parse_arguments(SIMT "" "" "KERNEL_OPTIONS;RUNTIME_OPTIONS;LINK_OPTIONS;SOURCES" ${ARGN})
  set(room ${PROJECT_SOURCE_DIR}/tests/simt)
  add_library(shortlist_simt_headers_${variant} INTERFACE)
  target_include_directories(shortlist_simt_headers_${variant}
                             INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include
                                       ${PROJECT_SOURCE_DIR}/tests)
  # The headers that shadow the toolkit's stand before them.
  target_include_directories(shortlist_simt_headers_${variant} SYSTEM
                             INTERFACE ${room}/include ${SHORTLIST_CUDA_HEADERS} ${SHORTLIST_CUDA_HEADERS}/cccl)
  target_link_options(shortlist_simt_headers_${variant} INTERFACE ${SIMT_LINK_OPTIONS})

  file(GLOB sources CONFIGURE_DEPENDS ${room}/runtime/*.cc ${room}/runtime/${variant}/*.cc ${room}/cublas/*.cc)
  if(SHORTLIST_NCCL_FOUND)
    file(GLOB nccl CONFIGURE_DEPENDS ${room}/nccl/*.cc)
    list(APPEND sources ${nccl})
    target_include_directories(shortlist_simt_headers_${variant} SYSTEM INTERFACE ${SHORTLIST_NCCL_HEADERS})
  endif()
  add_library(shortlist_simt_${variant} STATIC EXCLUDE_FROM_ALL ${sources} ${SIMT_SOURCES})
  target_compile_options(shortlist_simt_${variant} PRIVATE ${SIMT_RUNTIME_OPTIONS})
  target_link_libraries(shortlist_simt_${variant} PUBLIC shortlist_simt_headers_${variant} PRIVATE PkgConfig::openblas)

  add_library(shortlist_simt_kernels_${variant} INTERFACE)
  target_compile_options(shortlist_simt_kernels_${variant} INTERFACE ${SIMT_KERNEL_OPTIONS} -Wno-unknown-pragmas)
  target_compile_definitions(shortlist_simt_kernels_${variant}
                             INTERFACE THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_CPP)
  target_link_libraries(shortlist_simt_kernels_${variant} INTERFACE shortlist_simt_${variant})
endfunction()

# .cu files are compiled as C++ in the folder that calls this.
function(shortlist_simt_as_cpp)
  list(FILTER ARGN INCLUDE REGEX "\\.cu$")
  set_source_files_properties(${ARGN} PROPERTIES LANGUAGE CXX)
endfunction()

# The CUDA room for a variant, as the library shortlist_cuda_<variant>.
#   shortlist_simt_cuda(<variant> <sources>...)
function(shortlist_simt_cuda variant)
  shortlist_simt_as_cpp(${ARGN})
  add_library(shortlist_cuda_${variant} STATIC EXCLUDE_FROM_ALL ${ARGN})
  target_link_libraries(shortlist_cuda_${variant} PUBLIC shortlist_simt_kernels_${variant} shortlist_comm)
endfunction()

# A GoogleTest program of .cc files and kernels of its own, which ctest runs as one test. Any report of the runtime that
# a test does not take fails the test. Symbols are exported, so that a kernel's name can be asked for.
#   shortlist_simt_test(<name> <variant> SOURCES ... [LIBRARIES ...] [LABELS <beside simt>] [TIMEOUT <seconds>]
#                       [FILTER <tests that ctest runs>])
function(shortlist_simt_test name variant)
  cmake_parse_arguments(TEST "" "TIMEOUT;FILTER" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 900)
  endif()
  if(NOT TEST_FILTER)
    set(TEST_FILTER "*")
  endif()
  shortlist_simt_as_cpp(${TEST_SOURCES})
  add_executable(${name} ${TEST_SOURCES} ${PROJECT_SOURCE_DIR}/tests/simt/report_listener.cc)
  target_link_libraries(${name} PRIVATE ${TEST_LIBRARIES} shortlist_simt_kernels_${variant} GTest::gmock
                                        shortlist_test_main)
  set_target_properties(${name} PROPERTIES ENABLE_EXPORTS ON)
  add_test(NAME simt.${name} COMMAND ${name} --gtest_brief=1 --gtest_filter=${TEST_FILTER})
  set_tests_properties(simt.${name} PROPERTIES LABELS "simt;${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT}
                                               ENVIRONMENT "OPENBLAS_NUM_THREADS=1")
endfunction()
