# What `cmake --install` puts below a prefix: the program in bin/ and its plug-ins in lib/ (components `program` and
# `cuda`), and beside them every shared library that the program loads but those of the C library (component
# `libraries`). Such a tree runs unchanged on any machine or image whose C library is as new as here.

# As RPATH and not as RUNPATH, which would not count for the libraries of the libraries.
target_link_options(shortlist PRIVATE LINKER:--disable-new-dtags)
set_target_properties(shortlist PROPERTIES INSTALL_RPATH "$ORIGIN/../lib" INSTALL_RPATH_USE_LINK_PATH OFF)
install(TARGETS shortlist RUNTIME_DEPENDENCY_SET program_libraries RUNTIME DESTINATION bin COMPONENT program)
# The loader, the parts of glibc, and the library that the kernel brings along belong to the machine.
install(RUNTIME_DEPENDENCY_SET program_libraries
        PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv)[.]so"
        LIBRARY DESTINATION lib COMPONENT libraries)
# The loader prefers the variant of Faiss for the processor, where there is one.
get_filename_component(faiss_folder ${OptimizedFaiss_LIBRARY} DIRECTORY)
install(DIRECTORY ${faiss_folder}/glibc-hwcaps DESTINATION lib COMPONENT libraries OPTIONAL)

# Of MPI, of the driver, and of cuBLAS and NCCL, plug-ins take what the machine has. The one for GPUs is a component of
# its own.
function(shortlist_install_plugin target component)
  if(TARGET ${target})
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN" INSTALL_RPATH_USE_LINK_PATH OFF)
    install(TARGETS ${target} LIBRARY DESTINATION lib COMPONENT ${component})
  endif()
endfunction()
shortlist_install_plugin(shortlist_mpi program)
shortlist_install_plugin(shortlist_cuda cuda)
shortlist_install_plugin(shortlist_faiss_gpu cuda)
