// The keys of [snapshot] and [universe]: how fresh positions are kept, and of which symbols.
#include <algorithm>

#include "builder.hpp"
#include "describe.hpp"
#include "echo.hpp"
#include "sluice/domain/ids.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::optional<std::string> check_symbol(std::string_view text) {
  if (parse_symbol(text))
    return std::nullopt;
  return fmt::format("{} is no symbol", echoed(text));
}

std::optional<std::string> check_word(std::string_view text) {
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!text.empty() && std::ranges::all_of(text, is_part))
    return std::nullopt;
  return fmt::format("{} is no word of capital letters", echoed(text));
}

std::optional<std::string> check_asset(std::string_view text) {
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (!text.empty() && std::ranges::all_of(text, is_part))
    return std::nullopt;
  return fmt::format("{} is no asset", echoed(text));
}

void describe_read_times(section_builder& b, snapshot_settings& s) {
  b.duration(
      {"latency",
       "How long one read takes, until it has been measured; the periods that keep the bound "
       "are derived from it."},
      s.latency, {milliseconds{1}, seconds{10}});
  b.duration({"demand_timeout",
              "For a read that a plan waits for. Short: a second attempt still fits into the "
              "plan's life."},
             s.demand_timeout, {milliseconds{50}, minutes{1}});
  b.duration({"read_timeout", "For every other read; later the read counts as lost."},
             s.read_timeout, {milliseconds{50}, minutes{1}});
  b.duration(
      {"read_lag_grace",
       "How long after an event a read may still show what was before it: the venue's reads "
       "lag behind its streams. One that lacks a position is doubted for 30s, whatever stands "
       "here."},
      s.read_lag_grace, {milliseconds{0}, minutes{1}});
  b.duration({"verification_delay",
              "From a fill to the read that checks it; shorter ones would mostly meet that lag."},
             s.verification_delay, {milliseconds{0}, minutes{1}});
}

}  // namespace

section describe_snapshot(snapshot_settings& s) {
  section_builder b{"snapshot", "How the truth about positions is kept fresh."};
  b.word(
      {"strategy",
       "adaptive: stream and account-wide reads, single reads on demand and for proof. "
       "per_symbol: every symbol by its own read. open_positions: single reads of open positions, "
       "everything else on demand."},
      s.strategy,
      {{"adaptive", freshness_strategy::adaptive},
       {"per_symbol", freshness_strategy::per_symbol},
       {"open_positions", freshness_strategy::open_positions}});
  b.duration({"bound",
              "The highest age of any position's truth that is promised. A strategy that cannot "
              "keep it within its share of the venue's request weight is refused."},
             s.bound, {milliseconds{100}, hours{1}});
  b.flag({"best_effort",
          "Start although the strategy cannot keep the bound, and keep what the budget bears. The "
          "process is not ready while it is so."},
         s.best_effort);
  b.integer({"concurrency",
             "Reads under way at once. Too few and a round over all symbols takes longer than the "
             "bound; too many and the venue's front door queues them."},
            s.concurrency, {1, 1'024});
  b.integer(
      {"budget_share_percent",
       "Share of the venue's request weight a minute for routine reads; the rest is for reads "
       "on demand and orders. Percent."},
      s.budget_share_percent, {1, 100});
  describe_read_times(b, s);
  b.validate([&s] { return ::sluice::validate(s); });
  return std::move(b).take();
}

section describe_universe(universe_settings& s) {
  section_builder b{"universe", "Which symbols may be traded, by which rules."};
  b.duration({"refresh",
              "Between two reads of the venue's symbols and filters, which change without "
              "notice."},
             s.refresh, {seconds{1}, hours{24}});
  b.duration({"max_age", "Older rules make the process not ready until they are read again."},
             s.max_age, {seconds{1}, hours{24}});
  b.duration(
      {"last_good_max_age",
       "By rules read longer ago than this, by this process or an earlier one, nothing can be "
       "opened. Exits still go by them."},
      s.last_good_max_age, {seconds{1}, hours{168}});
  b.list({"contract_types",
          "Kinds of contracts that may be opened, in the venue's words; an empty list means all. "
          "Exits are never held up by it."},
         s.contract_types, "a list of words, e.g. [\"PERPETUAL\"]", &check_word);
  b.list(
      {"quote_assets",
       "Symbols that are quoted in one of these may be opened; an empty list means all. Limits in "
       "money take one of each asset for the same, so name only those that are worth a dollar. "
       "Exits are never held up by it."},
      s.quote_assets, "a list of assets, e.g. [\"USDT\", \"USDC\"]", &check_asset);
  b.list(
      {"allow",
       "Symbols that may be opened; an empty list means every symbol the venue trades. Exits are "
       "never held up by it.",
       changes::at_reload},
      s.allow, "a list of symbols, e.g. [\"BTCUSDT\", \"ETHUSDT\"]", &check_symbol);
  b.integer(
      {"capacity",
       "Symbols at most over the life of the process; memory is set aside for them at start."},
      s.capacity, {1, 65'536});
  b.validate([&s] { return ::sluice::validate(s); });
  return std::move(b).take();
}

}  // namespace sluice::config
