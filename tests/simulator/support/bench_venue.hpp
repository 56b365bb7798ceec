// A venue under the test's own clock, with requests signed independently of the venue's code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sluice/simulator/venue.hpp"

namespace sluice::simulator::test {

inline constexpr std::int64_t start_ms = 1'790'000'000'000;  // A whole minute + 20 s of venue time.

/// HMAC-SHA256 in hex, from OpenSSL's command-level interface.
[[nodiscard]] std::string sign(const std::string& secret, const std::string& text);

/// Small, without latency, marks standing still: what most tests want.
[[nodiscard]] settings quiet_settings();

/// A venue, its time, and one client of its main account.
struct bench_venue {
  explicit bench_venue(settings s = quiet_settings());

  settings chosen;
  moment now{instant{std::chrono::hours{1}}, venue_time{start_ms}};
  std::unique_ptr<venue> it;

  /// Moves both clocks and lets the venue do what is due.
  void pass(milliseconds time);
  [[nodiscard]] reply get_public(const std::string& path, const std::string& query = "");
  /// Key only, as for listenKey.
  [[nodiscard]] reply with_key(const std::string& method, const std::string& path);
  /// Signed with timestamp; parameters go into the query.
  [[nodiscard]] reply call(const std::string& method, const std::string& path,
                           const std::string& parameters = "");
  [[nodiscard]] request signed_request(const std::string& method, const std::string& path,
                                       const std::string& parameters) const;
  /// A MARKET order with RESULT; `more` is appended, e.g. "&reduceOnly=true".
  [[nodiscard]] reply market(const std::string& symbol, const std::string& side,
                             const std::string& quantity, const std::string& more = "");
  [[nodiscard]] reply control(const std::string& method, const std::string& path,
                              const std::string& body = "");
  /// The signed amount held, as the venue's ledger has it.
  [[nodiscard]] quantity held(const std::string& symbol) const;
  /// Texts delivered to one stream since the last call.
  [[nodiscard]] std::vector<std::string> heard(stream_id id);
};

/// A field of a JSON object as text: strings without quotes, everything else as JSON. "" if absent.
[[nodiscard]] std::string field(const std::string& json, const std::string& name);
/// Elements of a JSON array as texts.
[[nodiscard]] std::vector<std::string> elements(const std::string& json);
/// The names of an object's fields, sorted and joined by spaces.
[[nodiscard]] std::string names_of(const std::string& json);
/// "400 -1121" for an error reply, "200" for a good one.
[[nodiscard]] std::string outcome_of(const reply& r);
[[nodiscard]] std::string header(const reply& r, const std::string& name);

}  // namespace sluice::simulator::test
