# Whether the CUDA plug-in is built: AUTO builds it where a CUDA toolkit is installed. The result is
# SHORTLIST_CUDA_FOUND; where it is true, the language CUDA is enabled and the libraries CUDA::... exist.
set(SHORTLIST_CUDA AUTO CACHE STRING "Build the CUDA plug-in (the cuda folder): AUTO, ON or OFF")
set_property(CACHE SHORTLIST_CUDA PROPERTY STRINGS AUTO ON OFF)
# The virtual architectures of A100, H100 and B200; the plug-in holds machine code for each and nothing else.
set(SHORTLIST_CUDA_ARCHITECTURES 80 90 100)

set(SHORTLIST_CUDA_FOUND FALSE)
if(SHORTLIST_CUDA)
  find_package(CUDAToolkit 12.8 QUIET)
  if(CUDAToolkit_FOUND)
    set(SHORTLIST_CUDA_FOUND TRUE)
    message(STATUS "CUDA plug-in: built with the toolkit ${CUDAToolkit_VERSION} in ${CUDAToolkit_BIN_DIR}")
  elseif(SHORTLIST_CUDA STREQUAL AUTO)
    message(STATUS "CUDA plug-in: not built, because no CUDA toolkit 12.8 or newer is installed; this build is CPU-only")
  else()
    message(FATAL_ERROR "SHORTLIST_CUDA is ON, but no CUDA toolkit 12.8 or newer was found; install it, name its folder "
                        "with -DCUDAToolkit_ROOT=, or build for the CPU alone with -DSHORTLIST_CUDA=OFF")
  endif()
else()
  message(STATUS "CUDA plug-in: not built, because SHORTLIST_CUDA is OFF")
endif()

if(SHORTLIST_CUDA_FOUND)
  set(CMAKE_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
  set(CMAKE_CUDA_ARCHITECTURES ${SHORTLIST_CUDA_ARCHITECTURES})
  list(TRANSFORM CMAKE_CUDA_ARCHITECTURES APPEND -real)
  enable_language(CUDA)
  # CMake 3.25 knows no C++20 for nvcc and leaves the option out, so it is given here; newer ones find it given.
  set(CMAKE_CUDA_STANDARD_REQUIRED OFF)
  add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:-std=c++20>)
endif()
