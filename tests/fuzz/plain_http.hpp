// A second reader of HTTP requests, as short as RFC 9112 without options allows: what the product's
// own reading is compared with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::fuzz {

struct plain_request {
  std::string method{};
  std::string path{};  ///< Without the query.
  std::string body{};
  friend bool operator==(const plain_request&, const plain_request&) = default;
};

/// The first `count` requests in the bytes; fewer when it cannot make out as many.
[[nodiscard]] std::vector<plain_request> plain_requests(std::string_view bytes, std::size_t count);

}  // namespace sluice::fuzz
