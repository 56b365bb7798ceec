// One check after the other; nothing here asks anybody.
#include "preflight.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "sluice/truth/universe_tiers.hpp"

namespace sluice::actors {
namespace {

/// From here on the machine's own clock is worth a warning, although it is corrected for.
constexpr milliseconds clock_offset_worth_a_word{1'000};
/// A list in a message ends here.
constexpr std::size_t names_shown_max = 5;

std::string shown(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < names_shown_max; ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > names_shown_max)
    text += fmt::format(" and {} more", names.size() - names_shown_max);
  return text;
}

/// Where no names are chosen.
void check_that_any_is_left(const universe_settings& settings, const universe& read,
                            std::vector<finding>& out) {
  const auto fits = [&](const instrument_rules& r) { return offers_such(settings, r); };
  if (std::ranges::none_of(read.instruments, fits))
    out.push_back({"symbols_left_out",
                   "no symbol of the exchange has a contract type and a quote asset that may be "
                   "opened: correct universe.contract_types or quote_assets"});
  else if (std::ranges::none_of(read.instruments,
                                [&](const instrument_rules& r) { return r.tradable && fits(r); }))
    out.push_back({"symbols_not_trading",
                   "the exchange trades no symbol now whose contract type and quote asset may be "
                   "opened: wait, or correct universe.contract_types or quote_assets"});
}

}  // namespace

std::vector<finding> check_account(const account_settings& account) {
  std::vector<finding> out;
  if (!account.can_trade)
    out.push_back(
        {"key_cannot_trade",
         "the account may not trade with this key: enable futures trading for the key, or "
         "use another"});
  if (account.hedge_mode)
    out.push_back(
        {"hedge_mode", "the account is in hedge mode: switch it to one-way mode, or use another"});
  if (account.multi_assets)
    out.push_back({"multi_assets_mode",
                   "the account is in multi-assets mode: margin and liquidation prices depend on "
                   "other assets too; switch to single-asset mode to have them by symbol",
                   finding_kind::warning});
  return out;
}

std::vector<finding> check_clock(const clock_offset& measured, milliseconds recv_window) {
  std::vector<finding> out;
  // A signed request is refused when the venue sees it older than the window or a second early.
  if (measured.error * 2 >= recv_window)
    out.push_back({"clock_uncertain",
                   fmt::format("the exchange's clock is known to ±{} ms only, orders are valid for "
                               "{} ms: mend the connection, or raise executor.recv_window",
                               measured.error.count(), recv_window.count())});
  if (std::chrono::abs(measured.offset) > clock_offset_worth_a_word)
    out.push_back({"clock_off",
                   fmt::format("this machine's clock is {} ms {} the exchange's; that is corrected "
                               "for, but set up time synchronisation",
                               std::abs(measured.offset.count()),
                               measured.offset.count() > 0 ? "behind" : "ahead of"),
                   finding_kind::warning});
  return out;
}

std::vector<finding> check_symbols(const universe_settings& settings, const universe& read) {
  const auto& chosen = settings.allow;
  std::vector<std::string> missing;
  std::vector<std::string> closed;
  std::vector<std::string> left_out;
  for (const auto& name : chosen) {
    const auto at = read.index.find(symbol(name));
    if (at == read.index.end())
      missing.push_back(name);
    else if (!read.instruments[at->second].tradable)
      closed.push_back(name);
    else if (!offers_such(settings, read.instruments[at->second]))
      left_out.push_back(name);
  }
  std::vector<finding> out;
  if (const auto listed = read.instruments.size(); listed > settings.capacity)
    out.push_back({"symbols_beyond_capacity",
                   fmt::format("the exchange lists {} symbols, universe.capacity is {}: nobody "
                               "watches a position in the others; raise it (a restart)",
                               listed, settings.capacity),
                   finding_kind::warning});
  const bool none_left =
      !chosen.empty() && missing.size() + closed.size() + left_out.size() == chosen.size();
  const auto kind = none_left ? finding_kind::blocks : finding_kind::warning;
  if (!missing.empty())
    out.push_back(
        {"symbols_not_listed",
         fmt::format("the exchange does not list {}: correct universe.allow", shown(missing)),
         kind});
  if (!closed.empty())
    out.push_back({"symbols_not_trading",
                   fmt::format("the exchange does not trade {} now: wait, or correct "
                               "universe.allow",
                               shown(closed)),
                   kind});
  if (chosen.empty() && !read.instruments.empty())
    check_that_any_is_left(settings, read, out);
  if (!left_out.empty())
    out.push_back({"symbols_left_out",
                   fmt::format("{} cannot be opened for its contract type or quote asset: correct "
                               "universe.allow, or contract_types or quote_assets",
                               shown(left_out)),
                   kind});
  return out;
}

std::vector<finding> check_plan_file(const std::string& file, const std::string& why) {
  if (why.empty())
    return {};
  return {{"plan_file_missing",
           fmt::format("no plan comes from {}: {}; what is written there meanwhile may be skipped, "
                       "exits too: put it back, or close by hand what they were to close",
                       file, why),
           finding_kind::warning}};
}

std::vector<finding> check_promise(const freshness_promise& p) {
  if (p.fault.empty())
    return {};
  return {{"bound_cannot_be_kept", p.fault + "; kept instead: " + format_duration(p.kept)}};
}

}  // namespace sluice::actors
