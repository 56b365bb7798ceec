// The side that reads server-sent events: what the command line follows logs and records with.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/status/http_client.hpp"

namespace sluice::status {

struct source_event {
  std::string id{};    ///< The last that the stream gave, also when this event has none.
  std::string name{};  ///< "message" when the stream gave none.
  std::string data{};  ///< Lines joined by line breaks.
  friend bool operator==(const source_event&, const source_event&) = default;
};

/// Bytes of text/event-stream to events, as the HTML standard reads them.
class event_parser {
 public:
  /// One event or line may not be longer; what is, is an error of feed.
  static constexpr std::size_t event_bytes_max = 4UL * 1024 * 1024;

  /// Appends the events that are complete now. False when something was too long.
  [[nodiscard]] bool feed(std::string_view bytes, std::vector<source_event>& out);

 private:
  void line(std::string_view text, std::vector<source_event>& out);

  std::string rest_{};
  std::string id_{};
  std::string name_{};
  std::string data_{};
  bool has_data_{false};
  bool after_return_{false};
};

/// What a reader of events wants.
struct event_wish {
  target whom{};
  std::string path{};           ///< With its query.
  std::string last_event_id{};  ///< Empty: from now on, or as the path says.
};

/// How a stream ended.
struct event_end {
  int http_status{0};  ///< 0: no answer came.
  bool by_caller{false};
  std::string text{};  ///< The body of a refusal, or what broke the stream.
};

struct event_hooks {
  /// Gets what has arrived, never nothing; false ends the stream.
  std::function<bool(const std::vector<source_event>&)> take{};
  /// Asked about ten times a second, whatever arrives; false ends the stream.
  std::function<bool()> go_on{};
};

/// Reads until either side ends it; on the caller's thread. A stream on which nothing arrives for
/// `silence_max`, not even a heartbeat, is broken. Errors: invalid_value and not_permitted for the
/// URL or the authorities; whatever else happens is an end.
[[nodiscard]] result<event_end> follow_events(const event_wish& wish, const event_hooks& hooks,
                                              milliseconds silence_max = milliseconds{45'000});

}  // namespace sluice::status
