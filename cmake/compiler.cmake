# How everything is compiled: one warnings target, hardening, sanitizers, compiler cache, linker.
include_guard()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need the sloppiness to be cacheable. By the other two a clone in another folder
  # finds what was compiled in this one; without optimisation its debug information names the first folder.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_library(sluice_warnings INTERFACE)
target_compile_options(sluice_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # With optimisation g++ 12 warns of overlapping copies inside std::string itself (GCC PR 105651).
  target_compile_options(sluice_warnings INTERFACE -Wno-restrict)
endif()
if(SLUICE_SANITIZER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With sanitizers g++ loses track of what is initialised in std::optional and std::variant.
  target_compile_options(sluice_warnings INTERFACE -Wno-maybe-uninitialized)
endif()

add_library(sluice_options INTERFACE)
target_include_directories(sluice_options INTERFACE ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(sluice_options INTERFACE sluice_warnings)
target_compile_features(sluice_options INTERFACE cxx_std_20)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ needs this to let ccache store objects that use a precompiled header.
  target_compile_options(sluice_options INTERFACE -fpch-preprocess)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" OR CMAKE_BUILD_TYPE STREQUAL "Release")
  # No path of the machine that built it: two folders make the same bytes (scripts/reproduce), with
  # ccache, which names files from the build folder, and without.
  file(RELATIVE_PATH SLUICE_FROM_BUILD ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR})
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${SLUICE_FROM_BUILD}/=)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection
                      -ftrivial-auto-var-init=zero)
  add_compile_definitions(_FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  # Not CMAKE_POSITION_INDEPENDENT_CODE: it compiles libraries and programs differently, and they
  # could not share a precompiled header.
  add_compile_options(-fPIE)
  add_link_options(-pie)
endif()

if(SLUICE_SANITIZER STREQUAL "asan")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(SLUICE_SANITIZER STREQUAL "tsan")
  # Asio uses atomic_thread_fence, which g++'s ThreadSanitizer does not model and warns about.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer
                      $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  add_link_options(-fsanitize=thread)
elseif(SLUICE_SANITIZER STREQUAL "fuzz")
  # clang 14 cannot put what its check of function pointers needs before a coroutine.
  add_compile_options(-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize=function
                      -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
