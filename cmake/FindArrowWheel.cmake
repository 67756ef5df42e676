# The C++ headers and libraries of the pyarrow wheel that tools/setup.sh unpacked, as the imported targets Arrow::arrow
# and Arrow::parquet. Nothing needs libarrow_compute, which is as large as a tenth of the container image: casts, and
# readers of CSV and JSON, are in libarrow.
#
# As published, libparquet exports 4266 symbols of an OpenSSL 3 that Debian's libraries also define: in one process with
# gRPC, libssl and libgrpc bound to Arrow's copies, or Arrow to Debian's, whichever was linked first.
# tools/setup/hide_foreign_symbols.py hides them, after which both work in any order of linking; abseil and protobuf do
# not collide (another inline namespace, none exported). tests/structure checks this.
set(arrow_root ${SHORTLIST_DEPS_DIR}/arrow-${PIN_PYARROW_VERSION})
find_path(ArrowWheel_INCLUDE_DIR arrow/api.h PATHS ${arrow_root}/include NO_DEFAULT_PATH)
set(arrow_parts arrow parquet)
set(arrow_libraries "")
foreach(part IN LISTS arrow_parts)
  file(GLOB ArrowWheel_${part}_LIBRARY ${arrow_root}/lib/lib${part}.so.*)
  list(APPEND arrow_libraries ArrowWheel_${part}_LIBRARY)
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  ArrowWheel REQUIRED_VARS ArrowWheel_INCLUDE_DIR ${arrow_libraries}
  REASON_FAILURE_MESSAGE "run tools/setup.sh, or set SHORTLIST_DEPS_DIR to where it put its files")
if(ArrowWheel_FOUND AND NOT TARGET Arrow::arrow)
  foreach(part IN LISTS arrow_parts)
    add_library(Arrow::${part} SHARED IMPORTED)
    set_target_properties(Arrow::${part} PROPERTIES IMPORTED_LOCATION ${ArrowWheel_${part}_LIBRARY}
                                                    INTERFACE_INCLUDE_DIRECTORIES ${ArrowWheel_INCLUDE_DIR})
  endforeach()
  # mold binds to symbols of shared libraries although they are hidden, so the real libcrypto must come first.
  target_link_options(Arrow::arrow INTERFACE ${OPENSSL_CRYPTO_LIBRARY})
  target_link_libraries(Arrow::parquet INTERFACE Arrow::arrow)
endif()
