// An operator's order to close everything of one symbol or of the whole account, and how it ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Survives restarts until its recorded end.
struct flatten_order {
  std::int64_t id{0};
  symbol instrument{};  ///< Empty: the whole account.
  std::string author{};
  std::string reason{};
  wall_time ordered_at{};
  wall_time give_up_at{};  ///< If not everything is flat by then, it ends and says what stands.
  friend bool operator==(const flatten_order&, const flatten_order&) = default;
};

/// How a flatten came to its end.
enum class flatten_end : std::uint8_t {
  done,      ///< Flat, and nothing rests, by reads sent after the last order and cancel.
  given_up,  ///< Its time was over before.
  replaced,  ///< By one for the whole account.
};
/// "done", "given_up", "replaced".
[[nodiscard]] std::string_view to_string(flatten_end e);

/// Whether positions and orders of the symbol belong to it.
[[nodiscard]] inline bool covers(const flatten_order& o, const symbol& instrument) {
  return o.instrument.empty() || o.instrument == instrument;
}
/// "BTCUSDT", or "all".
[[nodiscard]] std::string_view scope_of(const flatten_order& o);

}  // namespace sluice
