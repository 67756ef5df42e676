# NCCL's header, which a CUDA toolkit may come without. Only signatures are taken from it; the library itself is opened
# where ranks are GPUs. SHORTLIST_NCCL_FOUND says whether ranks that are GPUs are built.
find_path(SHORTLIST_NCCL_HEADERS nccl.h HINTS ${CUDAToolkit_INCLUDE_DIRS} /usr/local/cuda/include)
set(SHORTLIST_NCCL_FOUND FALSE)
if(SHORTLIST_NCCL_HEADERS)
  set(SHORTLIST_NCCL_FOUND TRUE)
elseif(SHORTLIST_CUDA)
  message(STATUS "CUDA plug-in: without communication between GPUs, because there is no nccl.h (libnccl-dev)")
endif()

# Leaves out of the list <sources> of the CUDA room what needs the header, where there is none.
macro(shortlist_choose_nccl sources)
  if(NOT SHORTLIST_NCCL_FOUND)
    list(FILTER ${sources} EXCLUDE REGEX "/(nccl_[a-z]+|collective_watch)\\.cc$")
  endif()
endmacro()
