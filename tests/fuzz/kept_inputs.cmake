# One test for each target that looks at the inputs kept, and in the preset dev one that lets libFuzzer look
# for more for half a minute.
set(layer_of_http_request status)
set(layer_of_plan_document planning)
set(layer_of_config_text config)
set(layer_of_account_reply exchange)
set(layer_of_order_answer exchange)
set(layer_of_stream_frame exchange)
set(layer_of_journal_file journal)

foreach(target ${targets})
  set(layer ${layer_of_${target}})
  add_executable(kept_${target} ${target}.cpp ${${target}_more} replay.cpp)
  target_link_libraries(kept_${target} PRIVATE sluice_options sluice_${layer} fmt::fmt Boost::headers Boost::json)
  target_include_directories(kept_${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests
    ${CMAKE_SOURCE_DIR}/src/${layer})
  set_target_properties(kept_${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME "fuzz: every input kept of ${target} is taken"
    COMMAND kept_${target} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${target} ${${target}_seeds})
  set_tests_properties("fuzz: every input kept of ${target} is taken" PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()

if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT SLUICE_SANITIZER)
  foreach(target ${targets})
    add_test(NAME "fuzz: half a minute of ${target} finds nothing"
      COMMAND ${CMAKE_SOURCE_DIR}/scripts/fuzz --as-built --fresh --seed 1 --seconds 30 ${target})
    set_tests_properties("fuzz: half a minute of ${target} finds nothing" PROPERTIES
      LABELS fuzz TIMEOUT 180 SKIP_RETURN_CODE 77)
  endforeach()
  add_test(NAME "fuzz: a planted fault is found"
    COMMAND ${CMAKE_SOURCE_DIR}/scripts/fuzz --as-built --fresh --seconds 60 planted)
  set_tests_properties("fuzz: a planted fault is found" PROPERTIES LABELS fuzz TIMEOUT 180
    SKIP_RETURN_CODE 77 PASS_REGULAR_EXPRESSION "a property does not hold: nothing begins with the planted word")
endif()
