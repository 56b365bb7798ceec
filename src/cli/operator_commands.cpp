// Each command: its words, its options, and the request it becomes.
#include "operator_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "sluice/actors/application.hpp"
#include "sluice/status/http_client.hpp"

namespace sluice::cli {
namespace {

using status::path_segment;

constexpr const char* state_help =
    R"(Shows or orders what is permitted: active, reduce_only (exits alone) or halted (nothing).
With --for a restrictive state ends by itself. While the halt file is there trading stays halted and
active cannot be ordered; reduce_only can, and holds from the moment the file is gone.

Examples:
  sluice state
  sluice state reduce_only --for 30m --reason "funding spike"
  sluice state halted --reason "venue incident"
  sluice state active --reason "incident over"

Where it wants a token for orders, --token-file or $SLUICE_TOKEN_FILE names the file that holds it.)";

constexpr const char* hold_list_help = R"(Shows every hold with its cause and its way out.

Examples:
  sluice hold list
  sluice hold list --json)";

constexpr const char* override_list_help =
    R"(Shows overrides in force, and which keys may be overridden.

Examples:
  sluice override list
  sluice override list --json)";

constexpr const char* close_list_help = R"(Shows every close that is armed.

Examples:
  sluice close list
  sluice close list --json)";

constexpr const char* resync_help =
    R"(Reads the whole account now, and says what is known once that read has ended. Truth is read
all the time anyhow: this is for somebody who changed something at the venue and wants it seen at
once. That a position is gone is believed 30 s after the last event that told of it, not before. It
spends no more than one read a second, whoever asks how often, and nothing that is kept for what
plans wait for.

Examples:
  sluice resync --reason "closed BTCUSDT by hand at the venue's page"
  sluice resync --json --reason "after maintenance"

Ends with 1 when the account could not be read.)";

constexpr const char* hold_help = R"(Shows or releases holds: positions that may not be increased.

Examples:
  sluice hold
  sluice hold release BTCUSDT --reason "checked against the venue's page")";

constexpr const char* release_help =
    R"(Releases the holds on a symbol; `sluice hold` shows what each waits for.

Examples:
  sluice hold release BTCUSDT --reason "checked against the venue's page")";

constexpr const char* override_help =
    R"(Shows, sets or reverts settings that are different for a limited time.

Examples:
  sluice override
  sluice override set gate.stale_after_entry 20s --for 30m --reason "venue is slow"
  sluice override set gate.stale_after_exit 30s --for 2h --fresh-for 10m --reason "venue is slow"
  sluice override revert gate.stale_after_entry --reason "venue is fast again")";

constexpr const char* set_help =
    R"(Overrides one setting for at most a day; `sluice override` shows which, and how far.

Examples:
  sluice override set gate.cooldown 1s --for 30m --fresh-for 5m --reason "catching up")";

constexpr const char* revert_help = R"(Takes an override back before its time.

Examples:
  sluice override revert gate.cooldown --reason "no longer needed")";

constexpr const char* close_help =
    R"(Shows, arms or disarms closes: with one armed the reconciler may close, once, what the exchange
holds of a symbol beyond the ledger.

Examples:
  sluice close
  sluice close arm BTCUSDT --for 30m --reason "left over from the old bot"
  sluice close disarm BTCUSDT --reason "closed by hand")";

constexpr const char* arm_help = R"(Lets the reconciler close what a symbol has too much of, once.

Examples:
  sluice close arm BTCUSDT --for 30m --reason "left over from the old bot")";

constexpr const char* disarm_help = R"(Takes that leave back.

Examples:
  sluice close disarm BTCUSDT --reason "closed by hand")";

constexpr const char* flatten_help =
    R"(Closes one position or all, and cancels every resting order, whosever it is. First a dry run:
it shows what would be done and the command that does it. That command follows until everything is
flat by reads sent afterwards. Without a symbol shows the flattens that run and the last that ended.
--all also orders reduce_only, until somebody orders another state.

Examples:
  sluice flatten
  sluice flatten BTCUSDT --reason "strategy went wild"
  sluice flatten --all --reason "leaving the venue"
  sluice flatten --all --reason "leaving the venue" --confirm 0f3c...

