# Tests in Python against the real binary: one CTest test a method, named by its words.
include_guard()
find_package(Python3 REQUIRED COMPONENTS Interpreter)

# sluice_python_tests(LABEL TIMEOUT seconds FILES a_test.py ... [ENVIRONMENT name=value ...]
# [PROPERTIES name value ...]): names are taken from the files, so that none is forgotten. A test that
# skips itself, for want of a tool, is told as skipped; what unittest says at its end is looked for, since a failure beside a skip is a failure.
function(sluice_python_tests label)
  cmake_parse_arguments(ARG "" "TIMEOUT" "FILES;ENVIRONMENT;PROPERTIES" ${ARGN})
  if(SLUICE_SANITIZER)
    # The binary is several times slower, and the tests that load it know.
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 3")
    list(APPEND ARG_ENVIRONMENT "SLUICE_SANITIZER=${SLUICE_SANITIZER}")
  endif()
  foreach(file ${ARG_FILES})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    file(STRINGS ${file} lines REGEX "^class .*TestCase|^  +def test_")
    get_filename_component(module ${file} NAME_WE)
    foreach(line ${lines})
      if(line MATCHES "^class ([A-Za-z]+)")
        set(suite ${CMAKE_MATCH_1})
      elseif(line MATCHES "def (test_([a-z0-9_]+))")
        set(method ${CMAKE_MATCH_1})
        string(REPLACE "_" " " sentence ${CMAKE_MATCH_2})
        add_test(NAME "${label}: ${sentence}"
          COMMAND ${Python3_EXECUTABLE} -m unittest -v ${module}.${suite}.${method}
          WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        set_tests_properties("${label}: ${sentence}" PROPERTIES
          ENVIRONMENT "SLUICE=$<TARGET_FILE:sluice>;PYTHONDONTWRITEBYTECODE=1;${ARG_ENVIRONMENT}"
          SKIP_REGULAR_EXPRESSION "OK \\(skipped=" LABELS ${label} TIMEOUT ${ARG_TIMEOUT}
          ${ARG_PROPERTIES})
      endif()
    endforeach()
  endforeach()
endfunction()
