# The targets under libFuzzer. Only the sources that they reach are compiled once more, by clang and with
# sanitizers, so that a cold build takes minutes and not half an hour.

# Without its library toml++ is compiled from its headers, so that libFuzzer sees its branches.
# sluice_fuzzed(<layer> [ALL] [files of the layer ...]): a library fuzzed_<layer> of these sources.
function(sluice_fuzzed layer)
  cmake_parse_arguments(arg "ALL" "" "" ${ARGN})
  set(files ${arg_UNPARSED_ARGUMENTS})
  if(arg_ALL)
    get_target_property(files sluice_${layer} SOURCES)
  endif()
  get_target_property(folder sluice_${layer} SOURCE_DIR)
  list(TRANSFORM files PREPEND ${folder}/)
  add_library(fuzzed_${layer} STATIC ${files})
  target_link_libraries(fuzzed_${layer} PUBLIC sluice_options sluice_result fmt::fmt Boost::headers Boost::json
    OpenSSL::SSL OpenSSL::Crypto simdjson::simdjson SQLite::SQLite3 Threads::Threads)
  target_include_directories(fuzzed_${layer} PUBLIC ${folder})
endfunction()

sluice_fuzzed(domain ALL)
sluice_fuzzed(planning ALL)
sluice_fuzzed(journal ALL)
sluice_fuzzed(config ALL)
# The library that the product uses is built without them, and one does not hold for "[`".
target_compile_options(fuzzed_config PRIVATE "-DTOML_ASSERT(expr)=static_assert(true)")
sluice_fuzzed(exchange settings.cpp secret.cpp token.cpp url.cpp classify.cpp json.cpp lenient.cpp order_words.cpp
  conditional_words.cpp limit_words.cpp replies.cpp account_replies.cpp conditional_replies.cpp exchange_info.cpp
  frames.cpp overlap_merge.cpp)
sluice_fuzzed(status settings.cpp answer_slot.cpp client_address.cpp event_channel.cpp http_message.cpp http_receive.cpp
  http_server.cpp http_session.cpp http_stream.cpp metrics.cpp problem.cpp request_guard.cpp response_head.cpp
  router.cpp tls_transport.cpp transport.cpp url.cpp utf8.cpp)
sluice_fuzzed(truth settings.cpp freshness.cpp)
sluice_fuzzed(gate settings.cpp limits_settings.cpp)
sluice_fuzzed(simulator settings.cpp signature.cpp parameters.cpp venue_error.cpp)
foreach(layer ledger execution exits redis)
  sluice_fuzzed(${layer} settings.cpp)
endforeach()
target_link_libraries(fuzzed_config PUBLIC fuzzed_truth fuzzed_gate fuzzed_ledger fuzzed_execution fuzzed_exits
  fuzzed_redis fuzzed_simulator fuzzed_planning fuzzed_journal fuzzed_exchange fuzzed_status)

set(uses_http_request fuzzed_status)
set(uses_plan_document fuzzed_planning)
set(uses_config_text fuzzed_config)
set(uses_account_reply fuzzed_exchange)
set(uses_order_answer fuzzed_exchange)
set(uses_stream_frame fuzzed_exchange)
set(uses_journal_file fuzzed_journal)

set(programs "")
foreach(target ${targets} planted)
  add_executable(fuzz_${target} ${target}.cpp ${${target}_more} entry.cpp)
  target_link_libraries(fuzz_${target} PRIVATE ${uses_${target}} fuzzed_domain)
  target_include_directories(fuzz_${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/tests)
  target_link_options(fuzz_${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(fuzz_${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/targets)
  list(APPEND programs fuzz_${target})

  # What scripts/fuzz reads to know where there are inputs to begin from, beside the target's own.
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/targets/${target}.seeds
    CONTENT "${${target}_seeds}\n")
endforeach()
add_custom_target(fuzz_targets DEPENDS ${programs})
