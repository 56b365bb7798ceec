// Each command: its words, its options, and what it does with them.
#include "observer_commands.hpp"

#include <CLI/CLI.hpp>

#include "operator_client.hpp"
#include "sluice/actors/application.hpp"

namespace sluice::cli {
namespace {

constexpr const char* status_help =
    R"(Shows one screen: whether plans can be allowed and why not, what stands still with effect and
cure, truth, budget, plans, orders, positions, holds and overrides.

Examples:
  sluice status
  sluice status --json
  sluice status --url http://127.0.0.1:8646

Exit codes: 0 ready, 1 not ready, 2 usage, 69 not reachable.)";

constexpr const char* top_help =
    R"(Shows what status shows, anew each second, until q or Ctrl-C. Without a terminal, or with
--once, shows one frame and ends.

Examples:
  sluice top
  sluice top --once --color never

Exit codes: 0 ended by a key, 1 one frame that is not ready, 2 usage, 69 not reachable.)";

constexpr const char* tail_help =
    R"(Follows the log; with --events the journal's records. Begins with the last lines there are,
comes back after a lost connection and goes on where it was.

Examples:
  sluice tail
  sluice tail --level warn --lines 100
  sluice tail --component gate --symbol BTCUSDT
  sluice tail --events --plan entry-17 --json
  sluice tail --no-follow

Exit codes: 0 ended by Ctrl-C or because nobody reads on, 1 refused, 2 usage, 69 not reachable.)";

constexpr const char* explain_help =
    R"(Tells the story of a plan: every rule it was asked by, with what was seen, the limit and the cure
of each refusal; the truth and the other facts used; orders, fills, and how it ended.

Examples:
  sluice explain entry-17
  sluice explain entry-17 --journal /var/lib/sluice/journal.db
  sluice explain entry-17 --json

Exit codes: 0 told, 1 no such plan, 2 usage, 69 not reachable, 74 the file cannot be read.)";

constexpr const char* why_help =
    R"(Shows for which reasons plans were allowed or refused, lane by lane, with the newest example of
each and what cures it. With a symbol also what is the case of it now. Of a journal's file the window
ends with its last record.

Examples:
  sluice why
  sluice why BTCUSDT --for 15m
  sluice why --for 24h --journal /var/lib/sluice/journal.db

Exit codes: 0 shown, 1 refused, 2 usage, 69 not reachable, 74 the file cannot be read.)";

constexpr const char* show_config_help =
    R"(Shows every key with its value and where it comes from: of a file, or of the running process,
which also says what a reload has changed and what waits for a restart.
Never shows a secret: a configuration only names the files that hold them.

Examples:
  sluice show-config
  sluice show-config /etc/sluice/sluice.toml
  sluice show-config --json

Exit codes: 0 shown, 2 usage, 69 not reachable, 78 the file is not usable.)";

constexpr const char* doctor_help =
    R"(Looks for what keeps plans from being allowed, step by step: permits, snapshots, ages, venue,
progress, strategy, sources, budget, clock, account, state, streams, holds, overrides, limits,
positions, journal. Each line passes, warns or fails, with what was seen and the cure. Asks a running Sluice; with
--config or --journal it looks at files instead, and at no network unless --ask-exchange. It never sends
an order and changes nothing.

Examples:
  sluice doctor
  sluice doctor --config /etc/sluice/sluice.toml
  sluice doctor --config live.toml --ask-exchange
  sluice doctor --journal /var/lib/sluice/journal.db --json

Exit codes: 0 all pass, 1 some warn, 2 usage, 3 some fail, 69 not reachable.)";

}  // namespace

observer_commands::observer_commands(CLI::App& app) {
  add_screens(app);
  add_tail(app);
  add_explain(app);
  add_why(app);
  add_show_config(app);
  add_doctor(app);
}

CLI::App* observer_commands::add(CLI::App& app, const char* name, const char* help, action act) {
  auto* command = app.add_subcommand(name, help);
  add_reach(*command, reach_);
  command->add_flag("--json", look_.json, "print it as JSON");
  actions_[command] = std::move(act);
  return command;
}