Ends with 3 when it ended before everything was flat.)";

constexpr const char* plan_help =
    R"(Posts plans, one JSON object or an array of them, from a file or standard input ("-").
With --dry-run nothing is taken in: it shows what the gate would say now, with the value of every
rule and what it held that against, and the size that would be traded.

Examples:
  sluice plan --dry-run entry.json
  echo '{"plan_id":"t-1","source":"me","symbol":"BTCUSDT","kind":"reduce","target":"0"}' | sluice plan -
  sluice plan --wait 5s entry.json
  sluice plan --token-file strategy.token entry.json

The token is that of the plans' source or, where orders need one, the one for orders.
Ends with 1 also when a plan was not taken in, or was or would be denied.)";

constexpr const char* reload_help =
    R"(Reads the configuration again, as SIGHUP does: whole or not at all. What is wrong with the file is
told as `sluice check` tells it, and then nothing has changed. Keys that need a restart are listed and
left as they are.

Examples:
  sluice reload --reason "tighter limits over the weekend"

Ends with 1 also when the file is not usable.)";

constexpr const char* log_level_help =
    R"(Shows or changes how much is logged, of one component or of all, until the next start; "default"
is what the configuration says.

Examples:
  sluice log-level
  sluice log-level gate debug --reason "why is this exit parked"
  sluice log-level gate default --reason "seen enough"
  sluice log-level all warn --reason "quiet night")";

/// Behind the help of each command here.
constexpr const char* exit_codes = R"(

Exit codes: 0 done, 1 refused (with the reason), 2 usage, 69 not reachable, 75 not confirmed: look
before you repeat it.)";

}  // namespace

operator_commands::operator_commands(CLI::App& app) {
  options_.author = default_author();
  add_state(app);
  add_holds(app);
  add_overrides(app);
  add_closes(app);
  add_flatten(app);
  add_plan(app);
  add_service(app);
}

CLI::App* operator_commands::add(CLI::App& below, const char* name, const char* help, action act) {
  auto* command = below.add_subcommand(name, fmt::format("{}{}", help, exit_codes));
  add_reach(*command, options_.given);
  command->add_flag("--json", options_.json, "print the answer as it came");
  actions_[command] = std::move(act);
  return command;
}

CLI::App* operator_commands::add_order(CLI::App& below, const char* name, const char* help,
                                       action act) {
  auto* command = add(below, name, help, std::move(act));
  command->add_option("--reason", options_.reason, "why, for the journal");
  command->add_option("--author", options_.author, "who orders it ($USER)")->capture_default_str();
  return command;
}

void operator_commands::add_state(CLI::App& app) {
  auto* state = add_order(app, "state", state_help, [this] {
    return state_.empty() ? show(options_, "/api/v1/state") : change_state();
  });
  state->add_option("STATE", state_, "active, reduce_only or halted; none shows it")
      ->check(CLI::IsMember({"active", "reduce_only", "halted"}));
  state->add_option("--for", lasts_, "how long, e.g. 30m; then active again");
}

int operator_commands::change_state() const {
  return order(options_, "/api/v1/state", {{"state", state_}, {"for", lasts_}});
}

void operator_commands::add_holds(CLI::App& app) {
  const auto list = [this] { return show(options_, "/api/v1/holds"); };
  auto* hold = add(app, "hold", hold_help, list);
  hold->require_subcommand(0, 1);
  add(*hold, "list", hold_list_help, list);
  auto* release = add_order(*hold, "release", release_help, [this] {
    return order(options_, fmt::format("/api/v1/holds/{}/release", path_segment(symbol_)));
  });
  release->add_option("SYMBOL", symbol_, "e.g. BTCUSDT")->required();
}

