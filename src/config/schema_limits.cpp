// The keys of [limits]: what increases of exposure are held to, whoever asks for them.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto live = changes::at_reload;
constexpr range<notional> any_value{notional{}, notional::whole(1'000'000'000)};
constexpr range<std::int64_t> any_count{0, 1'000'000};
constexpr range<std::int64_t> percent{0, 100};

void describe_values(section_builder& b, risk_limits& l) {
  b.decimal(
      {"order_notional_max", "What one order may be worth at the mark, in quote asset.", live},
      l.order_notional_max, any_value);
  b.decimal({"symbol_notional_max",
             "What all positions and entries under way of one symbol may be worth together.", live},
            l.symbol_notional_max, any_value);
  b.decimal({"account_notional_max", "The same of the whole account.", live},
            l.account_notional_max, any_value);
  b.integer({"open_positions_max",
             "How many positions may be open or being opened at once, whoever opened them.", live},
            l.open_positions_max, any_count);
  b.integer({"price_collar_bp",
             "How far from the mark the stop of an open plan may be, in basis points; with it a "
             "stop must lose and a target gain, seen from the mark.",
             live},
            l.price_collar_bp, {0, 10'000});
}

void describe_rates(section_builder& b, risk_limits& l) {
  b.integer({"symbol_entries_per_minute_max", "Entries on one symbol within a minute.", live},
            l.symbol_entries_per_minute_max, any_count);
  b.integer({"symbol_entries_per_hour_max", "Entries on one symbol within an hour.", live},
            l.symbol_entries_per_hour_max, any_count);
  b.integer({"entries_per_minute_max", "Entries of the account within a minute.", live},
            l.entries_per_minute_max, any_count);
  b.integer({"entries_per_hour_max", "Entries of the account within an hour.", live},
            l.entries_per_hour_max, any_count);
  b.integer({"round_trips_per_day_max",
             "How often one symbol may be opened and closed in a UTC day; then it is banned for "
             "opens until the day ends.",
             live},
            l.round_trips_per_day_max, any_count);
  b.integer(
      {"losses_in_a_row_max",
       "The same for round trips of one symbol that lost, fees included, one after another.", live},
      l.losses_in_a_row_max, any_count);
}

void describe_money(section_builder& b, limits_settings& s) {
  auto& l = s.limits;
  b.decimal(
      {"daily_loss_max",
       "Realised loss of the account in a UTC day, after fees and funding, in quote asset.", live},
      l.daily_loss_max, any_value);
  b.integer(
      {"margin_use_percent_max",
       "Initial margin of positions and open orders, in percent of the account's equity.", live},
      l.margin_use_percent_max, percent);
  b.integer(
      {"drawdown_percent_max",
       "How far the equity may be below its peak of the last drawdown_days, in percent.", live},
      l.drawdown_percent_max, percent);
  b.integer({"drawdown_days", "UTC days, today included, in which that peak is looked for.", live},
            l.drawdown_days, {1, 31});
  b.duration({"margin_period",
              "How often the margin is read while one of these two limits is set; weight 5.", live},
             s.margin_period, {seconds{1}, minutes{10}});
  b.duration({"margin_stale_after",
              "While one of the two is set, no open plan is judged by an older reading.", live},
             l.margin_stale_after, {seconds{1}, hours{1}});
}

}  // namespace

section describe_limits(limits_settings& s) {
  section_builder b{"limits",
                    "What open plans are held to; exits never are. Positions count as truth shows "
                    "them at the mark, and beside them entries that are permitted or under way. "
                    "0 is no limit. The defaults are small: whoever trades more says so."};
  describe_values(b, s.limits);
  describe_rates(b, s.limits);
  describe_money(b, s);
  b.validate([&s] { return s.validate(); });
  return std::move(b).take();
}

}  // namespace sluice::config
