# Every third-party library as one imported target, its headers as SYSTEM, from Debian packages.
include_guard()

find_package(Threads REQUIRED)
# The first that duplicates a MAC without a key.
find_package(OpenSSL 3.0.1 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(fmt 9 REQUIRED)
# Without a version: its package of version 3.12 says that it replaces no other.
find_package(simdjson REQUIRED)
find_package(tomlplusplus 3 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(CLI11 2.1 REQUIRED)

# Debian ships no CMake package for CAF.
# SLUICE_CAF_PREFIX names one of our own building, for ThreadSanitizer (scripts/instrumented_caf).
if(SLUICE_CAF_PREFIX)
  find_path(CAF_INCLUDE_DIR caf/all.hpp PATHS ${SLUICE_CAF_PREFIX}/include NO_DEFAULT_PATH REQUIRED)
  find_library(CAF_CORE_LIBRARY caf_core PATHS ${SLUICE_CAF_PREFIX}/lib NO_DEFAULT_PATH REQUIRED)
else()
  find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
  find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
endif()
add_library(caf_core INTERFACE IMPORTED)
target_include_directories(caf_core SYSTEM INTERFACE ${CAF_INCLUDE_DIR})
target_link_libraries(caf_core INTERFACE ${CAF_CORE_LIBRARY} Threads::Threads)

# Boost.System's result is header-only; the pure layers may use nothing else of Boost.
add_library(sluice_result INTERFACE)
target_link_libraries(sluice_result INTERFACE Boost::headers)

# Its package sets old variables and makes no target.
find_path(HIREDIS_INCLUDE_DIR hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis INTERFACE IMPORTED)
target_include_directories(hiredis SYSTEM INTERFACE ${HIREDIS_INCLUDE_DIR})
target_link_libraries(hiredis INTERFACE ${HIREDIS_LIBRARY})
