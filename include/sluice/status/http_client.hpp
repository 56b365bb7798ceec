// One request to a running Sluice and its answer: what the command line asks with. HTTPS, and plain
// HTTP to loopback addresses only, each step limited.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::status {

struct client_limits {
  milliseconds connect{2'000};
  milliseconds answer{35'000};  ///< From the request to the end of its answer.
  std::size_t body_bytes_max{16 * 1024 * 1024};
};

struct client_reply {
  int status{0};
  std::string body{};
};

/// Which running Sluice is asked, by what right, and who proves that it is the one.
struct target {
  target() = default;
  target(std::string where) : url(std::move(where)) {}
  target(const char* where) : url(where) {}

  /// "http://127.0.0.1:8645", "http://localhost:8645" (IPv4), "https://trade.example:8645".
  std::string url{};
  /// Shown as `Authorization: Bearer`; empty: none is. What it looks at outlives the asking.
  std::string_view token{};
  /// With https: the authorities to trust, in PEM; empty: those of the system.
  std::string ca_file{};
};

/// Why there is no answer, and what is known of the request all the same.
struct unanswered : error {
  unanswered() = default;
  unanswered(error why, bool left = false) : error(std::move(why)), may_have_arrived(left) {}

  /// Its first byte may have left: what it ordered may be in force.
  bool may_have_arrived{false};
};
using answer_or_loss = boost::system::result<client_reply, unanswered>;

/// Without a body it is a GET, else a POST of JSON. Waits for the answer, and not for a lookup of a
/// name beyond its limit: nothing is sent after that. Errors: invalid_value and not_permitted for
/// the URL or the authorities, io_failure when nobody answers in time, when who does cannot prove
/// to be it, or when what comes back is no answer.
[[nodiscard]] answer_or_loss ask(const target& whom, std::string_view path,
                                 const std::string& body = {}, const client_limits& = {});

/// What to say beside an answer of 401 or 403; empty for others.
[[nodiscard]] std::string_view token_hint(int status);

/// A text as one segment of a path.
[[nodiscard]] std::string path_segment(std::string_view text);

}  // namespace sluice::status
