// The entry point: everything is in the command line's hands.
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/own_memory.hpp"

#ifndef SLUICE_VERSION
#define SLUICE_VERSION "unknown"
#endif
#ifndef SLUICE_REVISION
#define SLUICE_REVISION "unknown"
#endif

int main(int argc, char** argv) {
  // Before anything is read: every command may be given a key, a secret or a token.
  if (!sluice::cli::keep_memory_private()) {
    std::fputs("sluice: this system does not let a process keep its memory to itself\n", stderr);
    return static_cast<int>(sluice::actors::exit_code::no_permission);
  }
  return sluice::cli::main_of(argc, argv, {SLUICE_VERSION, SLUICE_REVISION});
}
