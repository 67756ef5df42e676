# Faiss built for this machine by tools/setup.sh, else the distribution's, as the imported target Faiss::faiss.
find_path(OptimizedFaiss_INCLUDE_DIR faiss/Index.h HINTS ${SHORTLIST_DEPS_DIR}/faiss/include)
find_library(OptimizedFaiss_LIBRARY faiss HINTS ${SHORTLIST_DEPS_DIR}/faiss/lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OptimizedFaiss REQUIRED_VARS OptimizedFaiss_INCLUDE_DIR OptimizedFaiss_LIBRARY)
find_package(OpenMP REQUIRED COMPONENTS CXX)
if(OptimizedFaiss_FOUND AND NOT TARGET Faiss::faiss)
  add_library(Faiss::faiss UNKNOWN IMPORTED)
  set_target_properties(Faiss::faiss PROPERTIES IMPORTED_LOCATION ${OptimizedFaiss_LIBRARY}
                                                INTERFACE_INCLUDE_DIRECTORIES ${OptimizedFaiss_INCLUDE_DIR})
  target_link_libraries(Faiss::faiss INTERFACE PkgConfig::openblas OpenMP::OpenMP_CXX)
endif()
