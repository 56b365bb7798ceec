// The journal's records as the oracle reads them: JSON, parsed by nothing of the product.
#pragma once

#include <boost/json.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "history.hpp"

namespace sluice::oracle {

/// "0.015" as hundred-millionths. Throws std::invalid_argument for what is no such decimal.
[[nodiscard]] units parse_units(std::string_view text);
[[nodiscard]] std::string show_units(units u);

/// Text of a field, empty when it is not there.
[[nodiscard]] std::string text_of(const boost::json::object& o, std::string_view key);

/// Calls `visit` with each record of that kind, in order.
void each(const history& h, std::string_view kind,
          const std::function<void(const journal_record&, const boost::json::object&)>& visit);

/// When what a record tells was known at the latest: one that was never told was there before the
/// next one that was. By number.
[[nodiscard]] std::map<std::int64_t, ms> known_by(const history& h);

/// Which plan an order belongs to, by the intents on record.
struct intent {
  std::string plan{};
  std::string symbol{};
  units amount{0};
  bool reduce_only{false};
  bool buys{true};
  ms at{-1};  ///< When its record was told to be durable.
};
[[nodiscard]] std::map<std::string, intent> intents_of(const history& h);
/// Names of all protective stops on record.
[[nodiscard]] std::set<std::string> stops_of(const history& h);

/// What each plan of that kind names under `key`, by plan; -1 where it names nothing.
[[nodiscard]] std::map<std::string, units> named_by(const history& h, std::string_view kind,
                                                    std::string_view key);

/// When each plan was told to be taken in, by plan.
[[nodiscard]] std::map<std::string, ms> accepted_plans(const history& h);

/// Whether a process has begun and the wall clock was set between the two. The next process knows
/// deadlines by that clock alone.
[[nodiscard]] bool lost_the_time(const history& h, ms from, ms to);

/// How long a record that was told then may have waited for the disk: for the commit that was under
/// way, for one of what came just before, and for its own.
[[nodiscard]] ms waited_for_disk(const history& h, ms told);

/// What each position was when, by the venue's trades.
class positions_held {
 public:
  explicit positions_held(const history& h);
  /// Whether it was this at some moment between the two.
  [[nodiscard]] bool was(const std::string& symbol, units amount, ms from, ms to) const;
  /// Whether its size was at most this, either way, at some moment between the two.
  [[nodiscard]] bool within(const std::string& symbol, units most, ms from, ms to) const;

 private:
  /// From when on, beginning with what it was at first.
  std::map<std::string, std::vector<std::pair<ms, units>>> lines_{};
};

}  // namespace sluice::oracle
