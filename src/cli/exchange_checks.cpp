// Three questions to the venue of a configuration, asked with the client that trades.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <future>

#include "file_checks.hpp"
#include "sluice/exchange/client.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

constexpr milliseconds patience{5'000};

template <class T, class Ask>
read_result<T> answer_to(const Ask& ask) {
  auto said = std::make_shared<std::promise<read_result<T>>>();
  auto got = said->get_future();
  ask([said](read_result<T> r) { said->set_value(std::move(r)); });
  return got.get();
}

void refused(diagnosis& out, const char* step, const read_failure& why) {
  const bool keys = why.kind == failure_kind::refused;
  out.push_back({step, grade::fail,
                 fmt::format("{}{}: {}", to_string(why.kind),
                             why.code != 0 ? fmt::format(" {}", why.code) : std::string{},
                             printable(why.text)),
                 keys ? "check key, secret, the key's permissions and its list of addresses"
                      : "look at network, name service and the venue's status page"});
}

bool ask_clock(exchange_port& venue, const config::settings& chosen, diagnosis& out) {
  const auto got = answer_to<clock_offset>(
      [&](auto reply) { venue.read_clock({.timeout = patience}, std::move(reply)); });
  if (!got) {
    refused(out, "venue", got.error());
    return false;
  }
  out.push_back({"venue",
                 grade::pass,
                 fmt::format("{} answers, its clock is known to {}",
                             printable(chosen.exchange.rest_url), short_span(got->error.count())),
                 {}});
  constexpr std::int64_t worth_a_word_ms = 1'000;
  const auto off = std::abs(got->offset.count());
  out.push_back(
      {"clock", off > worth_a_word_ms ? grade::warn : grade::pass,
       fmt::format("{} {} the exchange's", short_span(off),
                   got->offset.count() > 0 ? "behind" : "ahead of"),
       off > worth_a_word_ms ? "it is corrected for, but set up time synchronisation" : ""});
  return true;
}

void ask_account(exchange_port& venue, diagnosis& out) {
  const auto got = answer_to<account_settings>(
      [&](auto reply) { venue.read_settings({.timeout = patience}, std::move(reply)); });
  if (!got)
    return refused(out, "account", got.error());
  if (!got->can_trade)
    out.push_back({"account", grade::fail, "the key may not trade",
                   "enable futures trading for the key, or use another"});
  if (got->hedge_mode)
    out.push_back({"account", grade::fail, "the account is in hedge mode",
                   "switch it to one-way mode, or use another"});
  if (got->multi_assets)
    out.push_back({"account", grade::warn, "the account is in multi-assets mode",
                   "switch to single-asset mode to have margin and liquidation by symbol"});
  if (got->can_trade && !got->hedge_mode && !got->multi_assets)
    out.push_back(
        {"account", grade::pass, "the key may trade, in one-way and single-asset mode", {}});
}

void ask_positions(exchange_port& venue, diagnosis& out) {
  const auto got = answer_to<snapshot>(
      [&](auto reply) { venue.read_account({.timeout = patience}, std::move(reply)); });
  if (!got)
    return refused(out, "snapshots", got.error());
  const auto open = std::ranges::count_if(
      got->rows, [](const position_row& row) { return !row.amount.is_zero(); });
  const auto took = between(got->sent_at, got->received_at);
  out.push_back({"snapshots",
                 grade::pass,
                 fmt::format("the account was read whole in {}: {} positions are open",
                             short_span(took.count()), open),
                 {}});
  const auto used = venue.budget();
  out.push_back({"budget",
                 grade::pass,
                 fmt::format("{} of {} weight used in this minute", grouped(used.weight_used_1m),
                             grouped(used.weight_limit_1m)),
                 {}});
}

}  // namespace

void check_exchange(const config::settings& chosen, diagnosis& out) {
  if (chosen.mode == run_mode::demo) {
    out.push_back({"venue", grade::pass, "not asked: mode demo brings its own, while it runs", {}});
    return;
  }
  auto key = exchange::load_secret_file(chosen.keys.api_key_file);
  auto secret = exchange::load_secret_file(chosen.keys.api_secret_file);
  if (!key || !secret) {
    out.push_back(
        {"venue", grade::warn, "not asked: there are no keys to ask with", "see the step keys"});
    return;
  }
  auto made = exchange::make_client(chosen.exchange, {std::move(*key), std::move(*secret)});
  if (!made) {
    out.push_back(
        {"venue", grade::fail, printable(made.error().text), "correct the table [exchange]"});
    return;
  }
  auto& venue = **made;
  if (ask_clock(venue, chosen, out)) {
    ask_account(venue, out);
    ask_positions(venue, out);
  }
  venue.close();
}

}  // namespace sluice::cli
