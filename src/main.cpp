// The entry point: everything is in the command line's hands.
#include "cli/commands.hpp"

#ifndef SLUICE_VERSION
#define SLUICE_VERSION "unknown"
#endif
#ifndef SLUICE_REVISION
#define SLUICE_REVISION "unknown"
#endif

int main(int argc, char** argv) {
  return sluice::cli::main_of(argc, argv, {SLUICE_VERSION, SLUICE_REVISION});
}
