# Files as functions of a C++ source.
#   shortlist_embed_text(<target> <header> <function>=<file>...)
# adds a source to the target that defines, for the declarations of <header>, functions that return the files' texts.
function(shortlist_embed_text target header)
  get_filename_component(name ${header} NAME_WE)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  set(files ${ARGN})
  list(TRANSFORM files REPLACE "^[^=]*=" "")
  add_custom_command(OUTPUT ${output}
                     COMMAND ${CMAKE_COMMAND} "-DHEADER=${header}" "-DOUTPUT=${output}" "-DTEXTS=${ARGN}"
                             -P ${PROJECT_SOURCE_DIR}/cmake/WriteTexts.cmake
                     DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/WriteTexts.cmake VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
