# The versions that tools/setup.sh installs, as PIN_<NAME>.
set(pins_file ${PROJECT_SOURCE_DIR}/tools/setup/versions.sh)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${pins_file})
file(STRINGS ${pins_file} pins REGEX "^[A-Z0-9_]+=")
foreach(pin IN LISTS pins)
  string(REGEX MATCH "^([A-Z0-9_]+)=\"?([^\"]*)" matched ${pin})
  set(PIN_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
endforeach()
