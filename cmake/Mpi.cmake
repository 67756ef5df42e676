# Whether the MPI plug-in is built: AUTO builds it where an MPI library is installed. The result is SHORTLIST_MPI_FOUND.
set(SHORTLIST_MPI AUTO CACHE STRING "Build the MPI plug-in (src/comm/mpi): AUTO, ON or OFF")
set_property(CACHE SHORTLIST_MPI PROPERTY STRINGS AUTO ON OFF)

set(SHORTLIST_MPI_FOUND FALSE)
if(SHORTLIST_MPI)
  set(MPI_CXX_SKIP_MPICXX ON)  # the C++ bindings of MPI 2 are gone from the standard
  find_package(MPI QUIET COMPONENTS CXX)
  if(MPI_CXX_FOUND)
    set(SHORTLIST_MPI_FOUND TRUE)
    message(STATUS "MPI plug-in: built with ${MPI_CXX_LIBRARIES}")
  elseif(SHORTLIST_MPI STREQUAL AUTO)
    message(STATUS "MPI plug-in: not built, because no MPI library is installed; ranks communicate over TCP")
  else()
    message(FATAL_ERROR "SHORTLIST_MPI is ON, but no MPI library was found; install one (Debian: libopenmpi-dev), or "
                        "build without it with -DSHORTLIST_MPI=OFF")
  endif()
else()
  message(STATUS "MPI plug-in: not built, because SHORTLIST_MPI is OFF")
endif()
