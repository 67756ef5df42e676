# Whether exact search on GPUs is built in, as the plug-in of src/index/gpu: AUTO builds it where Faiss for GPUs is, as
# `tools/setup.sh --faiss-gpu` builds it or as a part of a system Faiss. The result is SHORTLIST_FAISS_GPU_FOUND; where it
# is true, FaissGpu::faiss_gpu is what the plug-in links. SHORTLIST_FAISS_GPU_HEADERS are enough to compile it.
set(SHORTLIST_FAISS_GPU AUTO CACHE STRING "Build the plug-in of Faiss for GPUs (src/index/gpu): AUTO, ON or OFF")
set_property(CACHE SHORTLIST_FAISS_GPU PROPERTY STRINGS AUTO ON OFF)

set(faiss_gpu_root ${SHORTLIST_DEPS_DIR}/faiss-gpu-${PIN_FAISS_VERSION})
set(faiss_gpu_headers_root ${SHORTLIST_DEPS_DIR}/faiss-gpu-headers-${PIN_FAISS_VERSION})
# Headers of one version belong together.
set(faiss_gpu_header_paths ${OptimizedFaiss_INCLUDE_DIR})
if(OptimizedFaiss_INCLUDE_DIR STREQUAL "${SHORTLIST_DEPS_DIR}/faiss-${PIN_FAISS_VERSION}/include")
  list(APPEND faiss_gpu_header_paths ${faiss_gpu_headers_root}/include)
endif()
find_path(SHORTLIST_FAISS_GPU_HEADERS faiss/gpu/GpuIndexFlat.h PATHS ${faiss_gpu_header_paths} NO_DEFAULT_PATH)
set(SHORTLIST_FAISS_GPU_FOUND FALSE)
set(faiss_gpu_lacks "")
if(NOT SHORTLIST_CUDA_FOUND)
  set(faiss_gpu_lacks "the CUDA plug-in, which finds the GPUs, is not built")
elseif(SHORTLIST_FAISS_GPU_HEADERS STREQUAL OptimizedFaiss_INCLUDE_DIR)
  # Faiss installs these headers where it was built for GPUs. What says that it was built with cuVS is a public macro.
  set(faiss_gpu_libraries Faiss::faiss)
  file(STRINGS ${OptimizedFaiss_LIBRARY} with_cuvs REGEX "NVIDIA_CUVS" LIMIT_COUNT 1)
  if(with_cuvs)
    find_package(cuvs CONFIG QUIET)
    set(faiss_gpu_definitions USE_NVIDIA_CUVS=1)
    list(APPEND faiss_gpu_libraries cuvs::cuvs)
    if(NOT cuvs_FOUND)
      set(faiss_gpu_lacks "${OptimizedFaiss_LIBRARY} was built with cuVS, whose headers are not installed")
    endif()
  endif()
elseif(EXISTS ${faiss_gpu_root}/lib/libfaiss_gpu.a AND SHORTLIST_FAISS_GPU_HEADERS)
  set(faiss_gpu_libraries ${faiss_gpu_root}/lib/libfaiss_gpu.a Faiss::faiss CUDA::cudart_static CUDA::cublas)
else()
  set(faiss_gpu_lacks "Faiss for GPUs is not installed (tools/setup.sh --faiss-gpu builds it)")
endif()

if(NOT SHORTLIST_FAISS_GPU)
  message(STATUS "Faiss for GPUs: not built in, because SHORTLIST_FAISS_GPU is OFF")
elseif(NOT faiss_gpu_lacks)
  set(SHORTLIST_FAISS_GPU_FOUND TRUE)
  add_library(FaissGpu::faiss_gpu INTERFACE IMPORTED)
  set_target_properties(FaissGpu::faiss_gpu PROPERTIES
                        INTERFACE_INCLUDE_DIRECTORIES "${SHORTLIST_FAISS_GPU_HEADERS};${CUDAToolkit_INCLUDE_DIRS}"
                        INTERFACE_COMPILE_DEFINITIONS "${faiss_gpu_definitions}")
  # The static parts are not exported, and nothing is left to be found when the plug-in opens.
  target_link_libraries(FaissGpu::faiss_gpu INTERFACE ${faiss_gpu_libraries} -Wl,--exclude-libs,ALL -Wl,--no-undefined)
  message(STATUS "Faiss for GPUs: built in, with ${faiss_gpu_libraries}")
elseif(SHORTLIST_FAISS_GPU STREQUAL AUTO)
  message(STATUS "Faiss for GPUs: not built in, because ${faiss_gpu_lacks}; vectors are scanned by the CPU")
else()
  message(FATAL_ERROR "SHORTLIST_FAISS_GPU is ON, but ${faiss_gpu_lacks}")
endif()
