# Run by shortlist_embed_text: writes OUTPUT, a source that includes HEADER and defines TEXTS.
set(source "#include \"${HEADER}\"\n\nnamespace shortlist::eval {\n")
foreach(text IN LISTS TEXTS)
  string(REGEX MATCH "^([^=]*)=(.*)$" matched "${text}")
  file(READ "${CMAKE_MATCH_2}" contents)
  string(APPEND source "\nstd::string_view ${CMAKE_MATCH_1}() {\n  return R\"SHORTLIST(${contents})SHORTLIST\";\n}\n")
endforeach()
file(WRITE "${OUTPUT}" "${source}\n}  // namespace shortlist::eval\n")
