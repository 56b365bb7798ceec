# Puts files of the tree into the binary: a generated source with their bytes, types and hashes.
include_guard()

# sluice_embed(<target> ROOT <folder> SOURCE <generated .cpp> FILES <paths below the root>)
function(sluice_embed target)
  cmake_parse_arguments(arg "" "ROOT;SOURCE" "FILES" ${ARGN})
  list(TRANSFORM arg_FILES PREPEND ${arg_ROOT}/ OUTPUT_VARIABLE inputs)
  list(JOIN arg_FILES "|" names)
  add_custom_command(
    OUTPUT ${arg_SOURCE}
    COMMAND ${CMAKE_COMMAND} "-DROOT=${arg_ROOT}" "-DOUT=${arg_SOURCE}" "-DNAMES=${names}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    COMMENT "Embedding the dashboard"
    VERBATIM)
  target_sources(${target} PRIVATE ${arg_SOURCE})
endfunction()
