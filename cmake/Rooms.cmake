# A room is one folder of src/: a static library shortlist_<name> of all .cc files below it.
# Sources below the folders PLUGINS are not a part of it; they become plug-ins, see shortlist_plugin.
#   shortlist_room(<name> [ROOMS <lower rooms>] [LIBRARIES <external, visible>] [PRIVATE_LIBRARIES <external, hidden>]
#                  [PLUGINS <folders>])
function(shortlist_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;LIBRARIES;PRIVATE_LIBRARIES;PLUGINS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  foreach(plugin IN LISTS ROOM_PLUGINS)
    list(FILTER sources EXCLUDE REGEX "/src/${name}/${plugin}/")
  endforeach()
  set(target shortlist_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${ROOM_PRIVATE_LIBRARIES})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(${target} ${scope} ${ROOM_LIBRARIES})
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(${target} ${scope} shortlist_${room})
  endforeach()
endfunction()

# The plug-in libshortlist_<name>.so of all .cc files in <folder>, where base/plugin.h looks for it. It exports nothing
# but what is marked so, and everything that depends on the program is built after it.
#   shortlist_plugin(<name> <folder> [LIBRARIES ...])
function(shortlist_plugin name folder)
  cmake_parse_arguments(PLUGIN "" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cc)
  set(target shortlist_${name})
  add_library(${target} MODULE ${sources})
  set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                                             LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
  target_link_libraries(${target} PRIVATE ${PLUGIN_LIBRARIES})
endfunction()

# All tests of rooms, and those of rooms that run threads of their own: what the asan and tsan presets build.
add_custom_target(unit_tests)
add_custom_target(threaded_tests)

# The tests of a room: all *_test.cc below tests/<name> become the GoogleTest program <name>_test; the other .cc files
# there are its fixtures. Labels are <name> and unit, and threaded if THREADED is given; suites whose name ends in
# SlowTest get the label slow instead. With WHOLE, ctest runs the program as one test: for tables of many short cases.
#   shortlist_room_tests(<name> [THREADED] [WHOLE] [LIBRARIES ...])
function(shortlist_room_tests name)
  cmake_parse_arguments(TEST "THREADED;WHOLE" "" "LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE SHORTLIST_DATA_DIR="${SHORTLIST_DATA_DIR}"
                                                  SHORTLIST_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_test PRIVATE ${TEST_LIBRARIES} GTest::gmock shortlist_test_main)
  add_dependencies(unit_tests ${name}_test)
  set(labels ${name} unit)
  if(TEST_THREADED)
    add_dependencies(threaded_tests ${name}_test)
    list(APPEND labels threaded)
  endif()
  if(TEST_WHOLE)
    add_test(NAME ${name}.all COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(${name}.all PROPERTIES LABELS "${labels}" TIMEOUT 900)
    return()
  endif()
  shortlist_discover_tests(${name} "-*SlowTest.*" unit "${labels}" 300)
  shortlist_discover_tests(${name} "*SlowTest.*" slow "${name};slow" 1800)
endfunction()

# Has ctest list the tests of <name>_test when it starts (not the build) and label them; gtest_discover_tests itself
# cannot pass more than one label. <part> tells the calls for one program apart.
function(shortlist_discover_tests name filter part labels timeout)
  set(list ${name}_test_${part})
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. TEST_FILTER "${filter}" TEST_LIST ${list}
                       DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${timeout})
  set(label_file ${CMAKE_CURRENT_BINARY_DIR}/${list}_labels.cmake)
  file(WRITE ${label_file} "foreach(test IN LISTS ${list})
  set_tests_properties(\${test} PROPERTIES LABELS \"${labels}\")
endforeach()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${label_file})
endfunction()
