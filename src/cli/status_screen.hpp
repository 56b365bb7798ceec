// One screen of a running Sluice, drawn from what the API says: the same for status and top.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "sluice/domain/result.hpp"
#include "sluice/status/http_client.hpp"
#include "terminal.hpp"

namespace sluice::cli {

/// What is drawn: documents of the API as they came.
struct picture {
  boost::json::object status{};
  boost::json::object positions{};
  boost::json::object orders{};
  boost::json::object holds{};
};

/// Asks for all four. Errors as of status::ask; what is no good answer is io_failure.
[[nodiscard]] result<picture> gather(const status::target& whom,
                                     const status::client_limits& limits);

/// True when plans can be allowed.
[[nodiscard]] bool is_ready(const picture& p);
/// Lines that end with a line break, none wider than `width`; nothing is left out downwards.
[[nodiscard]] std::string draw(const picture& p, std::size_t width, const painter& paint);
/// The documents as one JSON object.
[[nodiscard]] std::string as_json(const picture& p);

/// "812 ms", "3.2 s", "3m 12s", "2h 5m", "3d 4h": short, for people.
[[nodiscard]] std::string short_span(std::int64_t ms);
/// "1234567" as "1,234,567".
[[nodiscard]] std::string grouped(std::int64_t number);

}  // namespace sluice::cli
