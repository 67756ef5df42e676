# The C++ headers and libraries inside the pyarrow wheel, as the imported targets Arrow::arrow, Arrow::dataset and
# Arrow::parquet.
file(GLOB candidates ${SHORTLIST_DEPS_DIR}/pyarrow-*/pyarrow)
list(SORT candidates COMPARE NATURAL ORDER DESCENDING)
find_path(ArrowWheel_INCLUDE_DIR arrow/api.h PATHS ${candidates} PATH_SUFFIXES include NO_DEFAULT_PATH)
cmake_path(GET ArrowWheel_INCLUDE_DIR PARENT_PATH ArrowWheel_ROOT)
foreach(part arrow arrow_acero arrow_compute arrow_dataset parquet)
  file(GLOB ArrowWheel_${part}_LIBRARY ${ArrowWheel_ROOT}/lib${part}.so.*)
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ArrowWheel REQUIRED_VARS ArrowWheel_INCLUDE_DIR ArrowWheel_arrow_LIBRARY ArrowWheel_arrow_dataset_LIBRARY
                           ArrowWheel_parquet_LIBRARY
  REASON_FAILURE_MESSAGE "run tools/setup.sh, or set SHORTLIST_DEPS_DIR to where it put its files")
if(ArrowWheel_FOUND AND NOT TARGET Arrow::arrow)
  add_library(Arrow::arrow INTERFACE IMPORTED)
  target_include_directories(Arrow::arrow SYSTEM INTERFACE ${ArrowWheel_INCLUDE_DIR})
  target_link_libraries(Arrow::arrow INTERFACE ${ArrowWheel_arrow_LIBRARY} ${ArrowWheel_arrow_compute_LIBRARY})
  target_link_options(Arrow::arrow INTERFACE -Wl,-rpath,${ArrowWheel_ROOT})
  add_library(Arrow::parquet INTERFACE IMPORTED)
  target_link_libraries(Arrow::parquet INTERFACE ${ArrowWheel_parquet_LIBRARY} Arrow::arrow)
  add_library(Arrow::dataset INTERFACE IMPORTED)
  target_link_libraries(Arrow::dataset INTERFACE ${ArrowWheel_arrow_dataset_LIBRARY} ${ArrowWheel_arrow_acero_LIBRARY}
                                                 Arrow::parquet)
endif()
