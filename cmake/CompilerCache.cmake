# Compiler cache and fast linker, used where they are installed. CCACHE_BASEDIR makes the cache serve every clone and
# build directory; it is relative to the common root of source and build tree.
find_program(CCACHE_PROGRAM ccache)
foreach(language CXX CUDA)
  if(CCACHE_PROGRAM AND NOT CMAKE_${language}_COMPILER_LAUNCHER)
    set(CMAKE_${language}_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros
        ${CCACHE_PROGRAM})
  endif()
endforeach()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()
