// The keys before the first table, and the order of all tables.
#include "builder.hpp"
#include "describe.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

std::optional<std::string> check_account(std::string_view text) {
  constexpr std::string_view admitted = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (text.empty() || text.size() > 16 ||
      text.find_first_not_of(admitted) != std::string_view::npos)
    return fmt::format("{} is no account name", echoed(text));
  return std::nullopt;
}

}  // namespace

schema with_named_tables(schema plain) {
  schema all;
  for (auto& s : plain) {
    const auto families = s.families;
    all.push_back(std::move(s));
    for (const auto& f : families)
      for (const auto& name : f.names())
        all.push_back(f.describe(name));
  }
  return all;
}

section describe_top(settings& s) {
  section_builder b{"", "Where orders go, and for whom."};
  b.word({"mode",
          "Where orders go; every file must say it. demo: the simulated exchange inside this "
          "process. shadow: positions and prices of a real account are read, no order is sent. "
          "testnet: orders go to the venue's own paper exchange. live: real money."},
         s.mode,
         {{"demo", run_mode::demo},
          {"shadow", run_mode::shadow},
          {"testnet", run_mode::testnet},
          {"live", run_mode::live}});
  b.required();
  b.text({"account",
          "Names the account in journal, logs and client order ids, so that two instances on one "
          "account recognise their own orders."},
         s.account, "1 to 16 of a-z, 0-9 and \"-\"", &check_account);
  b.flag({"live",
          "Mode live needs this second word, so that no copied or mistyped mode alone spends real "
          "money."},
         s.live);
  return std::move(b).take();
}

schema schema_of(settings& s) {
  schema all;
  all.push_back(describe_top(s));
  all.push_back(describe_exchange(s));
  all.push_back(describe_snapshot(s.snapshot));
  all.push_back(describe_universe(s.universe));
  all.push_back(describe_gate(s.gate));
  all.push_back(describe_limits(s.limits));
  all.push_back(describe_intake(s.intake));
  all.push_back(describe_redis(s));
  all.push_back(describe_planner(s.planner));
  all.push_back(describe_reconcile(s.reconcile));
  all.push_back(describe_executor(s));
  all.push_back(describe_exits(s.exits));
  all.push_back(describe_protective_stops(s.protective_stops));
  all.push_back(describe_dead_man(s.dead_man));
  all.push_back(describe_flatten(s.flatten));
  all.push_back(describe_journal(s.journal));
  all.push_back(describe_status(s.status));
  all.push_back(describe_log(s.log));
  all.push_back(describe_log_levels(s.log));
  all.push_back(describe_watchdog(s.watchdog));
  all.push_back(describe_simulator(s));
  return with_named_tables(std::move(all));
}

}  // namespace sluice::config
