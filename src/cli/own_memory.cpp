// Two calls, because each holds where the other does not: a handler of dumps that the kernel starts
// asks for no limit, and a child would inherit the limit alone.
#include "own_memory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace sluice::cli {

bool keep_memory_private() {
  constexpr rlimit none{0, 0};
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::setrlimit(RLIMIT_CORE, &none) == 0;
}

}  // namespace sluice::cli