void operator_commands::add_overrides(CLI::App& app) {
  const auto list = [this] { return show(options_, "/api/v1/overrides"); };
  auto* group = add(app, "override", override_help, list);
  group->require_subcommand(0, 1);
  add(*group, "list", override_list_help, list);
  auto* set = add_order(*group, "set", set_help, [this] {
    return order(options_, "/api/v1/overrides",
                 {{"key", key_},
                  {"value", value_},
                  {"for", lasts_},
                  {"until", fresh_for_.empty() ? "" : "fresh_for " + fresh_for_}});
  });
  set->add_option("KEY", key_, "e.g. gate.stale_after_entry")->required();
  set->add_option("VALUE", value_, "as it would stand in the file: 20s, true")->required();
  set->add_option("--for", lasts_, "how long at most, e.g. 30m")->required();
  set->add_option("--fresh-for", fresh_for_, "ends it once all was fresh for so long, e.g. 10m");
  auto* revert = add_order(*group, "revert", revert_help, [this] {
    return order(options_, fmt::format("/api/v1/overrides/{}/revert", path_segment(key_)));
  });
  revert->add_option("KEY", key_, "e.g. gate.stale_after_entry")->required();
}

void operator_commands::add_closes(CLI::App& app) {
  const auto list = [this] { return show(options_, "/api/v1/closes"); };
  auto* close = add(app, "close", close_help, list);
  close->require_subcommand(0, 1);
  add(*close, "list", close_list_help, list);
  auto* arm = add_order(*close, "arm", arm_help, [this] {
    return order(options_, fmt::format("/api/v1/closes/{}/arm", path_segment(symbol_)),
                 {{"for", lasts_}});
  });
  arm->add_option("SYMBOL", symbol_, "e.g. BTCUSDT")->required();
  arm->add_option("--for", lasts_, "how long at most, e.g. 30m")->required();
  auto* disarm = add_order(*close, "disarm", disarm_help, [this] {
    return order(options_, fmt::format("/api/v1/closes/{}/disarm", path_segment(symbol_)));
  });
  disarm->add_option("SYMBOL", symbol_, "e.g. BTCUSDT")->required();
}

void operator_commands::add_flatten(CLI::App& app) {
  auto* command =
      add_order(app, "flatten", flatten_help, [this] { return flatten(options_, flatten_); });
  command->add_option("SYMBOL", flatten_.symbol, "e.g. BTCUSDT; none shows all flattens");
  command->add_flag("--all", flatten_.all, "the whole account");
  command->add_option("--confirm", flatten_.token, "the token of the dry run: do it");
}

void operator_commands::add_plan(CLI::App& app) {
  auto* command = add(app, "plan", plan_help, [this] { return post_plan(options_, plan_); });
  command->add_option("FILE", plan_.file, "JSON; - reads standard input")->required();
  command->add_flag("--dry-run", plan_.dry_run, "only show what would be said");
  command->add_option("--wait", plan_.wait, "how long to wait for the verdicts, e.g. 5s");
}

void operator_commands::add_service(CLI::App& app) {
  add_order(app, "resync", resync_help, [this] { return order(options_, "/api/v1/resync"); });
  add_order(app, "reload", reload_help, [this] { return order(options_, "/api/v1/reload"); });
  auto* level = add_order(app, "log-level", log_level_help, [this] {
    return component_.empty() ? show(options_, "/api/v1/log-levels")
                              : order(options_, "/api/v1/log-levels",
                                      {{"component", component_}, {"level", level_}});
  });
  auto* component = level->add_option("COMPONENT", component_, "e.g. gate; all; none shows them");
  component->needs(level->add_option("LEVEL", level_, "debug, info, warn, error or default"));
}

int operator_commands::run() {
  // The innermost of those that were parsed is the one that is meant.
  const CLI::App* meant = nullptr;
  for (const auto& [command, act] : actions_)
    if (command->parsed() && command->get_subcommands().empty())
      meant = command;
  if (!meant)
    return static_cast<int>(actors::exit_code::usage);
  const bool orders = meant->get_option_no_throw("--reason") != nullptr &&
                      (meant->get_name() != "state" || !state_.empty()) &&
                      (meant->get_name() != "log-level" || !component_.empty()) &&
                      (meant->get_name() != "flatten" || flatten_.is_order());
  if (orders && (options_.reason.empty() || options_.author.empty())) {
    fmt::print(stderr, "sluice: {} is required\n",
               options_.reason.empty() ? "--reason" : "--author");
    return static_cast<int>(actors::exit_code::usage);
  }
  if (!reach(options_.given, token_, options_.whom))
    return static_cast<int>(actors::exit_code::usage);
  return actions_.at(meant)();
}

}  // namespace sluice::cli
