# A layer is a static library sluice_<name>; its tests are one program, <name>_tests.
include_guard()

# sluice_layer(<name> SOURCES ... [USES <public libraries>] [HIDES <private libraries>] [PCH ...])
function(sluice_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;HIDES;PCH" ${ARGN})
  add_library(sluice_${name} STATIC ${arg_SOURCES})
  target_link_libraries(sluice_${name} PUBLIC sluice_options ${arg_USES} PRIVATE ${arg_HIDES})
  if(arg_PCH)
    target_precompile_headers(sluice_${name} PRIVATE ${arg_PCH})
  endif()
endfunction()

# sluice_layer_tests(<name> SOURCES ... [USES <libraries>] [LABELS ...] [TIMEOUT s])
function(sluice_layer_tests name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)  # Machines are shared, and may be slow.
  endif()
  if(SLUICE_SANITIZER)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 4")
  endif()
  add_executable(${name}_tests ${arg_SOURCES})
  target_link_libraries(${name}_tests PRIVATE sluice_test_main ${arg_USES})
  target_precompile_headers(${name}_tests REUSE_FROM sluice_test_main)
  set_target_properties(${name}_tests PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  catch_discover_tests(${name}_tests TEST_PREFIX "${name}: "
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${name};${arg_LABELS}")
endfunction()
