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

# sluice_embed_text(<target> FILE <file> HEADER <header> NAME <function>)
function(sluice_embed_text target)
  cmake_parse_arguments(arg "" "FILE;HEADER;NAME" "" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}.cpp)
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} "-DFILE=${arg_FILE}" "-DOUT=${source}" "-DHEADER=${arg_HEADER}"
            "-DNAME=${arg_NAME}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    DEPENDS ${arg_FILE} ${CMAKE_SOURCE_DIR}/cmake/embed_text.cmake
    COMMENT "Embedding ${arg_NAME}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
