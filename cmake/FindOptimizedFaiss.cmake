# Faiss as the imported target Faiss::faiss: the one that tools/setup.sh built (its AVX2 variant is chosen when the
# program starts, see tools/setup/faiss.sh), else a system Faiss with Faiss's own optimized variant, else the
# distribution's generic static library, which is several times slower.
set(faiss_root ${SHORTLIST_DEPS_DIR}/faiss-${PIN_FAISS_VERSION})
find_path(OptimizedFaiss_INCLUDE_DIR faiss/Index.h HINTS ${faiss_root}/include)
find_library(OptimizedFaiss_LIBRARY faiss PATHS ${faiss_root}/lib NO_DEFAULT_PATH)
find_library(OptimizedFaiss_LIBRARY faiss_avx2)
if(NOT OptimizedFaiss_LIBRARY)
  message(WARNING "no optimized Faiss: searches will be several times slower; tools/setup.sh builds one")
  find_library(OptimizedFaiss_LIBRARY faiss)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OptimizedFaiss REQUIRED_VARS OptimizedFaiss_LIBRARY OptimizedFaiss_INCLUDE_DIR)
find_package(OpenMP REQUIRED COMPONENTS CXX)
if(OptimizedFaiss_FOUND AND NOT TARGET Faiss::faiss)
  add_library(Faiss::faiss UNKNOWN IMPORTED)
  set_target_properties(Faiss::faiss PROPERTIES IMPORTED_LOCATION ${OptimizedFaiss_LIBRARY}
                                                INTERFACE_INCLUDE_DIRECTORIES ${OptimizedFaiss_INCLUDE_DIR})
  target_link_libraries(Faiss::faiss INTERFACE PkgConfig::openblas OpenMP::OpenMP_CXX)
endif()