void observer_commands::add_color(CLI::App& command) {
  command.add_option("--color", color_, "auto: on a terminal, unless $NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

look_options observer_commands::look() const {
  auto out = look_;
  if (color_ != "auto")
    out.color = color_ == "always" ? color_choice::always : color_choice::never;
  return out;
}

void observer_commands::add_screens(CLI::App& app) {
  add_color(*add(app, "status", status_help, [this] { return show_status(look()); }));
  auto* top = add(app, "top", top_help, [this] { return show_top(look(), once_); });
  top->add_flag("--once", once_, "one frame");
  add_color(*top);
}

void observer_commands::add_tail(CLI::App& app) {
  auto* command = add(app, "tail", tail_help, [this] {
    auto wish = tail_;
    wish.whom = look_.whom;
    wish.json = look_.json;
    wish.color = look().color;
    wish.follow = !no_follow_;
    if (!level_.empty())
      wish.filter.lowest = status::parse_log_level(level_).value();
    return tail(wish);
  });
  command->add_flag("--events", tail_.events, "the journal's records instead of the log");
  command->add_option("--level", level_, "log lines of this level and above")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  const std::vector<std::string> components(status::log_components.begin(),
                                            status::log_components.end());
  command->add_option("--component", tail_.filter.component, "log lines of one part, e.g. gate")
      ->check(CLI::IsMember(components));
  command->add_option("--plan", tail_.filter.plan, "only what names this plan");
  command->add_option("--symbol", tail_.filter.symbol, "only what names this symbol");
  command->add_option("--lines", tail_.lines, "how many of those there are already")
      ->check(CLI::Range(0, 100'000))
      ->capture_default_str();
  command->add_flag("--no-follow", no_follow_, "end after what there is");
  add_color(*command);
}

void observer_commands::add_explain(CLI::App& app) {
  auto* command =
      add(app, "explain", explain_help, [this] { return explain(look(), plan_, journal_); });
  command->add_option("PLAN", plan_, "its id")->required();
  command->add_option("--journal", journal_, "a journal's file instead of a running Sluice");
  add_color(*command);
}

void observer_commands::add_why(CLI::App& app) {
  auto* command = add(app, "why", why_help, [this] {
    return why(look(), {.symbol = symbol_, .window = window_, .journal_file = journal_});
  });
  command->add_option("SYMBOL", symbol_, "e.g. BTCUSDT; none shows all");
  command->add_option("--for", window_, "how far back, e.g. 15m")->capture_default_str();
  command->add_option("--journal", journal_, "a journal's file instead of a running Sluice");
  add_color(*command);
}

void observer_commands::add_show_config(CLI::App& app) {
  auto* command =
      add(app, "show-config", show_config_help, [this] { return show_config(look(), config_); });
  command->add_option("CONFIG", config_, "configuration file (TOML); none asks the running Sluice");
}

void observer_commands::add_doctor(CLI::App& app) {
  auto* command = add(app, "doctor", doctor_help, [this] {
    return doctor(
        look_, {.config_file = config_, .journal_file = journal_, .ask_exchange = ask_exchange_});
  });
  auto* config = command->add_option("--config", config_, "look at this file and what it names");
  command->add_option("--journal", journal_, "look at this journal");
  command->add_flag("--ask-exchange", ask_exchange_, "ask the venue of the file; sends no order")
      ->needs(config);
  add_color(*command);
}

bool observer_commands::parsed() const {
  for (const auto& [command, act] : actions_)
    if (command->parsed())
      return true;
  return false;
}

int observer_commands::run() {
  // Files show nothing to anybody.
  const bool asks = journal_.empty() && config_.empty();
  if (asks && !reach(reach_, token_, look_.whom))
    return static_cast<int>(actors::exit_code::usage);
  for (const auto& [command, act] : actions_)
    if (command->parsed())
      return act();
  return static_cast<int>(actors::exit_code::usage);
}

}  // namespace sluice::cli
