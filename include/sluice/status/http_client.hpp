// One request to a running Sluice and its answer: what the command line asks with. Plain HTTP to
// loopback addresses only, each step limited.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

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

/// "http://127.0.0.1:8645", "http://[::1]:8645" or "http://localhost:8645" (IPv4). Without a body
/// it is a GET, else a POST of JSON. With a token it shows that as `Authorization: Bearer`. Waits
/// for the answer. Errors: invalid_value and not_permitted
/// for the URL, io_failure when nobody answers in time or what comes back is no answer.
[[nodiscard]] result<client_reply> ask(std::string_view url, std::string_view path,
                                       const std::string& body = {}, const client_limits& = {},
                                       std::string_view token = {});

/// A text as one segment of a path.
[[nodiscard]] std::string path_segment(std::string_view text);

}  // namespace sluice::status
