// What the process does so that nobody else reads the keys out of its memory.
#pragma once

namespace sluice::cli {

/// Forbids core dumps, and tracing or reading of the memory by other processes of the same user;
/// root may still. False when the system refuses: then no secret may be read.
[[nodiscard]] bool keep_memory_private();

}  // namespace sluice::cli
